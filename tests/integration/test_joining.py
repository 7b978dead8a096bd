"""Pressing "Join now": a token for this person and this room, made now, and never for anybody who may not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.parts import Parts
from service.storage.base import Base, Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.servers import JitsiServer
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.joining_scene import (
    JITSI,
    YES_ONLINE,
    closes,
    move_to_tokens,
    opens,
    press_join,
)
from tests.integration.scenes import YES_BY_PHONE, Scene, SetScene, set_scene


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


@pytest.fixture
async def scene(scene_of: SetScene, making: Making, clock: TestClock) -> Scene:
    """Let Cleo come online, at a time when the room is open."""
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_ONLINE)
    await move_to_tokens(making, scene)
    clock.at = opens(scene)
    return scene


@pytest.fixture
async def browser(open_browser: OpenBrowser) -> Browser:
    """Open a browser."""
    return await open_browser()


async def test_a_press_gives_a_token_for_this_person_and_this_room(
    scene: Scene, browser: Browser, clock: TestClock
) -> None:
    led = await press_join(browser, scene.links["Cleo"])

    claims = led.claims(clock.at)
    assert (303, JITSI, scene.meeting.room_name) == (led.status, led.host, led.room)
    assert scene.meeting.room_name == claims["room"]
    assert {
        "id": scene.guests["Cleo"].id.hex,
        "name": "Cleo",
        "moderator": "false",
        "affiliation": "member",
    } == claims["context"]["user"]
    assert scene.meeting.ends_at is not None
    assert scene.meeting.ends_at + timedelta(hours=1) == clock.at + timedelta(
        seconds=claims["exp"] - clock.at.timestamp()
    )


async def test_a_reload_a_second_device_and_a_dropped_line_need_only_the_same_button(
    scene: Scene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    phone, laptop, link = await open_browser(), await open_browser(), scene.links["Cleo"]

    first = await press_join(phone, link)
    clock.move(timedelta(minutes=90))
    second = await press_join(laptop, link)
    third = await press_join(phone, link)

    users = [led.claims(clock.at)["context"]["user"] for led in (first, second, third)]
    assert users[0] == users[1] == users[2]
    assert first.token != second.token


async def test_a_way_of_coming_in_is_a_hint_and_remembered(scene: Scene, browser: Browser) -> None:
    link = scene.links["Cleo"]

    chosen = await press_join(browser, link, how="sound_only")
    await browser.get(link)
    page = browser.page
    again = await press_join(browser, link)
    usual = await press_join(browser, link, how="")

    assert "config.startAudioOnly=true" in chosen.hints
    assert "config.startLowBandwidthMode=true" in chosen.hints
    assert 'value="sound_only" checked' in page
    assert "With sound only" in page
    assert chosen.hints == again.hints
    assert "config.startAudioOnly" not in usual.hints
    assert [] == (await person_of(scene, "Cleo")).join_choices


async def test_only_a_choice_that_changed_is_written(scene: Scene, browser: Browser) -> None:
    link = scene.links["Cleo"]
    before = len(await scene.audit())

    for how in ("", "silent", "silent", "silent", "nonsense"):
        await press_join(browser, link, how=how)

    lines = [line for line in await scene.audit() if line.what == "person.chose-how-to-join"]
    assert ["silent", ""] == [line.facts["chosen"] for line in lines]
    assert len(lines) == len(await scene.audit()) - before
    assert {scene.guests["Cleo"].person_id} == {line.person_id for line in lines}


async def test_a_press_that_changes_nothing_writes_nothing(
    scene: Scene, browser: Browser, parts: Parts
) -> None:
    async with parts.database.writing():
        # On SQLite nobody else can write now: a press that tried would wait, and fail this test.
        led = await press_join(browser, scene.links["Cleo"])

    assert led.token


Change = Callable[[Db, Scene], Awaitable[None]]


def changed(table: type[Base], **values: object) -> Change:
    """Make a change of every row of a table."""

    async def change(db: Db, _scene: Scene) -> None:
        await db.execute(update(table).values(**values))

    return change


async def cancel(db: Db, scene: Scene) -> None:
    """Cancel the session."""
    values = {"state": MeetingState.CANCELLED, "cancelled_at": scene.now}
    await db.execute(update(Meeting).values(**values))


async def remove(db: Db, scene: Scene) -> None:
    """Take everybody off the list."""
    await db.execute(update(Invitation).values(removed_at=scene.now))


async def leave(db: Db, scene: Scene) -> None:
    """Let everybody have left the organisation."""
    await db.execute(update(Person).values(left_at=scene.now))


async def fill(db: Db, scene: Scene) -> None:
    """Sell the last place online while Cleo has none any more."""
    await db.execute(update(Invitation).values(answer=Answer.UNANSWERED))
    full = update(Offer).where(Offer.way == Way.ONLINE)
    await db.execute(full.values(taken=2, places=2, seats=2))


NO_TOKEN: dict[str, tuple[Change, str, str]] = {
    "cancelled": (cancel, "", "This session is cancelled."),
    "removed": (remove, "", "You are not on the list for this session"),
    "left": (leave, "", "You are not on the list for this session"),
    "draft": (changed(Meeting, state=MeetingState.DRAFT), "", "This session is not ready yet"),
    "full": (fill, "/join", "All places online are taken"),
    "no": (changed(Invitation, answer=Answer.NO), "/join", "Please say first that you come online"),
    "waiting": (changed(Invitation, answer=Answer.WAITING), "/join", "You are on the waiting list"),
    "by phone": (changed(Invitation, way=Way.PHONE), "/join", "You said that you join another way"),
    "no server": (changed(Organisation, server_id=None), "/join", "cannot be opened just now"),
    "retired": (
        changed(JitsiServer, is_retired=True, version=7),
        "/join",
        "cannot be opened just now",
    ),
    "odd room": (changed(Meeting, room_name="*"), "/join", "cannot be opened just now"),
}


@pytest.mark.parametrize("what", NO_TOKEN)
async def test_who_may_not_come_in_gets_no_token_from_that_moment_on(
    scene: Scene, browser: Browser, parts: Parts, what: str
) -> None:
    change, page, words = NO_TOKEN[what]
    link = scene.links["Cleo"]
    before = await press_join(browser, link)
    async with parts.database.writing() as db:
        await change(db, scene)

    after = await browser.post(f"{link}/join")
    await browser.get(after.headers["Location"])

    assert before.token
    assert (303, f"{link}{page}") == (after.status, after.headers["Location"])
    assert words in browser.page


async def test_too_early_and_too_late_are_said_kindly_with_what_to_do(
    scene: Scene, browser: Browser, clock: TestClock
) -> None:
    link = scene.links["Cleo"]
    pages = []
    for at in (opens(scene) - timedelta(seconds=1), closes(scene)):
        clock.at = opens(scene)
        await browser.get(link)
        clock.at = at
        response = await browser.post(f"{link}/join")
        await browser.get(response.headers["Location"])
        pages.append(browser.page)

    assert "It is only too early" in pages[0]
    assert "8:40am" in pages[0]
    assert "Try it beforehand" in pages[0]
    assert "This session is over." in pages[1]
    assert "You can ring us on" in pages[1]


async def test_the_page_that_says_why_not_leads_on_once_it_is_open(
    scene: Scene, browser: Browser, clock: TestClock
) -> None:
    link = scene.links["Cleo"]
    clock.at = opens(scene) - timedelta(seconds=1)
    early = await browser.get(f"{link}/join")
    clock.at = opens(scene)
    on_time = await browser.get(f"{link}/join")

    assert 200 == early.status
    assert (303, link) == (on_time.status, on_time.headers["Location"])


async def test_saying_yes_on_that_page_opens_the_door(scene: Scene, browser: Browser) -> None:
    link = scene.links["Dov"]

    await browser.post(f"{link}/answer", on=f"{link}/join", answer="yes", way="online")
    led = await press_join(browser, link)

    assert scene.guests["Dov"].id.hex == led.claims(opens(scene))["context"]["user"]["id"]


async def test_a_session_without_an_online_way_says_so(
    scene_of: SetScene, browser: Browser
) -> None:
    scene = await scene_of("Cleo", offers={Way.PHONE: 4})

    await browser.get(f"{scene.links['Cleo']}/join")

    assert "This session cannot be joined online" in browser.page
    assert "Yes, I come online" not in browser.page


async def test_who_joins_by_phone_finds_how_on_that_page(scene: Scene, browser: Browser) -> None:
    await scene.says("Dov", YES_BY_PHONE)

    await browser.get(f"{scene.links['Dov']}/join")

    assert "To join by phone" in browser.page
    assert "01632 960 555" in browser.page


@pytest.mark.parametrize("token", ["", "0" * 32, "%C3%A9"])
async def test_a_press_without_our_form_changes_nothing(
    scene: Scene, browser: Browser, token: str
) -> None:
    path, kind = f"{scene.links['Cleo']}/join", "application/x-www-form-urlencoded"
    statuses = []
    for how in ("silent", ""):
        response = await browser.client.post(
            path,
            data=f"csrf={token}&how={how}".encode(),
            headers={"Content-Type": kind},
            allow_redirects=False,
        )
        statuses.append(response.status)

    assert [403, 303] == statuses
    assert [] == (await person_of(scene, "Cleo")).join_choices


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"csrf=" + b"x" * 5000, "application/x-www-form-urlencoded", 413),
        (b"csrf=%ff\xff", "application/x-www-form-urlencoded", 400),
        (b"csrf", "multipart/form-data", 415),
        (b"{}", "application/json; charset=latin-1", 415),
    ],
)
async def test_odd_presses_are_turned_away(
    scene: Scene, browser: Browser, body: bytes, kind: str, status: int
) -> None:
    response = await browser.client.post(
        f"{scene.links['Cleo']}/join",
        data=body,
        headers={"Content-Type": kind},
        allow_redirects=False,
    )

    assert status == response.status


async def test_links_that_are_nobodys_are_counted_as_guesses(browser: Browser) -> None:
    statuses = [
        (await browser.post(f"/i/23456789{number:02}ab/join")).status for number in range(22, 44)
    ]

    assert [404] * 20 + [429] * 2 == statuses


async def test_a_way_that_is_asked_for_by_nobody_any_more_is_none(
    scene: Scene, browser: Browser, parts: Parts
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Person).values(join_choices=["by_pigeon", "silent"]))

    led = await press_join(browser, scene.links["Cleo"])

    assert "config.startSilent=true" in led.hints


async def person_of(scene: Scene, name: str) -> Person:
    """Read a guest's person as it is stored."""
    async with scene.parts.database.reading() as db:
        return await db.get_one(Person, scene.guests[name].person_id)
