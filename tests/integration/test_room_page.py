"""The page of a session's room: who is in now, opening it, and whether people wait to be let in."""

import re
from datetime import datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer

from scheduling.meeting import MeetingState
from scheduling.online import ServerKind
from scheduling.roles import MeetingRole
from scheduling.ways import Way
from service.actor import Role
from service.identifiers import new_id
from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.rota import Duty
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.room_scene import a_room

COUNT = re.compile(r'data-area="count">([^<]*)<')
NAME = re.compile(r'<li data-key="[^"]*" data-order="[^"]*">(.*?)</li>', re.DOTALL)


def count_on(page: str) -> str:
    """Read how many are said to be in."""
    return str(COUNT.findall(page)[0])


def names_on(page: str) -> list[str]:
    """Read the lines of who is in, without their marks."""
    return [re.sub(r"<[^>]*>", "", line).strip() for line in NAME.findall(page)]


async def test_everybody_who_is_in_is_named_once_by_the_way_they_came(
    making: Making, server: TestServer, open_browser: OpenBrowser, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        await scene.tell(
            scene.event("joined", now, "a", person=scene.of("Mo")),
            scene.event("joined", now, "b", person=scene.of("Mo")),
            scene.event("joined", now, "c", person=scene.host(scene.ada)),
            scene.event("joined", now, "d", name="A neighbour"),
            scene.event("joined", now, "e"),
            scene.event("dialled_in", now, "pin:1", person=scene.of("Joan")),
            scene.event("dialled_in", now, "f", phone="01632 960199"),
            scene.event("joined", now, "g", person=scene.of("Sue")),
            scene.event("left", now, "g", person=scene.of("Sue")),
        )

        response = await browser.get(scene.page)

    assert 200 == response.status
    assert "5 people are in now" == count_on(browser.page)
    assert ["A neighbour not on the list", "Ada host", "Mo", "Joan", "Somebody on the phone"] == (
        names_on(browser.page)
    )
    assert "960199" not in browser.page
    assert "connect-src 'self'" in response.headers["Content-Security-Policy"]


async def test_a_nameless_person_is_counted_and_not_named(
    making: Making, server: TestServer, open_browser: OpenBrowser, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ben)
        await scene.tell(scene.event("joined", now, "a"), scene.event("joined", now, "b"))

        await browser.get(scene.page)

    assert "2 people are in now" == count_on(browser.page)
    assert ["2 people without a name"] == names_on(browser.page)


async def test_who_waits_to_be_let_in_is_shown_first(
    making: Making, server: TestServer, open_browser: OpenBrowser, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.cleo)
        await scene.tell(
            scene.event("lobby_joined", now, "a", person=scene.of("Mo")),
            scene.event("lobby_joined", now, "b"),
        )

        await browser.get(scene.page)

    assert "Nobody is in yet" == count_on(browser.page)
    words = " ".join(re.sub(r"<[^>]*>", "", browser.page).split())
    assert "Waiting to be let in: Mo, 1 person" in words


async def test_hosts_open_the_room_here_and_nobody_else(
    making: Making, server: TestServer, open_browser: OpenBrowser
) -> None:
    async with a_room(making, server) as scene:
        host, coordinator = await open_browser(scene.ada), await open_browser(scene.ben)

        await host.get(scene.page)
        await coordinator.get(scene.page)

    assert f"{scene.page}/open" in host.page
    assert f"{scene.page}/open" not in coordinator.page


async def test_only_hosts_and_coordinators_see_it(
    making: Making, server: TestServer, open_browser: OpenBrowser
) -> None:
    async with a_room(making, server) as scene:
        async with making() as make:
            director = await make.staff(scene.house, "Eve", Role.DIRECTOR)
            other_host = await make.staff(scene.house, "Fay", Role.FACILITATOR)
        statuses = {}
        for path in (scene.page, f"{scene.page}/live", scene.sheet):
            for person in (director, other_host, scene.dov, None):
                browser = await open_browser(person)
                name = person.chosen_name if person else "nobody"
                statuses[path.rpartition("/")[2], name] = (await browser.get(path)).status

    expected = {"Eve": 403, "Fay": 404, "Dov": 404, "nobody": 303}
    assert {
        (page, who): status
        for page in ("room", "live", "attendance")
        for who, status in expected.items()
    } == statuses


async def test_the_remote_buddy_looks_after_the_room_too(
    making: Making, server: TestServer, open_browser: OpenBrowser, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        async with making() as make:
            buddy = await make.staff(scene.house, "Gus", Role.FACILITATOR)
            make.db.add(
                Duty(
                    id=new_id(),
                    organisation_id=scene.house.id,
                    meeting_id=scene.meeting.id,
                    role=MeetingRole.REMOTE_BUDDY,
                    person_id=buddy.id,
                    created_at=now,
                )
            )
        browser = await open_browser(buddy)

        response = await browser.get(scene.page)

    assert 200 == response.status
    assert f"{scene.page}/open" in browser.page


async def test_a_host_asks_everyone_to_wait_and_lets_them_in_again(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async def waits() -> bool:
        async with parts.database.reading() as db:
            return (await db.get_one(Meeting, scene.meeting.id)).waits_in_lobby

    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)

        response = await browser.post(f"{scene.page}/wait", on=scene.page, waits="true")
        assert (303, f"{scene.page}?done=room-waits") == (
            response.status,
            response.headers["Location"],
        )
        assert await waits()
        await browser.post(f"{scene.page}/wait", on=scene.page, waits="false")

        assert not await waits()


async def test_nobody_waits_where_the_server_has_no_lobby(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server, abilities=["events"]) as scene:
        browser = await open_browser(scene.ada)
        await browser.get(scene.page)
        assert "Ask everyone to wait" not in browser.page

        response = await browser.post(f"{scene.page}/wait", waits="true")

        assert 409 == response.status
        async with parts.database.reading() as db:
            assert not (await db.get_one(Meeting, scene.meeting.id)).waits_in_lobby


async def test_the_wrong_person_changes_nothing(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server) as scene:
        async with making() as make:
            director = await make.staff(scene.house, "Eve", Role.DIRECTOR)
        statuses = []
        for person in (director, scene.dov, None):
            browser = await open_browser(person)
            await browser.get("/about")
            if person is not None:
                await browser.get("/today")
            statuses.append((await browser.post(f"{scene.page}/wait", waits="true")).status)

        async with parts.database.reading() as db:
            assert not (await db.get_one(Meeting, scene.meeting.id)).waits_in_lobby
    assert [403, 404, 303] == statuses


@pytest.mark.parametrize("kind", [ServerKind.PLAIN, ServerKind.HS256])
async def test_a_server_that_tells_nothing_is_said_so_plainly(
    making: Making, server: TestServer, open_browser: OpenBrowser, kind: ServerKind
) -> None:
    async with a_room(making, server, kind=kind, abilities=["lobby"]) as scene:
        browser = await open_browser(scene.ada)

        response = await browser.get(scene.page)

    assert "tells us nothing" in browser.page
    assert scene.sheet in browser.page
    assert "data-live" not in browser.page
    assert "connect-src" not in response.headers["Content-Security-Policy"]


async def test_a_session_without_an_online_room_offers_the_list(
    making: Making, server: TestServer, open_browser: OpenBrowser
) -> None:
    async with a_room(making, server, offers={Way.ROOM: 12}) as scene:
        browser = await open_browser(scene.ada)

        await browser.get(scene.page)

    assert "it has no online room" in browser.page
    assert scene.sheet in browser.page


async def test_afterwards_everybody_has_gone(
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    clock: TestClock,
    now: datetime,
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        await scene.tell(scene.event("joined", now, "a", person=scene.of("Mo")))
        clock.move(timedelta(hours=3))

        await browser.get(scene.page)

    assert "This session is over" in browser.page
    assert "Mo" not in browser.page


async def test_a_draft_has_no_such_page(
    making: Making, server: TestServer, open_browser: OpenBrowser
) -> None:
    async with a_room(making, server, state=MeetingState.DRAFT) as scene:
        browser = await open_browser(scene.ada)

        assert 404 == (await browser.get(scene.page)).status
