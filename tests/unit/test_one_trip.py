"""The SQLite driver: what SQLAlchemy asks of a cursor, in one trip to the thread."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from service.storage.one_trip import Connection, Cursor, connect


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Connection]:
    """Connect to a new file with one small table."""
    opened = await connect(str(tmp_path / "one.db"), check_same_thread=True)
    assert isinstance(opened, Connection)
    await opened.cursor().execute("CREATE TABLE places (name TEXT UNIQUE)")
    yield opened
    await opened.close()


async def names(connection: Connection) -> list[str]:
    """Read all names."""
    cursor = await connection.cursor().execute("SELECT name FROM places ORDER BY name")
    return [name for (name,) in await cursor.fetchall()]


async def test_a_statement_brings_its_rows_and_columns(connection: Connection) -> None:
    cursor = await connection.cursor().execute("SELECT ? AS name, ? AS seats", ("Hall", 12))

    assert ["name", "seats"] == [column[0] for column in cursor.description]
    assert [("Hall", 12)] == await cursor.fetchall()
    assert [] == await cursor.fetchall()


async def test_a_change_counts_its_rows(connection: Connection) -> None:
    await connection.cursor().executemany("INSERT INTO places VALUES (?)", [("A",), ("B",)])

    cursor = await connection.cursor().execute("UPDATE places SET name = name || '!'")

    assert (2, None) == (cursor.rowcount, cursor.description)
    assert ["A!", "B!"] == await names(connection)


async def test_returned_rows_come_along(connection: Connection) -> None:
    cursor = await connection.cursor().execute(
        "INSERT INTO places VALUES (:name) RETURNING name", {"name": "Hall"}
    )

    assert [("Hall",)] == await cursor.fetchall()
    assert 1 == cursor.lastrowid


async def test_a_refused_statement_leaves_the_connection_usable(connection: Connection) -> None:
    await connection.cursor().execute("INSERT INTO places VALUES ('Hall')")

    with pytest.raises(sqlite3.IntegrityError):
        await connection.cursor().execute("INSERT INTO places VALUES ('Hall')")

    assert ["Hall"] == await names(connection)


async def test_a_statement_makes_one_trip_to_the_thread(connection: Connection) -> None:
    trips: list[object] = []
    in_thread: Callable[..., Awaitable[object]] = connection._execute

    async def counted(work: Callable[..., object], *given: object) -> object:
        trips.append(work)
        return await in_thread(work, *given)

    cursor = await Cursor(connection._conn, counted).__aenter__()
    await cursor.execute("SELECT 1")
    await cursor.fetchall()
    await cursor.close()

    assert 1 == len(trips)
