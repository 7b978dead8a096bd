"""The group writer on both databases: what it took on is stored, whatever happens to the database."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from scheduling.room_events import EventKind, RoomEvent, Visit
from service.identifiers import new_id
from service.parts import Parts
from service.storage.event_keeper import EventKeeper, open_events
from service.storage.group_writer import BadRows, NotKept
from service.storage.room_events import StoredEvent, event_of, facts_of
from tests.databases import Postgres
from tests.integration.conftest import Making

AT = datetime(2027, 1, 12, 9, 0, 0, 123456, UTC)
VISIT = Visit("one", AT, AT + timedelta(seconds=1), "p", "Ada")
PLAIN = RoomEvent("plain", EventKind.CREATED, "tea", AT)
FULL = RoomEvent(
    key="full",
    kind=EventKind.DESTROYED,
    room="tea",
    at=AT.replace(microsecond=0),
    run="r",
    occupant="o",
    person="p",
    name="Ądą 'quoted' \"and\" \\ 😀",
    phone="+441632960101",
    is_moderator=True,
    reason="left",
    breakout="b",
    visits=(VISIT, Visit("two")),
)


@pytest.fixture
async def server_id(making: Making) -> UUID:
    """Make a server whose events are kept."""
    async with making() as make:
        return (await make.server()).id


@pytest.fixture
async def keeper(parts: Parts) -> AsyncIterator[EventKeeper]:
    """Open a keeper of its own, so that a test may close it."""
    async with open_events(url_of(parts)) as opened:
        yield opened


def url_of(parts: Parts) -> str:
    """Give the address of this test's database."""
    return parts.database.url.render_as_string(hide_password=False)


def events(number: int, of: str = "e") -> list[RoomEvent]:
    """Make events that differ by their key alone."""
    return [RoomEvent(f"{of}-{each}", EventKind.JOINED, "tea", AT) for each in range(number)]


async def refused(keeping: Awaitable[None]) -> bool:
    """Say whether rows are refused as such that can never go in."""
    try:
        await keeping
    except BadRows:
        return True
    return False


async def count(parts: Parts) -> int:
    """Count what is stored."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(func.count()).select_from(StoredEvent))).one()


async def test_what_is_kept_reads_back_through_the_model(
    keeper: EventKeeper, parts: Parts, server_id: UUID, now: datetime
) -> None:
    await keeper.keep(server_id, [PLAIN, FULL], now)

    async with parts.database.reading() as db:
        rows = (await db.scalars(select(StoredEvent).order_by(StoredEvent.key))).all()
    assert [FULL, PLAIN] == [event_of(row) for row in rows]
    assert {(server_id, now)} == {(row.server_id, row.received_at) for row in rows}


async def test_it_writes_values_just_as_the_model_does(
    keeper: EventKeeper, parts: Parts, server_id: UUID, now: datetime
) -> None:
    await keeper.keep(server_id, [FULL], now)
    async with parts.database.writing() as db:
        db.add(
            StoredEvent(
                key="by the model",
                server_id=server_id,
                room=FULL.room,
                kind=FULL.kind,
                at=FULL.at,
                received_at=now,
                facts=facts_of(FULL),
            )
        )

    async with parts.database.reading() as db:
        raw = text("SELECT server_id, room, kind, at, received_at FROM room_events")
        ours, models = await db.execute(raw)
    assert ours == models


async def test_the_same_key_is_kept_once_also_within_one_batch(
    keeper: EventKeeper, parts: Parts, server_id: UUID, now: datetime
) -> None:
    twice = [*events(3), *events(3)]

    await keeper.keep(server_id, twice, now)
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(keeper.keep(server_id, twice, now + timedelta(hours=1)))

    assert 3 == await count(parts)
    async with parts.database.reading() as db:
        assert {now} == set(await db.scalars(select(StoredEvent.received_at)))


async def test_two_writers_do_not_wait_for_each_other_in_a_ring(
    keeper: EventKeeper, parts: Parts, server_id: UUID, now: datetime
) -> None:
    there, back = events(100), events(100)[::-1]

    async with open_events(url_of(parts)) as other, asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task((keeper, other)[number % 2].keep(server_id, there, now))
            group.create_task((other, keeper)[number % 2].keep(server_id, back, now))

    assert 100 == await count(parts)


async def test_it_is_connected_before_the_first_event_comes(parts: Parts) -> None:
    async with open_events(parts.database.url.render_as_string(hide_password=False)) as keeper:
        before = await connections_of(parts)
        await keeper.begin()
        await keeper.begin()

        assert before + (0 if parts.database.is_sqlite else 1) == await connections_of(parts)
        async with parts.database.reading() as db:
            assert 0 == await db.scalar(select(func.count()).select_from(StoredEvent))


async def connections_of(parts: Parts) -> int:
    """Count who is connected to this PostgreSQL database; 0 for a file, which counts nobody."""
    if parts.database.is_sqlite:
        return 0
    here = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    async with parts.database.reading() as db:
        return int(await db.scalar(here) or 0)


@pytest.mark.parametrize("odd", ["gone", "half"])
async def test_one_bad_caller_fails_alone(
    odd: str, keeper: EventKeeper, parts: Parts, server_id: UUID, now: datetime
) -> None:
    unknown = new_id() if odd == "gone" else server_id
    unwritable = "\ud800" if odd == "half" else "bad"

    async with asyncio.TaskGroup() as group:
        good = [group.create_task(keeper.keep(server_id, [each], now)) for each in events(20)]
        bad = group.create_task(refused(keeper.keep(unknown, events(1, unwritable), now)))

    assert bad.result()
    assert {None} == {each.result() for each in good}
    assert 20 == await count(parts)


async def test_closing_stores_what_waits_and_takes_nothing_more(
    parts: Parts, server_id: UUID, now: datetime
) -> None:
    async with open_events(url_of(parts)) as keeper:
        waiting = [asyncio.create_task(keeper.keep(server_id, [each], now)) for each in events(50)]
        await asyncio.sleep(0)

    await asyncio.gather(*waiting)
    assert 50 == await count(parts)
    with pytest.raises(NotKept):
        await keeper.keep(server_id, [PLAIN], now)


@asynccontextmanager
async def away(parts: Parts, kind: str, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Take the database away while the block runs: its file locked, or its connections cut and refused."""
    url = parts.database.url
    if kind == "sqlite":
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    server: Postgres = request.getfixturevalue("postgres")
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'"  # noqa: S608
    allow = f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS'
    await server.execute(f"{allow} false", cut)
    yield
    await server.execute(f"{allow} true")


async def test_what_is_told_while_the_database_is_away_is_stored_when_it_is_back(
    keeper: EventKeeper,
    parts: Parts,
    server_id: UUID,
    database_kind: str,
    request: pytest.FixtureRequest,
    now: datetime,
) -> None:
    await keeper.keep(server_id, [PLAIN], now)
    async with away(parts, database_kind, request):
        keeping = [asyncio.create_task(keeper.keep(server_id, [each], now)) for each in events(9)]
        _, waiting = await asyncio.wait(keeping, timeout=0.3)

    await asyncio.gather(*keeping)

    assert 9 == len(waiting)
    assert 10 == await count(parts)
