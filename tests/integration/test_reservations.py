"""Jitsi asks before a room opens: yes for a room of ours round its time, and else words for a person."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pytest_aiohttp.plugin import AiohttpServer
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from scheduling.meeting import MeetingState
from scheduling.online import Ability, ForeignRooms, KeyUse, SideRoomUse
from service.app import make_app
from service.identifiers import new_id
from service.parts import Parts
from service.storage.hot import Query, Row
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.room_events import StoredEvent
from service.storage.servers import JitsiServer
from service.storage.side_rooms import SideRoom
from service.web.context import SERVERS
from tests.integration.conftest import Making, TestClock
from tests.integration.prosody import SECRET, Answer, Prosody, answer_of, make_server, prosody_at
from tests.people import Make

MINUTE = timedelta(minutes=1)
TITLE = "Carers' circle"


@dataclass(slots=True)
class Scene:
    """A house whose meeting began half an hour ago and lasts two hours, and the Prosody of its server."""

    parts: Parts
    house: Organisation
    meeting: Meeting
    row: JitsiServer
    prosody: Prosody
    application: TestServer

    @property
    def starts_at(self) -> datetime:
        """Give when the meeting began."""
        assert self.meeting.starts_at is not None
        return self.meeting.starts_at

    @property
    def ends_at(self) -> datetime:
        """Give when it ends."""
        assert self.meeting.ends_at is not None
        return self.meeting.ends_at

    async def asks(self) -> Answer:
        """Ask for the meeting's room."""
        return await self.prosody.asks(self.meeting.room_name)

    async def change(self, **values: Any) -> None:
        """Change the meeting's row, as others do meanwhile."""
        await self._change(update(Meeting).where(Meeting.id == self.meeting.id).values(**values))

    async def change_server(self, **values: Any) -> None:
        """Change the server's row, and let it be noticed."""
        change = update(JitsiServer).where(JitsiServer.id == self.row.id)
        await self._change(change.values(version=JitsiServer.version + 1, **values))
        await self.application.app[SERVERS].refresh()

    async def _change(self, change: Any) -> None:
        async with self.parts.database.writing() as db:
            await db.execute(change)


@pytest.fixture
async def scene(parts: Parts, making: Making, server: TestServer) -> AsyncIterator[Scene]:
    """Make a meeting that is under way."""
    async with making() as make:
        row = await make_server(make)
        house = await make.organisation(server_id=row.id)
        meeting = await make_meeting(make, house)
    prosody = prosody_at(server, row)
    yield Scene(parts, house, meeting, row, prosody, server)
    await prosody.client.session.close()


async def make_meeting(make: Make, house: Organisation, **given: Any) -> Meeting:
    """Make a meeting that began half an hour ago."""
    given = {"starts_in": -30 * MINUTE} | given
    return await make.meeting(house, await make.kind(house, code=new_id().hex), hosts=[], **given)


async def test_a_room_of_ours_opens_with_everything_prosody_wants_to_know(scene: Scene) -> None:
    answer = await scene.asks()

    room = scene.meeting.room_name
    assert 200 == answer.status
    assert answer.facts == {
        "id": room,
        "name": room,
        "mail_owner": "nobody@invalid",
        "duration": (45 + 120 + 30) * 60,
        "start_time": "2027-01-12T07:45:00.000Z",
        "max_occupants": 40,
    }


async def test_the_room_opens_45_minutes_before_and_closes_30_after_the_end(
    scene: Scene, clock: TestClock
) -> None:
    edges = [
        (scene.starts_at - 45 * MINUTE - timedelta(seconds=1), 403),
        (scene.starts_at - 45 * MINUTE, 200),
        (scene.ends_at + 30 * MINUTE - timedelta(seconds=1), 200),
        (scene.ends_at + 30 * MINUTE, 403),
    ]

    for at, status in edges:
        clock.at = at
        assert status == (await scene.asks()).status, at


async def test_who_is_too_early_reads_when_to_come_back(scene: Scene, clock: TestClock) -> None:
    clock.at = scene.starts_at - timedelta(days=1)

    answer = await scene.asks()

    assert 403 == answer.status
    assert answer.facts == {
        "message": "This session has not opened yet. It opens at 8:10am on Tuesday 12 January "
        "(London time). Please go back to your own page then and press Join now. "
        "If you need help, ring 01632 960101."
    }


