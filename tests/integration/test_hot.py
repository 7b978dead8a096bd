"""Quick reads by key: what is committed is seen at once, nothing can be written, and many take turns."""

import asyncio
import sqlite3

import asyncpg
import pytest
from sqlalchemy import update

from service.parts import Parts
from service.storage.hot import Query
from service.storage.organisations import Organisation
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

    with pytest.raises(
        (sqlite3.OperationalError, asyncpg.ReadOnlySQLTransactionError), match=r"read.?only"
    ):
        await parts.hot.row(rename, house.slug)

    assert ("Kiln Street Hub",) == await parts.hot.row(BY_SLUG, house.slug)
