"""Trying it beforehand: a room of one's own that always works, and is forgotten afterwards."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.online import SideRoomUse
from service.actions.timers import JOBS
from service.actor import system_actor
from service.keeping_time import tools_of
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.side_rooms import SideRoom
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.joining_scene import WayIn, move_to_tokens
from tests.integration.scenes import Scene, set_scene


@pytest.fixture
async def scene(parts: Parts, making: Making) -> Scene:
    """Make a session a fortnight ahead, to which Cleo and Dov are invited and have not answered."""
    scene = await set_scene(parts, making, "Cleo", "Dov")
    await move_to_tokens(making, scene)
    return scene


@pytest.fixture
async def browser(open_browser: OpenBrowser) -> Browser:
    """Open a browser."""
    return await open_browser()


async def practise(browser: Browser, link: str) -> WayIn:
    """Look at the page, and press."""
    response = await browser.post(f"{link}/practice", on=f"{link}/practice")
    return WayIn(response.status, response.headers.get("Location", ""))


async def test_anybody_invited_can_practise_before_they_answered(
    scene: Scene, browser: Browser, clock: TestClock
) -> None:
    led = await practise(browser, scene.links["Cleo"])

    user = led.claims(clock.at)["context"]["user"]
    [room] = await rooms(scene)
    assert (303, room.name) == (led.status, led.room)
    assert scene.meeting.room_name != room.name
    assert SideRoomUse.PRACTICE is room.use
    assert clock.at + timedelta(minutes=30) == room.closes_at
    assert ("Cleo", "member", "false") == (user["name"], user["affiliation"], user["moderator"])
    assert Answer.UNANSWERED is (await scene.look("Cleo")).answer


async def test_the_page_names_somebody_to_ring(scene: Scene, browser: Browser) -> None:
    await browser.get(f"{scene.links['Cleo']}/practice")

    assert "It does not work?" in browser.page
    assert "tel:01632960101" in browser.page


async def test_coming_back_leads_to_the_same_room_while_it_is_open(
    scene: Scene, browser: Browser, clock: TestClock
) -> None:
    link = scene.links["Cleo"]

    first = await practise(browser, link)
    clock.move(timedelta(minutes=10))
    again = await practise(browser, link)
    clock.move(timedelta(minutes=15))
    later = await practise(browser, link)

    assert first.room == again.room
    assert first.room != later.room


async def test_nobody_else_is_led_there(scene: Scene, browser: Browser) -> None:
    led = [await practise(browser, scene.links[name]) for name in ("Cleo", "Dov")]

    assert led[0].room != led[1].room


async def test_how_one_likes_to_come_in_counts_here_too(scene: Scene, browser: Browser) -> None:
    async with scene.parts.database.writing() as db:
        await db.execute(update(Person).values(join_choices=["sound_only"]))

    led = await practise(browser, scene.links["Cleo"])

    assert "config.startAudioOnly=true" in led.hints


async def test_beginning_to_practise_leaves_a_line(scene: Scene, browser: Browser) -> None:
    await practise(browser, scene.links["Cleo"])
    await practise(browser, scene.links["Cleo"])

    lines = [line for line in await scene.audit() if line.what == "practice.begun"]
    assert [scene.guests["Cleo"].person_id] == [line.person_id for line in lines]


async def test_who_is_off_the_list_does_not_practise(
    scene: Scene, browser: Browser, parts: Parts
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Invitation).values(removed_at=scene.now))

    response = await browser.get(f"{scene.links['Cleo']}/practice")

    assert 404 == response.status


async def test_a_cancelled_session_is_no_reason_not_to_practise(
    scene: Scene, browser: Browser, parts: Parts
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Meeting).values(state=MeetingState.CANCELLED))

    assert (await practise(browser, scene.links["Cleo"])).token


async def test_without_a_server_the_page_says_whom_to_ring(
    scene: Scene, browser: Browser, parts: Parts
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Organisation).values(server_id=None))

    link = scene.links["Cleo"]
    pressed = await browser.post(f"{link}/practice", on=link)
    await browser.get(f"{link}/practice")

    assert (409, None) == (pressed.status, pressed.headers.get("Location"))
    assert "cannot be opened just now. Please ring us." in browser.page
    assert "Open my practice room" not in browser.page
    assert [] == await rooms(scene)


async def test_old_rooms_are_forgotten_and_open_ones_kept(
    scene: Scene, browser: Browser, parts: Parts, clock: TestClock
) -> None:
    await practise(browser, scene.links["Cleo"])
    left = []
    for minutes in (0, 30, 89, 91):
        async with parts.database.writing() as db:
            actor = system_actor(scene.organisation.id)
            tools = tools_of(parts)
            now = clock.at + timedelta(minutes=minutes)
            await JOBS["forget-practice"](db, actor, tools, now)
        left.append(len(await rooms(scene)))

    assert [1, 1, 1, 0] == left


async def rooms(scene: Scene) -> Sequence[SideRoom]:
    """Read every room beside the meetings' own."""
    async with scene.parts.database.reading() as db:
        return (await db.scalars(select(SideRoom))).all()