async def test_that_a_server_asked_is_remembered_if_it_knew_its_secret(
    scene: Scene, clock: TestClock
) -> None:
    servers = scene.application.app[SERVERS]
    stranger = replace(scene.prosody, secret=f"not {SECRET}")

    await stranger.asks(scene.meeting.room_name)
    assert servers.last_heard(scene.row.id, Ability.RESERVATIONS) is None
    await scene.asks()

    assert clock.at == servers.last_heard(scene.row.id, Ability.RESERVATIONS)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": MeetingState.CANCELLED}, "This session is not going ahead. If you need help"),
        ({"state": MeetingState.DRAFT}, "This room is not open. Please go back to your own page"),
        ({"is_held": True}, "This room is not open. Please go back to your own page"),
        ({"starts_at": None, "ends_at": None}, "This room is not open."),
    ],
)
async def test_a_refusal_is_written_for_who_reads_it(
    values: dict[str, Any], words: str, scene: Scene
) -> None:
    await scene.change(**values)

    answer = await scene.asks()

    assert 403 == answer.status
    assert answer.message.startswith(words)
    assert TITLE not in answer.message


async def test_what_is_over_says_so(scene: Scene, clock: TestClock) -> None:
    clock.at = scene.ends_at + timedelta(days=1)

    answer = await scene.asks()

    assert (403, True) == (answer.status, answer.message.startswith("This session is over"))


async def test_what_nobody_was_told_of_looks_like_what_is_not_there(
    scene: Scene, making: Making
) -> None:
    async with making() as make:
        elsewhere = await make.organisation("Elsewhere")
        rooms = [
            f"room-{new_id().hex}",
            (await make_meeting(make, scene.house, state=MeetingState.DRAFT)).room_name,
            (await make_meeting(make, scene.house, is_held=True)).room_name,
            (await make_meeting(make, elsewhere)).room_name,
            f"[other]{scene.meeting.room_name}",
            scene.meeting.room_name.upper(),
            "café",
        ]

    answers = [await scene.prosody.asks(room) for room in rooms]

    assert 1 == len({(each.status, each.message) for each in answers})
    assert 403 == answers[0].status


async def test_a_table_opens_with_its_meeting_and_a_practice_room_until_it_closes(
    scene: Scene, making: Making, clock: TestClock
) -> None:
    async with making() as make:
        invitation = await make.invitation(scene.meeting, await make.person(scene.house, "Ben"))
        common = {"organisation_id": scene.house.id, "created_at": make.now}
        table = SideRoom(
            name="table-1a2b", use=SideRoomUse.TABLE, meeting_id=scene.meeting.id, **common
        )
        practice = SideRoom(
            name="practice-3c4d",
            use=SideRoomUse.PRACTICE,
            invitation_id=invitation.id,
            closes_at=make.now + timedelta(days=2),
            **common,
        )
        make.db.add_all([table, practice])
    await scene.change(waits_in_lobby=True, passcode="482913")

    assert 40 == (await scene.prosody.asks("table-1a2b")).facts["max_occupants"]
    for room in ("table-1a2b", "practice-3c4d"):
        assert not {"lobby", "password"} & set((await scene.prosody.asks(room)).facts)
    assert 200 == (await scene.prosody.asks("practice-3c4d")).status
    await scene.change(state=MeetingState.CANCELLED)
    assert 403 == (await scene.prosody.asks("table-1a2b")).status
    assert 200 == (await scene.prosody.asks("practice-3c4d")).status

    clock.move(timedelta(days=2))

    assert "practice room has closed" in (await scene.prosody.asks("practice-3c4d")).message


async def test_everybody_waits_where_the_host_asked_for_it_and_the_server_can(
    scene: Scene,
) -> None:
    assert "lobby" not in (await scene.asks()).facts
    await scene.change(waits_in_lobby=True)
    assert (await scene.asks()).facts["lobby"] is True

    await scene.change(passcode="482913")
    await scene.change_server(abilities=[])

    assert not {"lobby", "max_occupants", "password"} & set((await scene.asks()).facts)


async def test_everybody_is_asked_for_the_number_that_the_meeting_has(
    scene: Scene, clock: TestClock
) -> None:
    assert "password" not in (await scene.asks()).facts
    await scene.change(passcode="012345")

    with capture_logs() as lines:
        asked = await scene.asks()
        looked = await scene.prosody.sends("GET", f"conference/{scene.meeting.room_name}")
        clock.at = scene.ends_at + timedelta(days=1)
        over = await scene.asks()

    assert "012345" == asked.facts["password"] == looked.facts["password"]
    assert 403 == over.status
    assert "012345" not in f"{over.facts} {lines}"


