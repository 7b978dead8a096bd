"""What Jitsi servers tell is stored once, whatever the dialect, the order and the repeats."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import structlog
from aiohttp.test_utils import TestServer
from sqlalchemy import delete, select

from scheduling.online import ServerKind
from scheduling.room_events import EventKind
from service.parts import Parts
from service.storage import group_writer
from service.storage.room_events import StoredEvent
from service.storage.servers import JitsiServer
from service.web.context import EVENTS
from service.web.jitsi.unknown_events import UNKNOWN_EVENTS
from tests.integration.conftest import Making
from tests.integration.events_scene import (
    APP,
    INBOUND,
    Told,
    a_server,
    bearer,
    count_stored,
    jaas_events,
    recorded,
    scenarios,
    signature,
    stored,
    written,
)
from tests.integration.test_group_writer import away

GUESSED = "guessed-wrongly"
JOINED = {
    "event": "joined",
    "room": "tea-and-talk-4f7a",
    "at": "2027-01-12T09:00:00Z",
    "occupant": "one@guest.example/1",
    "name": "Ada",
}


@pytest.fixture
async def prosody(making: Making, server: TestServer) -> AsyncIterator[Told]:
    """Give a self-hosted server that tells us things."""
    told = await a_server(making, server)
    yield told
    await told.client.session.close()


@pytest.fixture
async def jaas(making: Making, server: TestServer) -> AsyncIterator[Told]:
    """Give a JaaS server that tells us things."""
    told = await a_server(making, server, ServerKind.JAAS, app_id=APP, url="https://8x8.vc")
    yield told
    await told.client.session.close()


async def test_every_recorded_event_is_taken_and_stored_once(prosody: Told, parts: Parts) -> None:
    everything = [event for scenario in scenarios() for event in recorded(scenario)]

    first = [(await prosody.prosody(*each)).status for each in everything]
    once = await stored(parts)
    again = [(await prosody.prosody(*each)).status for each in reversed(everything)]

    assert {200} == {*first, *again}
    assert once == await stored(parts)
    assert 100 < len(once) <= len(everything)


async def test_what_is_stored_does_not_depend_on_order_and_repeats(
    prosody: Told, parts: Parts
) -> None:
    everything = [event for scenario in ("lifecycle", "reopened") for event in recorded(scenario)]
    for each in everything:
        await prosody.prosody(*each)
    in_order = await stored(parts)
    async with parts.database.writing() as db:
        await db.execute(delete(StoredEvent))
    shuffled = everything * 3
    random.Random(4).shuffle(shuffled)

    async with asyncio.TaskGroup() as group:
        for path, body in shuffled:
            group.create_task(prosody.prosody(path, body))

    assert in_order == await stored(parts)


async def test_jaas_events_are_stored_and_the_rest_is_counted(
    jaas: Told, parts: Parts, server: TestServer, now: datetime
) -> None:
    events = jaas_events()

    statuses = {(await jaas.jaas(each, now)).status for each in events}

    assert {200} == statuses
    kinds = [each.kind for each in await stored(parts)]
    assert 17 == len(kinds)
    assert EventKind.DIALLED_IN in kinds
    counts = server.app[UNKNOWN_EVENTS].counts
    assert 1 == counts["jaas", "POLL_CREATED"]
    assert len(events) - len(kinds) == sum(counts.values())


async def test_names_that_servers_make_up_do_not_fill_memory(
    jaas: Told, server: TestServer, now: datetime
) -> None:
    for number in range(120):
        await jaas.jaas({"eventType": f"MADE_UP_{number}"}, now)
    await jaas.jaas({"eventType": "with blanks\nand lines"}, now)

    counts = server.app[UNKNOWN_EVENTS].counts
    assert 101 == len(counts)
    assert 21 == counts["jaas", "others"]


async def test_our_own_dialect_takes_one_event_or_many(prosody: Told, parts: Parts) -> None:
    left = JOINED | {"event": "left", "at": 1799744460, "reason": "kicked"}

    one = await prosody.own(JOINED)
    many = await prosody.own({"events": [JOINED, left, {"event": "danced"}]})

    assert (200, 200) == (one.status, many.status)
    told = {each.kind: each for each in await stored(parts)}
    assert {EventKind.JOINED, EventKind.LEFT} == set(told)
    assert "Ada" == told[EventKind.JOINED].name
    assert "kicked" == told[EventKind.LEFT].reason


async def test_an_event_reads_back_as_it_was_told(
    prosody: Told, parts: Parts, now: datetime
) -> None:
    await prosody.own(JOINED)

    async with parts.database.reading() as db:
        row = (await db.scalars(select(StoredEvent))).one()
    assert (prosody.id, now) == (row.server_id, row.received_at)
    assert datetime.fromisoformat(JOINED["at"]) == row.at
    assert {"name": "Ada", "occupant": "one@guest.example/1"} == row.facts


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"at": None}, "at: missing"),
        ({"at": "tomorrow"}, "at: not a time"),
        ({"at": -1}, "at: not a time"),
        ({"room": ""}, "room: missing"),
        ({"event": ["joined"]}, "event: not a text"),
        ({"occupant": "x" * 301}, "occupant: too long"),
        ({"visits": {"one": 1}}, "visits.0: not an object"),
    ],
)
async def test_a_bad_body_is_refused_by_its_field(
    change: dict[str, object], words: str, prosody: Told, parts: Parts
) -> None:
    response = await prosody.own(JOINED | change)

    assert (400, {"message": words}) == (response.status, await response.json())
    assert 0 == await count_stored(parts)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000, b'"text"', b"{"])
async def test_what_is_no_object_is_refused(body: bytes, jaas: Told, now: datetime) -> None:
    response = await jaas.jaas(body, now)

    assert 400 == response.status
    assert (await response.json())["message"].startswith("body: not ")


async def test_one_bad_event_of_many_stores_none(prosody: Told, parts: Parts) -> None:
    response = await prosody.own({"events": [JOINED, JOINED | {"at": ""}]})

    assert 400 == response.status
    assert {"message": "events.1.at: missing"} == await response.json()
    assert 0 == await count_stored(parts)


@pytest.mark.parametrize(
    ("path", "bytes_taken"),
    [("room/destroyed", 1024 * 1024), ("room/created", 64 * 1024), ("occupant/left", 64 * 1024)],
)
async def test_long_bodies_are_refused(path: str, bytes_taken: int, prosody: Told) -> None:
    too_long = b'{"event_name":"muc-x"}'.ljust(bytes_taken + 1)

    refused = await prosody.prosody(path, too_long)
    taken = await prosody.prosody(path, too_long[:-1])

    assert (413, 200) == (refused.status, taken.status)


async def test_a_long_body_about_one_person_is_refused_in_every_dialect(
    prosody: Told, jaas: Told, now: datetime
) -> None:
    room = "x" * 66_000
    joined = next(each for each in jaas_events() if each["eventType"] == "PARTICIPANT_JOINED")

    own = await prosody.own(JOINED | {"more": room})
    from_jaas = await jaas.jaas(joined | {"more": room}, now)
    ended = await prosody.own(
        JOINED | {"event": "destroyed", "visits": [{"occupant": "one", "name": room}]}
    )

    assert (413, 413, 200) == (own.status, from_jaas.status, ended.status)


async def test_an_ended_room_with_hundreds_of_visits_is_stored(prosody: Told, parts: Parts) -> None:
    (path, body), *_ = [each for each in recorded("lifecycle") if each[0] == "room/destroyed"]
    told = json.loads(body)
    (someone,) = told["all_occupants"]
    told["all_occupants"] = [
        someone | {"occupant_jid": f"{number}@meet.test/1"} for number in range(3000)
    ]

    response = await prosody.prosody(path, told)

    assert 200 == response.status
    (event,) = await stored(parts)
    assert 3000 == len(event.visits)


async def test_nothing_personal_is_stored_that_is_not_needed(prosody: Told, parts: Parts) -> None:
    ours = "0192f0c0a1b27c3d8e4f5a6b7c8d9e0f"
    for path, body in recorded("user_info.lifecycle"):
        await prosody.prosody(path, body.replace(b"member-17", ours.encode()))

    async with parts.database.reading() as db:
        kept = str([row.facts for row in await db.scalars(select(StoredEvent))])
    assert ours in kept
    assert "Ada" not in kept
    assert "@example.org" not in kept


async def test_a_server_that_is_gone_leaves_the_others_events_alone(
    making: Making, prosody: Told, jaas: Told, parts: Parts, now: datetime
) -> None:
    async with parts.database.writing() as db:
        await db.execute(delete(JitsiServer).where(JitsiServer.id == jaas.id))

    async with asyncio.TaskGroup() as group:
        kept = [
            group.create_task(prosody.own(JOINED | {"id": str(number)})) for number in range(20)
        ]
        lost = group.create_task(jaas.jaas(jaas_events()[0], now))

    assert {200} == {each.result().status for each in kept}
    assert 503 == lost.result().status
    assert 20 == await count_stored(parts)


async def test_who_watches_a_room_hears_of_it_and_of_no_other(
    prosody: Told, server: TestServer
) -> None:
    keeper = server.app[EVENTS]
    with keeper.watching(["tea-and-talk-4f7a"]) as ours, keeper.watching(["elsewhere"]) as theirs:
        await prosody.own(JOINED)

        assert (True, False) == (ours.is_set(), theirs.is_set())


async def test_secrets_and_people_never_reach_the_log(
    prosody: Told, jaas: Told, now: datetime
) -> None:
    secret_address = f"/jaas/{jaas.slug}/settings?secret={INBOUND}"
    with structlog.testing.capture_logs() as lines:
        await prosody.own(JOINED)
        await prosody.own(JOINED, GUESSED)
        await jaas.jaas(jaas_events()[3], now)
        await jaas.jaas(jaas_events()[3], now, GUESSED)
        await jaas.post(secret_address, written({"fqn": f"{APP}/tea-and-talk"}), {})

    said = str(lines)
    assert 2 == sum(line["event"] == "forged" for line in lines)
    for secret in (INBOUND, GUESSED, "whsec", "Ada", "Person", "tea-and-talk", "member"):
        assert secret not in said


async def test_a_secret_is_as_good_as_a_signature(jaas: Told, parts: Parts, now: datetime) -> None:
    first, second, third = (written(each) for each in jaas_events()[:3])

    by_bearer = await jaas.post(f"/jaas/{jaas.slug}", first, bearer(INBOUND))
    bare = await jaas.post(f"/jaas/{jaas.slug}", second, {"Authorization": INBOUND})
    stale = await jaas.post(
        f"/jaas/{jaas.slug}",
        third,
        {"X-Jaas-Signature": signature(third, now - timedelta(seconds=301))},
    )

    assert (200, 200, 401) == (by_bearer.status, bare.status, stale.status)
    assert 2 == await count_stored(parts)


async def test_who_tells_while_the_database_is_away_is_asked_to_come_again(
    prosody: Told,
    parts: Parts,
    database_kind: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_writer, "WAIT_SECONDS", 0.05)
    async with away(parts, database_kind, request):
        refused = await prosody.own(JOINED)
    monkeypatch.setattr(group_writer, "WAIT_SECONDS", 20)

    taken = await prosody.own(JOINED)

    assert (503, "5") == (refused.status, refused.headers["Retry-After"])
    assert 200 == taken.status
    assert 1 == await count_stored(parts)
