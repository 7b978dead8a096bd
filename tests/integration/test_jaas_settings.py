"""JaaS asks how a room is to be: answered at once, rightly, and shut where it may not open."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from scheduling.meeting import MeetingState
from scheduling.online import Ability, ForeignRooms, ServerKind, SideRoomUse
from scheduling.ways import Way
from service.actions import rooms_known
from service.actions.rooms_known import RoomsKnown, keep_rooms_known
from service.identifiers import new_id
from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.planned import PhoneJoining
from service.storage.side_rooms import SideRoom
from service.web.context import ROOMS_KNOWN
from tests.integration.conftest import Making, TestClock
from tests.integration.events_scene import APP, INBOUND, Told, a_server, bearer, written

SHUT = {"lobbyEnabled": True, "lobbyType": "WAIT_FOR_MODERATOR"}
OFFERS: dict[Way, int | None] = {Way.ONLINE: 6}
SOON = timedelta(minutes=5)
#: Two connections for each of six seats and four hosts.
MOST = 20


@dataclass(frozen=True, slots=True)
class Scene:
    """A JaaS server and a meeting in one of its rooms, which may open now."""

    told: Told
    meeting: Meeting

    async def ask(self, room: str = "", **headers: str) -> dict[str, Any]:
        """Ask how a room is to be, the meeting's own unless another is named."""
        asked = written({"fqn": f"{APP}/{room or self.meeting.room_name}"})
        path = f"/jaas/{self.told.slug}/settings"
        response = await self.told.post(path, asked, headers or bearer(INBOUND))
        assert 200 == response.status
        found: dict[str, Any] = await response.json()
        return found


Begin = Any


@pytest.fixture
async def begin(making: Making, server: TestServer) -> AsyncIterator[Begin]:
    """Make a scene; what is given is the meeting's."""
    opened: list[Told] = []

    async def made(of_server: dict[str, object] | None = None, **given: Any) -> Scene:
        told = await a_server(
            making, server, ServerKind.JAAS, app_id=APP, url="https://8x8.vc", **of_server or {}
        )
        opened.append(told)
        async with making() as make:
            house = await make.organisation(f"Hub {len(opened)}", server_id=told.id)
            values: dict[str, Any] = {"starts_in": SOON, "offers": OFFERS} | given
            kind, hosts = await make.kind(house), [await make.person(house, "Ada")]
            meeting = await make.meeting(house, kind, hosts=hosts, **values)
        return Scene(told, meeting)

    yield made
    for told in opened:
        await told.client.session.close()


async def test_an_open_room_has_its_limit_and_no_lobby(begin: Begin) -> None:
    scene = await begin()

    assert {"lobbyEnabled": False, "maxOccupants": MOST} == await scene.ask()


async def test_a_room_where_everyone_waits_has_a_lobby(begin: Begin) -> None:
    scene = await begin(waits_in_lobby=True)

    assert {
        "lobbyEnabled": True,
        "lobbyType": "WAIT_FOR_APPROVAL",
        "maxOccupants": MOST,
    } == await scene.ask()


async def test_a_pin_for_the_phone_is_nothing_the_room_asks_for(begin: Begin) -> None:
    scene = await begin(room_pin="1234567890123", dial_pin="1234567890123")

    assert "passcode" not in await scene.ask()


async def test_a_room_asks_for_its_passcode_and_for_none_where_people_dial_in(
    begin: Begin,
) -> None:
    both: dict[Way, int | None] = {Way.ONLINE: 6, Way.PHONE: 4}
    given: dict[str, Any] = {"passcode": "482913", "room_pin": "1234567890123", "offers": both}
    rung = await begin(phone_joining=PhoneJoining.RING, **given)
    dialled = await begin(phone_joining=PhoneJoining.DIAL, **given | {"room_pin": "1234567890124"})

    assert "482913" == (await rung.ask())["passcode"]
    assert "passcode" not in await dialled.ask()


async def test_only_what_the_server_has_switched_on_is_asked_of_it(begin: Begin) -> None:
    scene = await begin({"abilities": [Ability.EVENTS]}, waits_in_lobby=True, passcode="482913")

    assert {"lobbyEnabled": False} == await scene.ask()


@pytest.mark.parametrize(
    "given",
    [
        {"starts_in": timedelta(hours=2)},
        {"starts_in": timedelta(hours=-5)},
        {"state": MeetingState.DRAFT},
        {"state": MeetingState.CANCELLED},
    ],
    ids=["early", "over", "draft", "cancelled"],
)
async def test_a_room_that_may_not_open_waits_for_a_moderator(
    given: dict[str, Any], begin: Begin
) -> None:
    assert SHUT == await (await begin(**given)).ask()


async def test_a_room_opens_for_its_host_and_shuts_after_its_end(
    begin: Begin, clock: TestClock
) -> None:
    scene = await begin(starts_in=timedelta(minutes=46))
    early = await scene.ask()
    clock.move(timedelta(minutes=1))

    opened = await scene.ask()

    clock.move(timedelta(hours=5))
    assert (SHUT, False, SHUT) == (early, opened["lobbyEnabled"], await scene.ask())