async def test_rooms_of_others_are_refused_or_let_be(scene: Scene) -> None:
    refused = await scene.prosody.asks("[others]sunday łódź")
    await scene.change_server(foreign_rooms=ForeignRooms.LET_BE)
    let_be = await scene.prosody.asks("[others]sunday łódź")
    await scene.change(state=MeetingState.CANCELLED)

    assert 403 == refused.status
    assert (200, "[others]sunday łódź", 86_400) == (
        let_be.status,
        let_be.facts["name"],
        let_be.facts["duration"],
    )
    assert 403 == (await scene.asks()).status
    assert 404 == (await scene.prosody.sends("GET", f"conference/{let_be.facts['id']}")).status


@pytest.mark.parametrize(
    "body",
    [
        b"start_time=2027-01-12T09%3a00%3a00.000Z&mail_owner=0c1b%40meet.test",
        b"name=&mail_owner=0c1b%40meet.test",
        b"name=a&name=b",
        b"name=%ff",
    ],
)
async def test_a_request_without_a_name_is_told_so(body: bytes, scene: Scene) -> None:
    answer = await scene.prosody.posts(body)

    assert (400, True) == (answer.status, "which room" in answer.message)


async def test_a_long_body_is_not_read(scene: Scene) -> None:
    answer = await scene.prosody.posts(b"name=" + b"x" * 20_000)

    assert 413 == answer.status


async def test_only_who_knows_the_servers_secret_is_answered(
    scene: Scene, making: Making, clock: TestClock
) -> None:
    async with making() as make:
        other = await make.server()
        await make.server_key(other, KeyUse.INBOUND, "another-secret")
        await make.server_key(scene.row, KeyUse.SIGNING, "signs-tokens-and-nothing-else-here")
        ends_at = make.now + timedelta(hours=1)
        await make.server_key(scene.row, KeyUse.INBOUND, "older", ends_at=ends_at)
    await scene.application.app[SERVERS].refresh()
    room = scene.meeting.room_name

    for secret in (
        "",
        "wrong",
        "another-secret",
        "signs-tokens-and-nothing-else-here",
        f"{SECRET}x",
    ):
        scene.prosody.secret = secret
        for answer in (
            await scene.prosody.asks(room),
            await scene.prosody.sends("GET", f"conference/{room}"),
            await scene.prosody.sends("DELETE", f"conference/{room}"),
        ):
            assert (401, {"message"}) == (answer.status, set(answer.facts)), secret
    scene.prosody.secret = "older"
    assert 200 == (await scene.asks()).status
    clock.move(timedelta(hours=1))
    assert 401 == (await scene.asks()).status


async def test_the_secret_may_stand_alone_in_its_header(scene: Scene) -> None:
    response = await scene.prosody.client.post(
        f"/jitsi/{scene.row.slug}/conference",
        data={"name": scene.meeting.room_name},
        headers={"Authorization": SECRET},
    )

    assert 200 == response.status


async def test_a_server_nobody_knows_is_told_so(scene: Scene) -> None:
    scene.prosody.slug = "nowhere"

    assert 404 == (await scene.asks()).status


async def test_a_server_made_a_moment_ago_is_found(scene: Scene, making: Making) -> None:
    assert 200 == (await scene.asks()).status
    async with making() as make:
        newer = await make_server(make)
    scene.prosody.slug = newer.slug

    assert 403 == (await scene.asks()).status


class Away:
    """A database that cannot be reached."""

    async def row(self, _query: Query, _key: str) -> Row | None:
        """Fail as the driver does."""
        raise ConnectionRefusedError


async def test_while_the_database_is_away_prosody_is_told_to_ask_again(
    scene: Scene, aiohttp_server: AiohttpServer
) -> None:
    without = await aiohttp_server(make_app(replace(scene.parts, hot=Away())))
    prosody = prosody_at(without, scene.row)

    asked = await prosody.asks(scene.meeting.room_name)
    ended = await prosody.sends("DELETE", f"conference/{scene.meeting.room_name}")
    await prosody.client.session.close()

    assert (503, 200) == (asked.status, ended.status)
    assert "try again in a minute" in asked.message


