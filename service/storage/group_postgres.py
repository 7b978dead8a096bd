"""Rows of many callers into PostgreSQL: one statement for a whole batch, over a connection of its own.

A second one made nothing quicker: batches only got smaller.
"""

import asyncio
from collections.abc import Sequence
from operator import itemgetter

import asyncpg
from sqlalchemy import URL

from service.storage.direct import connect_directly
from service.storage.group_table import Table
from service.storage.group_writer import Away, BadRows, Row

# As text, because SQLAlchemy would cost more than storing does.
KEEP = "INSERT INTO {} ({}) SELECT * FROM unnest({}) ON CONFLICT DO NOTHING"
CONNECT_SECONDS = 2.0
#: How long one try waits for the answer.
ANSWER_SECONDS = 4.0
#: What a connection that breaks raises; the driver's own confusion when it breaks in mid-sentence too.
BROKEN = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
ABOUT_ROWS = (ValueError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
#: Classes of errors that pass (PostgreSQL, appendix A): connection lost, rolled back, out of resources,
#: told to stop by an operator.
PASSING = ("08", "25006", "40", "53", "55", "57")


class PostgresStore:
    """Keeps rows in PostgreSQL; connects with the first ones."""

    def __init__(self, url: URL, table: Table) -> None:
        self._url = url
        arrays = (f"${at}::{type_}[]" for at, type_ in enumerate(table.types, 1))
        self._keep = KEEP.format(table.name, table.names, ", ".join(arrays))
        self._connection: asyncpg.Connection | None = None

    async def keep(self, rows: Sequence[Row]) -> None:
        """Store rows in one transaction; connect alone if there are none."""
        try:
            connection = self._connection or await self._connect()
            if not rows:
                return
            # In the order of keys, so that no two processes wait for each other in a ring.
            in_order = sorted(rows, key=itemgetter(0))
            await connection.execute(self._keep, *zip(*in_order, strict=True))
        except BROKEN as error:
            await self.close()
            raise _meant(error) from error
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the connection; the next rows open another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _connect(self) -> asyncpg.Connection:
        self._connection = await connect_directly(
            self._url, connect_within=CONNECT_SECONDS, answer_within=ANSWER_SECONDS
        )
        return self._connection


def _meant(error: Exception) -> Exception:
    """Tell rows that cannot go in from a database that is away; anything else is our own mistake."""
    # What the driver itself cannot write is a ValueError of its own.
    if isinstance(error, ABOUT_ROWS):
        return BadRows(type(error).__name__)
    state = getattr(error, "sqlstate", None) or ""
    return error if state and not state.startswith(PASSING) else Away(type(error).__name__)
