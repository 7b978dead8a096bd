"""The pages "Your calendar", a guest's and a facilitator's: an address to add, a new one, none any more."""

import re

from sqlalchemy import select

from service.actor import Role
from service.parts import Parts
from service.storage.feeds import Feed, FeedKind
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.feed_scene import FeedScene, a_feed, feed_scene, fetch
from tests.people import Make

ADDRESS = re.compile(r"<code[^>]*>http://[^/]+(/feeds/[\w-]{43}\.ics)</code>")


def address_on(page: str) -> str:
    """Read a feed's path off its page."""
    found = ADDRESS.search(page)
    assert found is not None
    return found[1]


def base_of(make: Make, scene: FeedScene) -> str:
    """Give the path of the guest's page of calendars."""
    return f"{make.link(scene.invitations[0])}/calendar"


async def test_a_guest_gets_an_address_and_changes_what_it_shows(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        base = base_of(make, scene)
    browser = await open_browser()
    await browser.get(base.removesuffix("/calendar"))
    assert f'href="{base}"' in browser.page

    made = await browser.post(base, on=base, name="My phone", plain="yes")
    page = made.headers["Location"].partition("?")[0]
    await browser.get(made.headers["Location"])
    path = address_on(browser.page)

    assert "Here is your address." in browser.page
    assert f'href="webcal://localhost:8080{path}"' in browser.page
    google = f'href="https://calendar.google.com/calendar/r?cid=webcal://localhost:8080{path}"'
    assert google in browser.page
    await fetch(browser, path)
    assert "X-WR-CALNAME:My sessions" in browser.page
    await browser.post(page, on=page, name="The old phone", once="yes")
    await fetch(browser, path)
    assert "X-WR-CALNAME:Kiln Street Hub" in browser.page
    await browser.get(base)
    assert "The old phone" in browser.page


async def test_a_new_address_ends_the_old_one_and_stopping_ends_both(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        base = base_of(make, scene)
    browser = await open_browser()
    made = await browser.post(base, on=base, name="My phone")
    page = made.headers["Location"].partition("?")[0]
    await browser.get(page)
    old = address_on(browser.page)

    await browser.post(f"{page}/renew", on=page)
    await browser.get(page)
    new = address_on(browser.page)

    assert 404 == (await fetch(browser, old)).status
    assert 200 == (await fetch(browser, new)).status
    await browser.post(f"{page}/stop", on=page)
    assert 410 == (await fetch(browser, new)).status
    assert 404 == (await browser.get(page)).status


async def test_a_feed_without_a_name_or_one_too_many_is_refused_with_what_was_typed(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        base = base_of(make, scene)
    browser = await open_browser()

    unnamed = await browser.post(base, on=base, name=" ", once="yes")
    assert (422, True) == (unnamed.status, "Say what it is for" in browser.page)
    assert re.search(r'name="once" value="yes" checked', browser.page)
    for number in range(8):
        await browser.post(base, on=base, name=f"Phone {number}")
    ninth = await browser.post(base, on=base, name="One more")
    assert (422, True) == (ninth.status, "You have 8 already" in browser.page)
    await browser.get(base)
    page = re.search(rf'href="({base}/[^"]+)"', browser.page)
    assert page is not None
    long = await browser.post(page[1], on=page[1], name="x" * 61)
    assert (422, True) == (long.status, "x" * 61 in browser.page)


async def test_whom_only_a_human_may_contact_gets_no_address_here(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        base = base_of(make, scene)
        path = await a_feed(make, scene.gil)
    browser = await open_browser()
    await browser.get(base)
    async with making() as make:
        await make.need(scene.gil, "SAF-CONTACT")

    await browser.post(base, name="My phone")

    assert "To change your details, please ring us." in browser.page
    assert path not in browser.page
    await browser.get(base)
    assert "<form" not in browser.page


async def test_nobody_sees_or_changes_somebody_elses_feed(
    parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        hal = await make.person(scene.house, "Hal")
        invitation = await make.invitation(scene.meetings[0], hal)
        base = f"{make.link(invitation)}/calendar"
        await a_feed(make, scene.gil)
        await a_feed(make, scene.ada, FeedKind.HOSTING)
        foreign = await make.staff(await make.organisation("Elsewhere"), "Dov", *Role)
    ben, dov, hals = (
        await open_browser(scene.ben),
        await open_browser(foreign),
        await open_browser(),
    )
    async with parts.database.reading() as db:
        feeds = list(await db.scalars(select(Feed.id)))

    for feed in feeds:
        for browser, at in ((ben, "/sessions/calendar"), (dov, "/sessions/calendar"), (hals, base)):
            assert 404 == (await browser.get(f"{at}/{feed}")).status
            for rest in ("", "/renew", "/stop"):
                posted = await browser.post(f"{at}/{feed}{rest}", on=at, name="Mine")
                assert 404 == posted.status


async def test_a_facilitator_gets_a_feed_of_what_they_run(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
    browser: Browser = await open_browser(scene.ben)
    await browser.get("/sessions")
    assert 'href="/sessions/calendar"' in browser.page

    made = await browser.post(
        "/sessions/calendar", on="/sessions/calendar", name="My laptop", plain="yes"
    )
    page = made.headers["Location"].partition("?")[0]
    await browser.get(page)
    await fetch(browser, address_on(browser.page))

    assert f"{scene.meetings[0].id}.host" in browser.page
    await browser.post(f"{page}/stop", on=page)
    await browser.get("/sessions/calendar")
    assert "My laptop" not in browser.page
    assert 303 == (await (await open_browser()).get("/sessions/calendar")).status