async def test_two_who_ask_at_once_get_the_same_answer(scene: Scene) -> None:
    answers = await asyncio.gather(*(scene.asks() for _ in range(8)))

    assert [200] * 8 == [each.status for each in answers]
    assert 1 == len({json.dumps(each.facts, sort_keys=True) for each in answers})


async def test_whoever_asks_while_a_server_is_looked_for_waits_for_what_is_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(scene.application.app[SERVERS], "refresh", away)
        while_away = await asyncio.gather(*(scene.asks() for _ in range(3)))

    assert [503] * 3 == [each.status for each in while_away]
    assert 200 == (await scene.asks()).status


async def test_a_room_comes_and_goes_in_every_order_and_stays_the_same(scene: Scene) -> None:
    room = quote(scene.meeting.room_name)
    first = await scene.asks()

    for order in itertools.permutations(["ask", "end", "look", "end", "ask"]):
        for step in order:
            match step:
                case "ask":
                    assert first == await scene.asks()
                case "look":
                    assert first == await scene.prosody.sends("GET", f"conference/{room}")
                case _:
                    ended = await scene.prosody.sends("DELETE", f"conference/{room}")
                    assert 200 == ended.status

    async with scene.parts.database.reading() as db:
        assert 0 == await db.scalar(select(func.count()).select_from(StoredEvent))
        kept = await db.get(Meeting, scene.meeting.id)
    assert kept is not None
    assert (MeetingState.PUBLISHED, scene.meeting.version) == (kept.state, kept.version)


async def test_who_was_refused_for_being_early_gets_in_later(
    scene: Scene, clock: TestClock
) -> None:
    clock.at = scene.starts_at - 46 * MINUTE
    refused = await scene.asks()
    clock.move(2 * MINUTE)

    assert (403, 200) == (refused.status, (await scene.asks()).status)


async def test_a_meeting_that_moves_opens_at_its_new_time_until_its_new_end(
    scene: Scene, clock: TestClock
) -> None:
    day = timedelta(days=1)
    await scene.change(starts_at=scene.starts_at + day, ends_at=scene.ends_at + day)

    moved = await scene.asks()
    clock.move(day)
    answer = await scene.asks()

    assert 403 == moved.status
    assert "on Wednesday 13 January" in moved.message
    assert "2027-01-13T07:45:00.000Z" == answer.facts["start_time"]


async def test_a_meeting_that_is_cancelled_opens_no_more(scene: Scene) -> None:
    before = await scene.asks()
    await scene.prosody.sends("DELETE", f"conference/{before.facts['id']}")
    await scene.change(state=MeetingState.CANCELLED)

    assert (200, 403) == (before.status, (await scene.asks()).status)


async def test_a_house_that_changes_its_server_opens_there_and_nowhere_else(
    scene: Scene, making: Making
) -> None:
    async with making() as make:
        newer = await make_server(make)
        await make.db.execute(
            update(Organisation).where(Organisation.id == scene.house.id).values(server_id=newer.id)
        )
    await scene.application.app[SERVERS].refresh()

    old = await scene.asks()
    scene.prosody.slug = newer.slug

    assert (403, 200) == (old.status, (await scene.asks()).status)


async def test_a_server_that_is_retired_opens_nothing(scene: Scene) -> None:
    await scene.change_server(is_retired=True)

    assert 403 == (await scene.asks()).status


async def test_nothing_that_was_asked_or_known_is_written_into_logs(scene: Scene) -> None:
    with capture_logs() as logs:
        await scene.asks()
        await scene.prosody.asks("somebody-elses-room")
        await scene.prosody.sends("DELETE", f"conference/{scene.meeting.room_name}")
        scene.prosody.secret = "wrong-secret"
        await scene.asks()

    written = json.dumps(logs, default=str)
    assert 4 == len(logs)
    for secret in (scene.meeting.room_name, "somebody-elses-room", SECRET, "wrong-secret", "0c1b"):
        assert secret not in written


async def test_where_machines_ask_even_a_wrong_address_is_answered_in_json(scene: Scene) -> None:
    client: TestClient[Any, Any] = scene.prosody.client

    for path in ("/jitsi/x/nothing/here", "/jaas/x/y/z", "/phone/nothing"):
        answer = await answer_of(await client.get(path))
        assert (404, {"message"}) == (answer.status, set(answer.facts))
