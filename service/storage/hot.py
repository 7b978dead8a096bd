"""Reads by unique key, thousands of times a day, that must not pay for the rest (performance 1.2).

On SQLite one read-only connection is used directly in the loop: eight microseconds, and no writer is
waited for. On PostgreSQL a small pool resets nothing, with a fair queue before it. Anything that could
scan does not belong here: it would hold up everybody else.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg
from sqlalchemy import URL
from sqlalchemy.engine import make_url

#: How long a read may wait: on SQLite for the file, on PostgreSQL for a turn and for the answer.
WAIT_SECONDS = 2.0
CONNECTIONS = 4
STATEMENTS = 64


@dataclass(frozen=True, slots=True)
class Query:
    """A look-up of at most one row by one unique key, which stands as $1; SQLite writes it ?1."""

    sql: str
    for_sqlite: str = field(init=False)

    def __post_init__(self) -> None:
        """Write the statement as SQLite reads it, once."""
        object.__setattr__(self, "for_sqlite", self.sql.replace("$1", "?1"))


class Hot(Protocol):
    """Looks rows up by unique key."""

    async def row(self, query: Query, key: str) -> tuple[Any, ...] | None:
        """Give the row with this key; its values are as the driver gives them."""


class HotSqlite:
    """A connection that cannot write, asked in the loop itself."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    async def row(self, query: Query, key: str) -> tuple[Any, ...] | None:
        """Give the row with this key."""
        found: tuple[Any, ...] | None = self._execute(query.for_sqlite, (key,)).fetchone()
        return found


class HotPostgres:
    """A pool without resets: nothing here leaves anything behind on a connection."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        # Without it, whoever comes while a connection is free overtakes those who wait (1.3).
        self._turn = asyncio.Semaphore(CONNECTIONS)

    async def row(self, query: Query, key: str) -> tuple[Any, ...] | None:
        """Give the row with this key."""
        async with asyncio.timeout(WAIT_SECONDS), self._turn, self._pool.acquire() as connection:
            found = await connection.fetchrow(query.sql, key)
        return None if found is None else tuple(found)


@asynccontextmanager
async def open_hot(url: str) -> AsyncGenerator[Hot]:
    """Open the quick reads of a database, and close them at the end."""
    known = make_url(url)
    if known.get_backend_name() == "sqlite":
        with closing(_sqlite(known)) as connection:
            yield HotSqlite(connection)
        return
    dsn = known.set(drivername="postgresql").render_as_string(hide_password=False)
    async with asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=CONNECTIONS,
        reset=_no_reset,
        timeout=WAIT_SECONDS,
        server_settings={"default_transaction_read_only": "on"},
    ) as pool:
        yield HotPostgres(pool)


def _sqlite(url: URL) -> sqlite3.Connection:
    connection = sqlite3.connect(
        url.database or ":memory:",
        timeout=WAIT_SECONDS,
        isolation_level=None,
        cached_statements=STATEMENTS,
    )
    connection.execute("PRAGMA query_only=ON").close()
    return connection


async def _no_reset(_connection: asyncpg.Connection) -> None:
    """Do nothing: a reset would cost each read a second trip."""
