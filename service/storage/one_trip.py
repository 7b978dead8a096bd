"""The SQLite driver with one trip to its thread for each statement, where it would make four.

aiosqlite goes there to make a cursor, to run the statement, to fetch the rows and to close again.
SQLAlchemy always wants all of that in turn, so here it is done at once: a fifth of a page's CPU time.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from typing import Any, Self

import aiosqlite


class Cursor:
    """Holds what one statement brought back; to SQLAlchemy it looks like a cursor of aiosqlite."""

    arraysize = 1

    def __init__(
        self, raw: sqlite3.Connection, in_thread: Callable[..., Awaitable[object]]
    ) -> None:
        self._raw = raw
        self._in_thread = in_thread
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Begin; nothing is open yet."""
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        """Run a statement and bring its rows along."""
        await self._in_thread(self._run, sqlite3.Cursor.execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Any) -> Self:
        """Run a statement once for each set of values."""
        await self._in_thread(self._run, sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """Hand over the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """End; nothing is open any more."""

    def _run(self, run: Callable[..., object], sql: str, parameters: Any) -> None:
        with closing(self._raw.cursor()) as cursor:
            run(cursor, sql, parameters)
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid


class Connection(aiosqlite.Connection):
    """A connection of aiosqlite that makes such cursors."""

    def cursor(self) -> Cursor:  # type: ignore[override]
        """Give a cursor without asking the thread for it."""
        return Cursor(self._conn, self._execute)


async def connect(database: str, **settings: Any) -> aiosqlite.Connection:
    """Connect, as SQLAlchemy's `async_creator_fn`; takes what `sqlite3.connect` takes."""
    connection = Connection(partial(sqlite3.connect, database, **settings), iter_chunk_size=64)
    # As SQLAlchemy does with its own: a connection that nobody closed must not keep a program alive.
    connection._thread.daemon = True
    return await connection
