"""Quick reads by key: what is committed is seen at once, nothing can be written, and many take turns."""

import asyncio
import sqlite3
from datetime import datetime

import asyncpg
import pytest
from sqlalchemy import column, func, select, table, update

from scheduling.room_events import EventKind, RoomEvent
from service.parts import Parts
from service.storage.database import Database
from service.storage.event_keeper import open_events
from service.storage.hot import CONNECTIONS, Query, open_hot
from service.storage.organisations import Organisation
from service.storage.room_events import StoredEvent
from tests.integration.conftest import Making

BY_SLUG = Query("SELECT name FROM organisations WHERE slug = $1")


async def test_a_row_is_read_as_it_was_committed_last(parts: Parts, making: Making) -> None:
    async with making() as make:
        house = await make.organisation()
    assert ("Kiln Street Hub",) == await parts.hot.row(BY_SLUG, house.slug)

    async with parts.database.writing() as db:
        await db.execute(update(Organisation).values(name="Kiln Street"))
        await db.flush()
        meanwhile = await parts.hot.row(BY_SLUG, house.slug)

    assert ("Kiln Street Hub",) == meanwhile
    assert ("Kiln Street",) == await parts.hot.row(BY_SLUG, house.slug)
    assert await parts.hot.row(BY_SLUG, "nowhere") is None


async def test_many_who_ask_at_once_all_get_their_answer(parts: Parts, making: Making) -> None:
    async with making() as make:
        house = await make.organisation()

    found = await asyncio.gather(*(parts.hot.row(BY_SLUG, house.slug) for _ in range(64)))

    assert [("Kiln Street Hub",)] * 64 == found


async def test_nothing_can_be_written_this_way(parts: Parts, making: Making) -> None:
    async with making() as make:
        house = await make.organisation()
    rename = Query("UPDATE organisations SET name = 'x' WHERE slug = $1 RETURNING name")

    # PostgreSQL takes no UPDATE where the look-up stands; SQLite's connection is told to refuse it.
    refused = (sqlite3.OperationalError, asyncpg.PostgresSyntaxError)
    with pytest.raises(refused, match=r"readonly|near .UPDATE"):
        await parts.hot.row(rename, house.slug)

    assert ("Kiln Street Hub",) == await parts.hot.row(BY_SLUG, house.slug)


async def test_everybody_gets_their_own_row_out_of_one_trip(parts: Parts, making: Making) -> None:
    async with making() as make:
        houses = [await make.organisation(f"House {number}") for number in range(20)]
    wanted = [*(house.slug for house in houses), "nowhere", houses[0].slug]

    found = await asyncio.gather(*(parts.hot.row(BY_SLUG, slug) for slug in wanted))

    names = [(house.name,) for house in houses]
    assert [*names, None, names[0]] == found


async def test_connections_that_break_are_opened_again(parts: Parts, making: Making) -> None:
    async with making() as make:
        house = await make.organisation()
    await parts.hot.row(BY_SLUG, house.slug)
    if not parts.database.is_sqlite:
        await break_connections(parts)

    answers = [await parts.hot.row(BY_SLUG, house.slug) for _ in range(2 + CONNECTIONS)]

    assert {("Kiln Street Hub",)} == set(answers)


async def test_an_address_made_for_pgbouncer_is_understood(
    parts: Parts, making: Making, now: datetime
) -> None:
    async with making() as make:
        house = await make.organisation()
        server = await make.server()
    url = parts.settings.database_url
    if not parts.database.is_sqlite:
        url += "&" if "?" in url else "?"
        url += "prepared_statement_cache_size=0&statement_cache_size=0"
    event = RoomEvent("one", EventKind.CREATED, "tea", now)

    database = Database(url)
    async with open_hot(url) as hot, open_events(url) as events, database.reading() as db:
        found = await hot.row(BY_SLUG, house.slug)
        await events.keep(server.id, [event], now)
        kept = list(await db.scalars(select(StoredEvent.key)))
    await database.close()

    assert (("Kiln Street Hub",), ["one"]) == (found, kept)


async def break_connections(parts: Parts) -> None:
    """Have PostgreSQL hang up on everybody else of this database."""
    hang_up = select(func.pg_terminate_backend(column("pid"))).select_from(
        table("pg_stat_activity")
    )
    others = column("datname") == func.current_database(), column("pid") != func.pg_backend_pid()
    async with parts.database.writing() as db:
        await db.execute(hang_up.where(*others))
