"""The migrations and the models say the same, on both databases; an old schema is refused."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from service.storage.database import Database
from service.storage.schema import SchemaOutOfDate, check_version, newest_version, version_of
from service.storage.tables import METADATA
from service.storage.types import UtcDateTime, WallDateTime


@pytest.fixture
async def by_models(empty_database_url: str) -> AsyncIterator[AsyncEngine]:
    """Make a database straight from the models."""
    engine = create_async_engine(empty_database_url)
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield engine
    await engine.dispose()


def described(connection: Connection) -> dict[str, Any]:
    """Describe every table: columns, keys, indexes, uniques and checks, in an order of no importance."""
    look = inspect(connection)
    return {
        table: {
            "columns": sorted(
                (c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)
            ),
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"], str(f["options"]))
                for f in look.get_foreign_keys(table)
            ),
            "indexes": sorted(
                (i["name"] or "", i["column_names"]) for i in look.get_indexes(table)
            ),
            "unique": sorted(u["column_names"] for u in look.get_unique_constraints(table)),
            "checks": sorted(c["sqltext"] for c in look.get_check_constraints(table)),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


async def test_migrations_make_what_the_models_say(
    database_url: str, by_models: AsyncEngine
) -> None:
    migrated = create_async_engine(database_url)
    async with migrated.connect() as one, by_models.connect() as other:
        by_steps = await one.run_sync(described)
        by_declaration = await other.run_sync(described)
    await migrated.dispose()

    assert by_declaration == by_steps


async def test_a_migrated_database_is_at_the_newest_version(database_url: str) -> None:
    database = Database(database_url)
    async with database.reading() as db:
        await check_version(db)
        assert newest_version() == await version_of(db)
    await database.close()


async def test_an_old_or_empty_database_is_refused_with_what_to_do(
    database_url: str, empty_database_url: str
) -> None:
    for url, change in ((empty_database_url, None), (database_url, "0000")):
        database = Database(url)
        if change:
            async with database.writing() as db:
                await db.execute(
                    text("UPDATE alembic_version SET version_num = :it"), {"it": change}
                )
        async with database.reading() as db:
            with pytest.raises(SchemaOutOfDate, match="manyways migrate"):
                await check_version(db)
        await database.close()


async def test_a_reading_transaction_cannot_write(database_url: str) -> None:
    database = Database(database_url)

    async with database.reading() as db:
        with pytest.raises(Exception, match=r"read-?only|readonly"):
            await db.execute(text("DELETE FROM organisations"))

    await database.close()


def test_times_without_a_zone_are_refused(now: datetime) -> None:
    naive = now.replace(tzinfo=None)
    dialect = DefaultDialect()

    with pytest.raises(ValueError, match="needs a zone"):
        UtcDateTime().process_bind_param(naive, dialect)
    with pytest.raises(ValueError, match="has no zone"):
        WallDateTime().process_bind_param(now, dialect)
