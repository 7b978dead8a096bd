"""What Jitsi servers tell and ask: stored before the answer, against a signature check and a transaction."""

import asyncio
import json
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from uuid import UUID

import asyncpg
import pytest

from scheduling.online import Ability, KeyUse, ServerKind
from scheduling.room_events import EventKind
from scheduling.ways import Way
from service.parts import Parts
from service.storage.event_keeper import open_events
from service.storage.group_sqlite import PRAGMAS
from service.storage.room_events import StoredEvent
from service.storage.servers import all_servers
from tests.bench.clients import asking
from tests.bench.measuring import Case, Cost, Report, cost_of, part, side_by_side
from tests.bench.processes import HOST, running
from tests.integration.events_scene import APP, INBOUND, WEBHOOK, signature
from tests.people import Make

CONNECTIONS = 32
#: Short rounds and many of them: neighbours then disturb all cases alike.
REQUESTS, ORM_REQUESTS, ROUNDS = 640, 64, 15
OURS = "webhook, durable before the answer"
READ, SIGNED = "a handler that checks and reads it", "one that only checks the signature"
ORM = "a transaction of the ORM each"
BLIND = "one that does not look for repeats"
ROWS = 3200
BATCH = 50
#: Kinds of requests that are timed one by one, and how many of each.
TIMED = 1000
BIGGEST = 1 << 20
OFFERS: dict[Way, int | None] = {Way.ONLINE: 20}
ROOM = "tea-and-talk-4f7a2c9d"
#: The statements a plain driver would be given.
KEEP_SQLITE = (
    "INSERT INTO room_events (key, server_id, room, kind, at, received_at, facts) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
KEEP_POSTGRES = """
INSERT INTO room_events (key, server_id, room, kind, at, received_at, facts)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::jsonb[]
)
ON CONFLICT DO NOTHING
"""
#: Key, server, room, kind, at, received at, and facts as JSON.
EventRow = tuple[str, UUID, str, str, datetime, datetime, str]

numbers = count(1)


@dataclass(frozen=True, slots=True)
class Asking:
    """A service with a JaaS server and a self-hosted one, and a room that is open now."""

    port: int
    jaas: str
    hosted: str
    room: str

    def event(self, path: str) -> bytes:
        """Write one webhook about somebody who came, as long as real ones are, with a key of its own."""
        number = next(numbers)
        body = json.dumps(
            {
                "eventType": "PARTICIPANT_JOINED",
                "sessionId": "00000000-0000-4000-8000-0000000000aa",
                "timestamp": int(time.time() * 1000),
                "fqn": f"{APP}/{self.room}",
                "idempotencyKey": f"{number:032x}",
                "customerId": APP.removeprefix("vpaas-magic-cookie-"),
                "appId": APP,
                "data": {
                    "moderator": "false",
                    "name": "Person 1",
                    "email": "person1@example.org",
                    "id": f"{number:032x}",
                    "participantJid": f"{number:08x}-0000-4000-8000-000000000000@8x8.vc",
                    "participantId": f"{number:08x}",
                    "avatar": "https://example.org/" + "a" * 60,
                    "group": APP,
                    "isBreakout": False,
                },
            }
        ).encode()
        made = signature(body, datetime.now(UTC))
        return self.request(f"{path}/{self.jaas}", body, f"X-Jaas-Signature: {made}")

    def hosted_event(self) -> bytes:
        """Write one event of event_sync."""
        number = next(numbers)
        jid = f"{number:08x}-0000-4000-8000-000000000000@meet.example/1"
        occupant = {"occupant_jid": jid, "joined_at": int(time.time()), "id": f"{number:032x}"}
        body = {
            "event_name": "muc-occupant-joined",
            "room_name": self.room,
            "room_jid": f"{self.room}@muc.meet.example",
            "is_breakout": False,
            "occupant": occupant,
            "active_occupants_count": 1,
        }
        path = f"/jitsi/{self.hosted}/events/occupant/joined"
        return self.request(path, json.dumps(body).encode(), f"Authorization: Bearer {INBOUND}")

    def question(self) -> bytes:
        """Ask how the room is to be."""
        body = json.dumps({"fqn": f"{APP}/{self.room}"}).encode()
        path = f"/jaas/{self.jaas}/settings"
        return self.request(path, body, f"Authorization: Bearer {INBOUND}")

    def reservation(self) -> bytes:
        """Ask whether a room may open."""
        body = f"name={self.room}&start_time=2026-11-20T06%3a12%3a35.000Z&mail_owner=a%40b".encode()
        path = f"/jitsi/{self.hosted}/conference"
        kind = "Content-Type: application/x-www-form-urlencoded"
        return self.request(path, body, f"Authorization: Bearer {INBOUND}\r\n{kind}")

    def request(self, path: str, body: bytes, header: str) -> bytes:
        """Write a request."""
        head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n{header}"
        return f"{head}\r\n\r\n".encode() + body


@pytest.mark.bench
async def test_webhooks_are_stored_before_they_are_answered(
    parts: Parts, database_kind: str, report: Report
) -> None:
    """Store by the group, against the same without storing, and by a transaction of the ORM each.

    Those who do not store check the signature and read the JSON: that is what the limits were measured
    against (performance 5.3), as the whole but for its storage. The transaction does the same job as ours: it
    leaves out what was told before, for which the ORM has to look. One that takes every event for new
    is measured beside it.
    """
    scene = await a_scene(parts)
    url = parts.database.url.render_as_string(hide_password=False)
    async with running("tests.bench.serving_rooms", url, str(parts.settings.home)) as port:
        told = Asking(port, *scene)
        cases = {
            OURS: telling(told, "/jaas"),
            READ: telling(told, "/bench/read"),
            SIGNED: telling(told, "/bench/signed"),
            ORM: telling(told, "/bench/orm", times=ORM_REQUESTS),
            BLIND: telling(told, "/bench/orm-blind", times=ORM_REQUESTS),
        }

        costs = await side_by_side(cases, rounds=ROUNDS)

    report.compare(OURS, database_kind, costs, baselines=[READ, SIGNED, ORM, BLIND])
    for other in (READ, SIGNED):
        report.note(f"{OURS}: part of {other}", database_kind, f"{part(costs, other, OURS):.2f}")
    for other in (ORM, BLIND):
        words = f"{OURS}: times as cheap as {other}"
        report.note(words, database_kind, f"{part(costs, other, OURS):.1f}")


@pytest.mark.bench
async def test_nobody_who_tells_or_asks_waits_long(
    parts: Parts, database_kind: str, report: Report
) -> None:
    scene = await a_scene(parts)
    url = parts.database.url.render_as_string(hide_password=False)
    async with running("tests.bench.serving_rooms", url, str(parts.settings.home)) as port:
        told = Asking(port, *scene)
        makers = {
            "JaaS webhooks": lambda: told.event("/jaas"),
            "event_sync": told.hosted_event,
            "settings asked by JaaS": told.question,
            "reservations": told.reservation,
        }
        waits = await under_load(port, makers)

    for name, times in waits.items():
        middle, late = percentile(times, 50), percentile(times, 99)
        words = f"{middle * 1000:.1f} / {late * 1000:.1f} ms"
        report.note(f"{name}, all at once from 32: p50 / p99", database_kind, words)


@pytest.mark.bench
async def test_many_who_wait_share_commits(
    parts: Parts, database_kind: str, report: Report
) -> None:
    await a_scene(parts)
    limit, ours = f"{BATCH} rows to a commit", f"events kept for {CONNECTIONS} who wait"
    orm = "a transaction of the ORM for each event"

    async def keeping() -> Cost:
        return await keep_for_many(parts)

    async def committing() -> Cost:
        return await commit_by_fifty(parts, database_kind)

    async def transacting() -> Cost:
        return await one_transaction_each(parts)

    costs = await side_by_side({ours: keeping, limit: committing, orm: transacting}, rounds=7)

    report.compare(ours, database_kind, costs, baselines=[limit, orm])
    report.note(f"{ours}: times as cheap as {orm}", database_kind, f"{part(costs, orm, ours):.0f}")
    rate = median(
        theirs.elapsed / our.elapsed for our, theirs in zip(costs[ours], costs[limit], strict=True)
    )
    report.note(f"{ours}: part of the rate of {limit}", database_kind, f"{rate:.2f}")


async def a_scene(parts: Parts) -> tuple[str, str, str]:
    """Make both servers and a meeting that is on, and give the servers' names and its room."""
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        given = {"abilities": [each.value for each in Ability]}
        jaas = await make.server(kind=ServerKind.JAAS, app_id=APP, url="https://8x8.vc", **given)
        hosted = await make.server(kind=ServerKind.HS256, **given)
        for server in (jaas, hosted):
            await make.server_key(server, KeyUse.INBOUND, INBOUND)
            await make.server_key(server, KeyUse.WEBHOOK, WEBHOOK)
        house = await make.organisation(server_id=hosted.id)
        kind, hosts = await make.kind(house), [await make.person(house, "Ada")]
        soon = timedelta(minutes=5)
        meeting = await make.meeting(house, kind, hosts=hosts, starts_in=soon, offers=OFFERS)
        return jaas.slug, hosted.slug, meeting.room_name


def telling(told: Asking, path: str, *, times: int = REQUESTS) -> Case:
    """Make the case of telling many events over several connections, all of them at once."""
    return asking(told.port, lambda: told.event(path), times=times, connections=CONNECTIONS)


async def answered(reader: asyncio.StreamReader) -> None:
    """Read one answer, which must say that all is well."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    length = re.search(rb"(?i)content-length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)


async def under_load(port: int, makers: dict[str, Callable[[], bytes]]) -> dict[str, list[float]]:
    """Send requests of all kinds mixed, each connection the next as soon as it has its answer."""
    waits: dict[str, list[float]] = {name: [] for name in makers}
    kinds = [name for name in makers for _ in range(TIMED)]
    random.shuffle(kinds)
    queue = iter([(kind, makers[kind]()) for kind in kinds])

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        for kind, request in queue:
            began = time.perf_counter()
            writer.write(request)
            await answered(reader)
            waits[kind].append(time.perf_counter() - began)
        writer.close()
        await writer.wait_closed()

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(one_connection())
    return waits


async def keep_for_many(parts: Parts) -> Cost:
    """Store events for callers who each wait until one is durable before they bring the next."""
    url = parts.database.url.render_as_string(hide_password=False)
    made = iter(rows(await a_server_id(parts), ROWS))
    async with open_events(url) as keeper:
        write = keeper._writer.write

        async def one_caller() -> None:
            for row in made:
                await write([row])

        async def all_callers() -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(CONNECTIONS):
                    group.create_task(one_caller())

        return await cost_of(all_callers, times=ROWS)


async def one_transaction_each(parts: Parts) -> Cost:
    """Store events through the model, as everything else is stored, for as many who wait."""
    made = iter(rows(await a_server_id(parts), ORM_REQUESTS))

    async def one_caller() -> None:
        for key, server_id, room, kind, at, received_at, facts in made:
            async with parts.database.writing() as db:
                db.add(
                    StoredEvent(
                        key=key,
                        server_id=server_id,
                        room=room,
                        kind=EventKind(kind),
                        at=at,
                        received_at=received_at,
                        facts=json.loads(facts),
                    )
                )

    async def all_callers() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(one_caller())

    return await cost_of(all_callers, times=ORM_REQUESTS)


async def commit_by_fifty(parts: Parts, kind: str) -> Cost:
    """Store the same rows with the plain driver, fifty to a commit: what cannot be done quicker."""
    made = rows(await a_server_id(parts), ROWS)
    batches = [made[at : at + BATCH] for at in range(0, ROWS, BATCH)]
    if kind == "sqlite":
        return await _fifty_on_sqlite(parts.database.url.database or "", batches)
    dsn = parts.database.url.set(drivername="postgresql")
    return await _fifty_on_postgres(dsn.render_as_string(hide_password=False), batches)


async def _fifty_on_sqlite(path: str, batches: Sequence[Sequence[EventRow]]) -> Cost:
    plain = [
        [
            (key, server.hex, room, kind, str(at)[:26], str(then)[:26], facts)
            for key, server, room, kind, at, then, facts in batch
        ]
        for batch in batches
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

        async def all_batches() -> None:
            for batch in plain:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(KEEP_SQLITE, batch)
                connection.execute("COMMIT")

        return await cost_of(all_batches, times=ROWS)


async def _fifty_on_postgres(dsn: str, batches: Sequence[Sequence[EventRow]]) -> Cost:
    """Two connections, each with the next fifty rows."""
    waiting: Iterator[Sequence[EventRow]] = iter(batches)
    connections = [await asyncpg.connect(dsn) for _ in range(2)]

    async def one(connection: asyncpg.Connection) -> None:
        for batch in waiting:
            await connection.execute(KEEP_POSTGRES, *zip(*batch, strict=True))

    async def both() -> None:
        await asyncio.gather(*map(one, connections))

    try:
        return await cost_of(both, times=ROWS)
    finally:
        for connection in connections:
            await connection.close()


async def a_server_id(parts: Parts) -> UUID:
    """Give the server that the rows are of."""
    async with parts.database.reading() as db:
        return (await all_servers(db))[0].id


def rows(server_id: UUID, number: int) -> list[EventRow]:
    """Make rows as webhooks make them, each new."""
    now = datetime.now(UTC)
    facts = json.dumps({"run": "a" * 36, "occupant": "b" * 44, "person": "c" * 32, "name": ""})
    return [
        (f"{server_id.hex}:{next(numbers):036}", server_id, ROOM, "joined", now, now, facts)
        for _ in range(number)
    ]


def percentile(times: Sequence[float], percent: int) -> float:
    """Give the time within which so many of a hundred were answered."""
    return sorted(times)[max(0, len(times) * percent // 100 - 1)]