async def test_rooms_that_are_not_ours_are_shut_or_let_be(begin: Begin) -> None:
    refusing = await begin()
    letting = await begin({"foreign_rooms": ForeignRooms.LET_BE})

    assert SHUT == await refusing.ask("somebody-elses")
    assert {"lobbyEnabled": False} == await letting.ask("somebody-elses")


async def test_another_houses_room_is_shut_at_this_server(begin: Begin) -> None:
    here, there = await begin(), await begin()

    assert SHUT == await here.ask(there.meeting.room_name)


async def test_the_question_may_come_to_either_address_and_with_any_proof(begin: Begin) -> None:
    scene = await begin()
    asked, at = (
        written({"fqn": f"{APP}/{scene.meeting.room_name.upper()}"}),
        f"/jaas/{scene.told.slug}",
    )
    ways: list[tuple[str, dict[str, str]]] = [
        (at, bearer(INBOUND)),
        (at, {"Authorization": INBOUND}),
        (f"{at}/settings?secret={INBOUND}", {}),
        (f"{at}/settings?secret={INBOUND}", {"Authorization": "Basic other"}),
    ]

    answers = [await scene.told.post(path, asked, headers) for path, headers in ways]

    assert [200] * 4 == [each.status for each in answers]
    assert {MOST} == {(await each.json())["maxOccupants"] for each in answers}


@pytest.mark.parametrize("path", ["/settings", "/settings?secret=", "/settings?secret=guess", ""])
async def test_strangers_are_told_nothing(path: str, begin: Begin) -> None:
    scene = await begin()
    asked = written({"fqn": f"{APP}/{scene.meeting.room_name}"})

    response = await scene.told.post(f"/jaas/{scene.told.slug}{path}", asked, {})

    assert 401 == response.status
    assert {"message"} == set(await response.json())


async def test_a_server_of_another_kind_does_not_ask_here(
    making: Making, server: TestServer
) -> None:
    told = await a_server(making, server, ServerKind.HS256)

    response = await told.post(f"/jaas/{told.slug}/settings", b"{}", bearer(INBOUND))

    assert 404 == response.status
    await told.client.session.close()


async def test_a_question_without_a_room_is_named(begin: Begin) -> None:
    scene = await begin()

    response = await scene.told.post(f"/jaas/{scene.told.slug}/settings", b"{}", bearer(INBOUND))

    assert (400, {"message": "fqn: missing"}) == (response.status, await response.json())


async def test_memory_answers_while_the_database_takes_too_long(
    begin: Begin, server: TestServer, parts: Parts, database_kind: str, making: Making
) -> None:
    scene = await begin(waits_in_lobby=True)
    async with making() as make:
        table = SideRoom(
            id=new_id(),
            organisation_id=scene.meeting.organisation_id,
            name="table-4f7a",
            use=SideRoomUse.TABLE,
            meeting_id=scene.meeting.id,
            created_at=make.now,
        )
        make.db.add(table)
    usual = [await scene.ask(), await scene.ask("table-4f7a")]
    await server.app[ROOMS_KNOWN].refresh()

    async with slow(parts, database_kind), asyncio.timeout(3):
        meanwhile = [await scene.ask(), await scene.ask("table-4f7a")]

    assert usual == meanwhile
    assert [True, False] == [each["lobbyEnabled"] for each in usual]


async def test_without_memory_a_slow_database_leaves_rooms_shut(
    begin: Begin, parts: Parts, database_kind: str
) -> None:
    scene = await begin()

    async with slow(parts, database_kind), asyncio.timeout(2):
        meanwhile = await scene.ask()

    # Nobody can keep a reader of an SQLite file waiting that is open here.
    expected = (
        SHUT if database_kind == "postgresql" else {"lobbyEnabled": False, "maxOccupants": MOST}
    )
    assert expected == meanwhile


class Watched(RoomsKnown):
    """Fails the first time, and tells of the second."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.database, parts.hot, parts.clock)
        self.times, self.looked_again = 0, asyncio.Event()

    async def refresh(self) -> None:
        """Look at every room, but not the first time."""
        self.times += 1
        if self.times == 1:
            raise OSError
        await super().refresh()
        self.looked_again.set()


async def test_memory_is_kept_fresh_also_after_the_database_was_away(
    begin: Begin, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_known, "REFRESH_SECONDS", 0.001)
    soon, later = await begin(), await begin(starts_in=timedelta(hours=9))
    rooms, stop = Watched(parts), asyncio.Event()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(keep_rooms_known(rooms, stop))
        await rooms.looked_again.wait()
        stop.set()

    found = rooms.named(soon.meeting.room_name)
    assert found is not None
    assert soon.meeting.id == found.id
    assert rooms.named(later.meeting.room_name) is None


@asynccontextmanager
async def slow(parts: Parts, kind: str) -> AsyncIterator[None]:
    """Keep everybody from reading meetings while the block runs, as far as the database lets us."""
    if kind == "sqlite":
        with closing(sqlite3.connect(parts.database.url.database or "")) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
        return
    async with parts.database.writing() as db:
        await db.execute(text("LOCK TABLE meetings IN ACCESS EXCLUSIVE MODE"))
        yield
