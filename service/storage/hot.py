"""Reads by unique key, thousands of times a day, that must not pay for the rest (performance 1.2).

On SQLite one read-only connection is used directly in the loop: eight microseconds, and no writer is
waited for. On PostgreSQL those who ask at the same time share one trip, because the trip is what costs.
Anything that could scan does not belong here: it would hold up everybody else.
"""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from service.storage.direct import connect_directly

#: How long a read may wait: on SQLite for the file, on PostgreSQL for the answer.
WAIT_SECONDS = 2.0
#: So many trips to PostgreSQL go on at a time: while one is away, the next collects.
CONNECTIONS = 2
#: A trip that had to wait for another, and for its own connection.
LONGEST_SECONDS = 3 * WAIT_SECONDS
STATEMENTS = 64
#: What a database that cannot be reached, or cannot answer, raises.
BROKEN = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

Row = tuple[Any, ...]
#: Who waits for which keys.
Asked = list[tuple[str, asyncio.Future[Row | None]]]


@dataclass(frozen=True, slots=True)
class Query:
    """A look-up of at most one row by one unique key, which stands as $1; SQLite writes it ?1.

    Its columns have names that differ, because several keys are looked up by one statement.
    """

    sql: str
    for_sqlite: str = field(init=False, compare=False)
    for_many: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Write the statement as SQLite reads it, and for many keys as PostgreSQL does, once."""
        object.__setattr__(self, "for_sqlite", self.sql.replace("$1", "?1"))
        one = self.sql.replace("$1", "wanted.key")
        wanted = "unnest($1::text[]) AS wanted(key)"
        many = f"SELECT wanted.key, found.* FROM {wanted}, LATERAL ({one}) AS found"  # noqa: S608
        object.__setattr__(self, "for_many", many)


class Hot(Protocol):
    """Looks rows up by unique key."""

    async def row(self, query: Query, key: str) -> Row | None:
        """Give the row with this key; its values are as the driver gives them."""


class HotSqlite:
    """A connection that cannot write, asked in the loop itself."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    async def row(self, query: Query, key: str) -> Row | None:
        """Give the row with this key."""
        found: Row | None = self._execute(query.for_sqlite, (key,)).fetchone()
        return found


class HotPostgres:
    """Connections that answer everybody who asked meanwhile in one trip."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._asked: dict[Query, Asked] = defaultdict(list)
        self._is_asked = asyncio.Event()

    async def row(self, query: Query, key: str) -> Row | None:
        """Give the row with this key; raises TimeoutError if the database does not answer in time."""
        answer: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
        self._asked[query].append((key, answer))
        self._is_asked.set()
        async with asyncio.timeout(LONGEST_SECONDS):
            return await answer

    async def answer(self) -> None:
        """Answer what is asked, until cancelled."""
        while True:
            asked = await self._next()
            try:
                connection = await self._connect()
            except BROKEN as error:
                _refuse(asked[1], error)
                continue
            try:
                await self._answer_by(connection, asked)
            finally:
                connection.terminate()

    async def _answer_by(self, connection: asyncpg.Connection, first: tuple[Query, Asked]) -> None:
        """Answer by one connection as long as it lasts; whom it fails is asked for again by a new one."""
        asked: tuple[Query, Asked] | None = first
        while True:
            query, waiting = asked or await self._next()
            try:
                found = await connection.fetch(query.for_many, [key for key, _ in waiting])
            except BROKEN as error:
                if asked is None and connection.is_closed():
                    self._put_back(query, waiting)
                else:
                    _refuse(waiting, error)
                return
            _hand_out(waiting, {key: tuple(row) for key, *row in found})
            asked = None

    async def _next(self) -> tuple[Query, Asked]:
        """Take what has been asked by one statement since the last trip; wait until there is something."""
        while not self._asked:
            self._is_asked.clear()
            await self._is_asked.wait()
        query = next(iter(self._asked))
        return query, self._asked.pop(query)

    def _put_back(self, query: Query, waiting: Asked) -> None:
        self._asked[query].extend(waiting)
        self._is_asked.set()

    async def _connect(self) -> asyncpg.Connection:
        return await connect_directly(
            self._url, connect_within=WAIT_SECONDS, answer_within=WAIT_SECONDS
        )


@asynccontextmanager
async def open_hot(url: str) -> AsyncGenerator[Hot]:
    """Open the quick reads of a database, and close them at the end."""
    known = make_url(url)
    if known.get_backend_name() == "sqlite":
        with closing(_sqlite(known)) as connection:
            yield HotSqlite(connection)
        return
    hot = HotPostgres(known)
    answering = [asyncio.create_task(hot.answer()) for _ in range(CONNECTIONS)]
    try:
        yield hot
    finally:
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)


def _hand_out(asked: Asked, rows: Mapping[str, Row]) -> None:
    for key, answer in asked:
        if not answer.done():
            answer.set_result(rows.get(key))


def _refuse(asked: Asked, error: Exception) -> None:
    """Let everybody know who asked; who has gone meanwhile does not care."""
    for _, answer in asked:
        if not answer.done():
            answer.set_exception(error)


def _sqlite(url: URL) -> sqlite3.Connection:
    connection = sqlite3.connect(
        url.database or ":memory:",
        timeout=WAIT_SECONDS,
        isolation_level=None,
        cached_statements=STATEMENTS,
    )
    connection.execute("PRAGMA query_only=ON").close()
    return connection
