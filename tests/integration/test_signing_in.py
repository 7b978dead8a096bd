"""Signing in by a mailed link or code (experiments E23 and E24), and signing out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from service.actions.signing_in import STANDING_FOR, make_request
from service.actor import Role
from service.app import make_app
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.messages import Message, MessageKind
from service.storage.people import Person
from service.storage.staff import SignIn, SignInRequest, StaffMember
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock

DemoClient = TestClient[web.Request, web.Application]


async def ask(browser: Browser, email: str = "ada@example.org", **more: str) -> ClientResponse:
    """Ask for a mail."""
    return await browser.post("/sign-in", on="/sign-in", email=email, **more)


async def asked(parts: Parts) -> list[UUID]:
    """Give what was asked for so far, oldest first."""
    async with parts.database.reading() as db:
        return list(await db.scalars(select(SignInRequest.id).order_by(SignInRequest.id)))


def link_of(parts: Parts, request_id: UUID) -> str:
    """Give the path that stands in the mail."""
    return f"/sign-in/{parts.keys.sign_in_secret(request_id)}"


async def sign_ins(parts: Parts) -> int:
    """Count the browsers that are signed in."""
    async with parts.database.reading() as db:
        return await db.scalar(select(func.count()).select_from(SignIn)) or 0


async def is_in(browser: Browser) -> bool:
    """Tell whether the browser is signed in: the front door sends staff to their day."""
    return "/today" == (await browser.get("/")).headers["Location"]


@pytest.fixture
async def ada(making: Making) -> Person:
    """Make Ada, who may sign in."""
    async with making() as make:
        return await make.staff(await make.organisation(), "Ada", Role.ADMIN)


async def test_a_mailed_link_signs_in_by_its_button(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()

    response = await ask(browser)

    assert "/sign-in/sent" == response.headers["Location"]
    (request_id,) = await asked(parts)
    async with parts.database.reading() as db:
        message = await db.scalar(select(Message))
    assert message is not None
    assert (MessageKind.SIGN_IN, ada.id, request_id) == (
        message.kind,
        message.person_id,
        message.subject_id,
    )

    link = link_of(parts, request_id)
    response = await browser.post(link, on=link)

    assert 303 == response.status
    assert await is_in(browser)


async def test_looking_at_a_link_never_uses_it_up(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser, scanner = await open_browser(), await open_browser()
    await ask(browser)
    link = link_of(parts, (await asked(parts))[0])

    for _ in range(3):
        assert 200 == (await scanner.get(link)).status
        assert 200 == (await scanner.client.head(link)).status
    assert 0 == await sign_ins(parts)
    await browser.post(link, on=link)

    assert await is_in(browser)


async def test_of_two_presses_at_once_exactly_one_signs_in(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await ask(browser)
    link = link_of(parts, (await asked(parts))[0])
    await browser.get(link)

    both = await asyncio.gather(browser.post(link), browser.post(link))

    assert [303, 410] == sorted(response.status for response in both)
    assert 1 == await sign_ins(parts)


async def test_another_browser_than_the_one_that_asked_must_confirm(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser, other = await open_browser(), await open_browser()
    await ask(browser)
    link = link_of(parts, (await asked(parts))[0])

    response = await other.post(link, on=link)

    assert 422 == response.status
    assert "This is not the browser the mail was asked for on." in other.page
    assert 0 == await sign_ins(parts)

    assert 303 == (await other.post(link, confirm="yes")).status
    assert await is_in(other)


async def test_after_ten_minutes_a_friendly_page_offers_a_new_mail(
    ada: Person, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    browser = await open_browser()
    await ask(browser)
    link = link_of(parts, (await asked(parts))[0])
    await browser.get(link)
    clock.move(timedelta(minutes=10))

    for response in (await browser.post(link), await browser.get(link)):
        assert 410 == response.status
        assert "Send me a new mail" in browser.page
    assert 0 == await sign_ins(parts)


async def test_the_code_signs_in_the_browser_that_asked_and_no_other(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser, other = await open_browser(), await open_browser()
    await ask(browser)
    code = parts.keys.sign_in_code((await asked(parts))[0])

    await other.post("/sign-in/code", on="/sign-in/sent", code=code)
    assert not await is_in(other)

    await browser.post("/sign-in/code", on="/sign-in/sent", code=f"{code[:3]} {code[3:]}")
    assert await is_in(browser)


async def test_a_code_is_dead_after_five_tries(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await ask(browser)
    code = parts.keys.sign_in_code((await asked(parts))[0])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    await browser.get("/sign-in/sent")

    for _ in range(5):
        await browser.post("/sign-in/code", code=wrong)
        assert "This code does not open the door." in browser.page
    await browser.post("/sign-in/code", code=code)

    assert "This code does not open the door." in browser.page
    assert 0 == await sign_ins(parts)


async def test_an_unknown_address_gets_the_same_answer_and_as_much_is_written(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    answers = []
    for email in ("ada@example.org", "nobody@example.org"):
        browser = await open_browser()
        response = await ask(browser, email)
        await browser.get(response.headers["Location"])
        shown = browser.page.replace(browser.token, "")
        await browser.post("/sign-in/code", code="not it")
        answers.append((response.status, shown, browser.page.replace(browser.token, "")))

    assert answers[0] == answers[1]
    assert 1 == len(await asked(parts))


async def test_one_address_may_ask_five_times_in_ten_minutes_known_or_not(
    ada: Person, open_browser: OpenBrowser, clock: TestClock
) -> None:
    browser = await open_browser()

    for email in ("ada@example.org", "nobody@example.org"):
        statuses = [(await ask(browser, email)).status for _ in range(6)]
        assert [303] * 5 + [429] == statuses
    clock.move(timedelta(minutes=10))

    assert 303 == (await ask(browser)).status


async def test_guessing_links_is_stopped_without_locking_out_real_ones(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await ask(browser)
    link = link_of(parts, (await asked(parts))[0])

    statuses = [(await browser.get(f"/sign-in/guess-{number}")).status for number in range(21)]

    assert {404, 429} == set(statuses)
    assert 429 == statuses[-1]
    assert 303 == (await browser.post(link, on=link)).status


async def test_an_address_in_two_organisations_gets_a_link_for_each(
    making: Making, parts: Parts, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        for name in ("Kiln Street Hub", "Lived"):
            await make.staff(await make.organisation(name), "Ada", Role.ADMIN)
    browser = await open_browser()

    await ask(browser, "Ada@Example.org")

    links = [link_of(parts, request_id) for request_id in await asked(parts)]
    assert 2 == len(links)
    for link in links:
        assert 303 == (await browser.post(link, on=link)).status


async def test_signing_in_gives_a_new_secret_and_ends_the_old_one(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await browser.get("/sign-in")
    browser.client.session.cookie_jar.update_cookies({"manyways-sign-in": "preset"})
    secrets = []
    for _ in range(2):
        await browser.post("/sign-in", email="ada@example.org")
        link = link_of(parts, (await asked(parts))[-1])
        response = await browser.post(link, on=link)
        secrets.append(response.cookies["manyways-sign-in"].value)

    assert "preset" not in secrets
    assert 2 == len(set(secrets))
    assert 1 == await sign_ins(parts)


async def test_after_signing_out_the_old_cookie_opens_nothing(
    ada: Person, open_browser: OpenBrowser
) -> None:
    browser, elsewhere = await open_browser(ada), await open_browser(ada)
    await press_in_footer(browser, "/sign-out")

    assert not await is_in(browser)
    assert await is_in(elsewhere)


async def test_signing_out_everywhere_ends_every_browser_and_open_link(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser, elsewhere, asking = (
        await open_browser(ada),
        await open_browser(ada),
        await open_browser(),
    )
    await ask(asking)
    link = link_of(parts, (await asked(parts))[0])

    await press_in_footer(browser, "/sign-out-everywhere")

    assert not await is_in(browser)
    assert not await is_in(elsewhere)
    assert 410 == (await asking.get(link)).status


async def press_in_footer(browser: Browser, path: str) -> ClientResponse:
    """Press a button in the foot of a staff page."""
    return await browser.post(path, on="/set-up")


async def test_who_was_disabled_is_out_at_once_and_cannot_come_back(
    ada: Person, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    browser, asking = await open_browser(ada), await open_browser()
    await ask(asking)
    link = link_of(parts, (await asked(parts))[0])
    async with parts.database.writing() as db:
        member = await db.get(StaffMember, ada.id)
        assert member is not None
        member.disabled_at = clock.now()

    assert not await is_in(browser)
    assert 410 == (await asking.post(link, on=link)).status
    await ask(asking)
    assert 1 == len(await asked(parts))


async def test_a_sign_in_lasts_fourteen_days(
    ada: Person, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    browser = await open_browser()
    await ask(browser)
    link = link_of(parts, (await asked(parts))[0])
    await browser.post(link, on=link)

    clock.move(timedelta(days=13, hours=23))
    assert await is_in(browser)
    clock.move(timedelta(hours=1))
    assert not await is_in(browser)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/sessions?state=draft", "/sessions?state=draft"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/a\r\nX: y", "/"),
    ],
)
async def test_after_signing_in_one_is_sent_on_to_our_own_pages_only(
    wanted: str, given: str, ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await ask(browser, next=wanted)
    link = link_of(parts, (await asked(parts))[0])

    response = await browser.post(link, on=link)

    assert given == response.headers["Location"]


async def test_what_cannot_be_a_mail_address_is_shown_again(open_browser: OpenBrowser) -> None:
    browser = await open_browser()

    response = await ask(browser, "Ada O'Neill <ada>")

    assert 422 == response.status
    assert "Please type one e-mail address" in browser.page
    assert "Ada O&#39;Neill &lt;ada&gt;" in browser.page


async def test_signing_in_and_out_is_written_down(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await ask(browser)
    link = link_of(parts, (await asked(parts))[0])
    await browser.post(link, on=link)
    await press_in_footer(browser, "/sign-out")

    async with parts.database.reading() as db:
        lines = await db.execute(select(AuditLine.what, AuditLine.actor_id).order_by(AuditLine.id))
    assert [("staff.signed-in", ada.id), ("staff.signed-out", ada.id)] == [
        tuple(line) for line in lines
    ]


@pytest.fixture
async def standing_link(ada: Person, parts: Parts) -> str:
    """Give a demonstration's link for Ada."""
    async with parts.database.writing() as db:
        request = make_request(
            parts.keys, ada, now=ada.created_at, good_for=STANDING_FOR, is_standing=True
        )
        db.add(request)
    return link_of(parts, request.id)


@pytest.fixture
async def demo_client(parts: Parts) -> AsyncIterator[DemoClient]:
    """Visit the same database, served as a demonstration."""
    async with TestClient(TestServer(make_app(replace(parts, is_demo=True)))) as client:
        yield client


async def test_a_standing_link_works_again_and_again_in_a_demonstration(
    standing_link: str, demo_client: DemoClient
) -> None:
    browser = Browser(demo_client)

    for _ in range(2):
        assert 303 == (await browser.post(standing_link, on=standing_link)).status
        assert await is_in(browser)


async def test_a_standing_link_opens_from_this_machine_only(
    standing_link: str, demo_client: DemoClient
) -> None:
    browser = Browser(demo_client)
    browser.headers["X-Forwarded-For"] = "203.0.113.7"

    assert 404 == (await browser.get(standing_link)).status


async def test_a_standing_link_opens_nothing_outside_a_demonstration(
    standing_link: str, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()

    assert 404 == (await browser.get(standing_link)).status
