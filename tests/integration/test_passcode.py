"""A number at the door: made by us where a host asks for it, and told to nobody who does not need it."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from scheduling.online import Ability, ServerKind
from service.actor import Role
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.meetings import Meeting
from service.storage.planned import PhoneJoining
from service.storage.servers import JitsiServer
from service.web.context import SERVERS
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.desks import rows
from tests.integration.events_scene import INBOUND
from tests.integration.prosody import prosody_at
from tests.integration.room_scene import RoomScene, a_room

SOON = timedelta(hours=3)
PASSCODE, SHOWN = "482913", "482 913"


async def kept(parts: Parts, scene: RoomScene) -> str:
    """Read what the room asks for."""
    async with parts.database.reading() as db:
        return (await db.get_one(Meeting, scene.meeting.id)).passcode


async def press(browser: Browser, scene: RoomScene, *, asks: bool) -> tuple[int, str]:
    """Switch it on or off; gives the status and where that leads."""
    fields = {"asks": str(asks).lower()}
    response = await browser.post(f"{scene.page}/number", on=scene.page, **fields)
    return response.status, response.headers.get("Location", "").removeprefix(scene.page)


async def test_a_host_lets_the_room_ask_for_a_number_we_make_and_for_none_again(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server, starts_in=SOON) as scene:
        browser = await open_browser(scene.ada)

        await browser.get(scene.page)
        assert "Nobody is asked for a number." in browser.page
        assert (303, "?done=room-asks") == await press(browser, scene, asks=True)
        passcode = await kept(parts, scene)
        await browser.get(scene.page)
        page = browser.page
        assert (303, "?done=room-asks-nothing") == await press(browser, scene, asks=False)

        assert re.fullmatch(r"[1-9][0-9]{5}", passcode)
        assert f"{passcode[:3]} {passcode[3:]}" in page
        assert "" == await kept(parts, scene)
        lines = [each for each in await rows(parts, AuditLine) if each.what == "room.passcode"]
        assert ["True", "False"] == [each.facts["asks"] for each in lines]
        assert {scene.ada.id} == {each.actor_id for each in lines}
        assert passcode not in str([each.facts for each in lines])


@pytest.mark.parametrize("first", ["number", "wait"])
async def test_nobody_walks_past_the_lobby_with_a_number(
    making: Making, server: TestServer, open_browser: OpenBrowser, first: str
) -> None:
    buttons = {"number": ("asks", "Ask for a number"), "wait": ("waits", "Ask everyone to wait")}
    async with a_room(making, server, starts_in=SOON) as scene:
        browser = await open_browser(scene.ada)
        second = next(each for each in buttons if each != first)
        await browser.post(f"{scene.page}/{first}", on=scene.page, **{buttons[first][0]: "true"})

        await browser.get(scene.page)
        page = browser.page
        response = await browser.post(f"{scene.page}/{second}", **{buttons[second][0]: "true"})

        assert "either asks for a number, or lets everybody wait" in page
        assert buttons[second][1] not in page
        assert response.status in range(400, 500)
        assert "either asks for a number, or lets everybody wait" in browser.page


async def test_each_number_is_another_and_a_second_press_keeps_the_one_there_is(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server, starts_in=SOON) as scene:
        ada, cleo = await open_browser(scene.ada), await open_browser(scene.cleo)
        await ada.get(scene.page)
        await cleo.get(scene.page)
        both = (each.post(f"{scene.page}/number", asks="true") for each in (ada, cleo))
        await asyncio.gather(*both)
        first = await kept(parts, scene)
        await press(ada, scene, asks=True)

        assert first == await kept(parts, scene)
        lines = [each for each in await rows(parts, AuditLine) if each.what == "room.passcode"]
        assert 1 == len(lines)
        await press(ada, scene, asks=False)
        await press(cleo, scene, asks=True)
        assert first != await kept(parts, scene)


async def test_a_coordinator_may_and_the_wrong_person_changes_nothing(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server, starts_in=SOON) as scene:
        async with making() as make:
            director = await make.staff(scene.house, "Eve", Role.DIRECTOR)
        statuses = []
        for person in (director, scene.dov, None):
            browser = await open_browser(person)
            await browser.get("/today" if person else "/about")
            statuses.append((await browser.post(f"{scene.page}/number", asks="true")).status)

        assert ([403, 404, 303], "") == (statuses, await kept(parts, scene))
        assert 303 == (await press(await open_browser(scene.ben), scene, asks=True))[0]
        assert await kept(parts, scene)


@pytest.mark.parametrize(
    ("kind", "abilities"),
    [
        (ServerKind.PLAIN, []),
        (ServerKind.HS256, ["events", "reservations", "lobby"]),
        (ServerKind.JAAS, [each.value for each in ServerKind.JAAS.abilities]),
    ],
)
async def test_nobody_is_asked_where_the_server_cannot_or_callers_would_be_asked_too(
    kind: ServerKind,
    abilities: list[str],
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    parts: Parts,
) -> None:
    given: dict[str, Any] = {"starts_in": SOON, "phone_joining": PhoneJoining.DIAL}
    async with a_room(making, server, kind=kind, abilities=abilities, **given) as scene:
        browser = await open_browser(scene.ada)
        await browser.get(scene.page)
        page = browser.page

        response = await browser.post(f"{scene.page}/number", asks="true")

        assert "number at the door" not in page
        assert "cannot ask for a number" in browser.page
        assert (409, "") == (response.status, await kept(parts, scene))


async def test_jaas_may_ask_where_nobody_dials_in(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    given: dict[str, Any] = {"starts_in": SOON, "phone_joining": PhoneJoining.RING}
    async with a_room(making, server, kind=ServerKind.JAAS, **given) as scene:
        assert 303 == (await press(await open_browser(scene.ada), scene, asks=True))[0]

        assert await kept(parts, scene)


async def test_once_the_room_may_be_open_the_number_stays(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts, clock: TestClock
) -> None:
    async with a_room(making, server, starts_in=SOON) as scene:
        browser = await open_browser(scene.ada)
        clock.move(SOON - timedelta(minutes=45))
        assert 303 == (await press(browser, scene, asks=True))[0]
        passcode = await kept(parts, scene)

        refused = await press(browser, scene, asks=False)

        assert (409, passcode) == (refused[0], await kept(parts, scene))
        await browser.get(scene.page)
        assert "so the number stays" in browser.page
        assert "Ask for no number" not in browser.page


async def test_hosts_read_it_with_the_button_and_coordinators_below(
    making: Making, server: TestServer, open_browser: OpenBrowser
) -> None:
    async with a_room(making, server, passcode=PASSCODE) as scene:
        host, desk = await open_browser(scene.ada), await open_browser(scene.ben)
        await host.get(scene.page)
        await desk.get(scene.page)

    assert 1 == host.page.count(SHOWN) == desk.page.count(SHOWN)
    assert host.page.index("Open the room") < host.page.index(SHOWN)
    assert "When the room asks for a password, type" in host.page
    assert "Open the room" not in desk.page


async def test_only_who_comes_online_reads_it_when_they_can_join(
    making: Making, server: TestServer, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async with a_room(making, server, starts_in=SOON, passcode=PASSCODE) as scene:
        browser, seen = await open_browser(), set[str]()
        async with making() as make:
            links = {name: make.link(each) for name, each in scene.guests.items()}
        await browser.get(links["Mo"])
        early = browser.page
        clock.move(SOON - timedelta(minutes=20))
        for name, link in links.items():
            for path in (link, f"{link}/join", f"{link}/calendar.ics", f"{link}/practice"):
                await browser.get(path)
                if SHOWN in browser.page or PASSCODE in browser.page:
                    seen.add(f"{name} {path.removeprefix(link)}")
        await browser.get(links["Mo"])

    assert "The room will ask for a password. You find it here then." in early
    assert SHOWN not in early
    assert {"Mo "} == seen
    assert browser.page.index("When the room asks for a password, type") < browser.page.index(SHOWN)


async def test_what_people_read_is_what_the_server_is_told_and_asks_for(
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    parts: Parts,
    now: datetime,
) -> None:
    async with a_room(making, server, passcode=PASSCODE) as scene:
        async with making() as make:
            link = make.link(scene.guests["Mo"])
        row = (await rows(parts, JitsiServer))[0]
        prosody = prosody_at(server, row, INBOUND)
        browser = await open_browser()
        told = []
        for abilities in ([Ability.RESERVATIONS, Ability.PASSCODE], [Ability.RESERVATIONS]):
            async with parts.database.writing() as db:
                changed = await db.get_one(JitsiServer, row.id)
                changed.abilities, changed.version = [*abilities], changed.version + 1
            await server.app[SERVERS].refresh()
            answer = await prosody.asks(scene.meeting.room_name)
            await browser.get(link)
            told.append((answer.facts.get("password"), SHOWN in browser.page))
        await prosody.client.session.close()

    assert [(PASSCODE, True), (None, False)] == told
