"""Room events into SQLite: one thread with a connection of its own, which waits for the disk alone.

In the loop everybody would wait for the disk; through SQLAlchemy each row would cost fifty times as much
(performance 5.3). So the statement stands here as text; a test holds that the model reads its rows.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from itertools import chain

from service.storage.group_writer import BATCH, Away, BadRows, Row

KEEP = (
    "INSERT INTO room_events (key, server_id, room, kind, at, received_at, facts) "
    "VALUES {} ON CONFLICT DO NOTHING"
)
ONE_ROW = "(?, ?, ?, ?, ?, ?, ?)"
#: How long one try waits for somebody else's transaction to end.
LOCK_SECONDS = 2.0
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


class SqliteStore:
    """Keeps rows in a SQLite file; connects with the first ones."""

    def __init__(self, path: str) -> None:
        self._path = path
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
            values = tuple(chain.from_iterable(map(_values, rows)))
            self._connected().execute(_statement(len(rows)), values).close()
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError, UnicodeEncodeError) as error:
            raise BadRows(type(error).__name__) from error
        except sqlite3.Error as error:
            self._disconnect()
            raise Away(type(error).__name__) from error

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
def _statement(rows: int) -> str:
    return KEEP.format(", ".join([ONE_ROW] * rows))


def _values(row: Row) -> tuple[str, ...]:
    """Write the values as SQLAlchemy's types for SQLite do."""
    key, server_id, room, kind, at, received_at, facts = row
    return (key, server_id.hex, room, kind, _written(at), _written(received_at), facts)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")
