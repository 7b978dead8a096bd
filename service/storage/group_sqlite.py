"""Rows of many callers into SQLite: one thread with a connection of its own, which waits for the disk alone.

In the loop everybody would wait for the disk; through SQLAlchemy each row would cost fifty times as much
(performance 5.3). So the statement is text here; a test holds that the models read its rows.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from service.storage.group_table import Table
from service.storage.group_writer import BATCH, Away, BadRows, Row

KEEP = "INSERT INTO {} ({}) VALUES {} ON CONFLICT DO NOTHING"
#: How long one try waits for somebody else's transaction to end.
LOCK_SECONDS = 2.0
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


class SqliteStore:
    """Keeps rows in a SQLite file; connects with the first ones."""

    def __init__(self, path: str, table: Table) -> None:
        self._path, self._table = path, table
        self._written = [_WRITTEN.get(type_) for type_ in table.types]
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="group-writer")
        self._connection: sqlite3.Connection | None = None

    async def keep(self, rows: Sequence[Row]) -> None:
        """Store rows in one transaction."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._keep, rows)

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)

    def _keep(self, rows: Sequence[Row]) -> None:
        """Store rows by one statement, which is a transaction by itself.

        After each statement the thread has to wait for its turn among Python's threads, while the
        loop is busy: with a statement for each row that was a tenth of a second.
        """
        try:
            connection = self._connected()
            if rows:
                statement = _statement(self._table, len(rows))
                connection.execute(statement, self._values(rows)).close()
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError, UnicodeEncodeError) as error:
            raise BadRows(type(error).__name__) from error
        except sqlite3.Error as error:
            self._disconnect()
            raise Away(type(error).__name__) from error

    def _values(self, rows: Sequence[Row]) -> list[Any]:
        """Write the values as SQLAlchemy's types for SQLite do."""
        written = self._written
        return [
            value if write is None or value is None else write(value)
            for row in rows
            for write, value in zip(written, row, strict=True)
        ]

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self._path, timeout=LOCK_SECONDS, isolation_level=None, cached_statements=BATCH
            )
            self._connection = connection
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").close()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@cache
def _statement(table: Table, rows: int) -> str:
    one_row = f"({', '.join('?' * len(table.columns))})"
    return KEEP.format(table.name, table.names, ", ".join([one_row] * rows))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


def _id(value: UUID) -> str:
    return value.hex


_WRITTEN: dict[str, Callable[[Any], str]] = {"uuid": _id, "timestamptz": _time}
