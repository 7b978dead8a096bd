"""One database, two ways in: reading (the database refuses writes) and writing (one transaction).

SQLite and PostgreSQL differ here and nowhere above. On SQLite a writing transaction begins IMMEDIATE,
because a deferred one sells the same seat twice (measured: 17 of 10), and there is one writer at a time.
A fair semaphore stands before each pool: without it some waiters starve (measured: p99 94 times higher).
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from service.errors import Conflict
from service.storage.base import Db
from service.storage.direct import without_cache
from service.storage.one_trip import connect
from service.storage.touching import TouchingSession

#: How long anybody waits for a connection or a lock before the request is given up.
WAIT_SECONDS = 10
READERS_ON_SQLITE = 4
#: unique_violation, foreign_key_violation, serialization_failure, deadlock_detected (PostgreSQL, appendix A).
CONFLICTS = frozenset({"23505", "23503", "40001", "40P01"})
CONFLICTS_ON_SQLITE = ("UNIQUE constraint failed", "FOREIGN KEY constraint failed")


class Database:
    """The engines of one installation's database. Use `reading()` and `writing()`; close it at the end."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            make_folder(self.url.database)
            self._writer = _sqlite_engine(url, pool_size=1, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite_engine(
                url, pool_size=READERS_ON_SQLITE, begin="BEGIN", read_only=True
            )
            self._write_turn = asyncio.Semaphore(1)
            self._read_turn = asyncio.Semaphore(READERS_ON_SQLITE)
        else:
            self._writer = _postgres_engine(self.url, pool_size)
            # Both share one pool; what is read begins with BEGIN READ ONLY.
            self._reader = self._writer.execution_options(postgresql_readonly=True)
            self._write_turn = self._read_turn = asyncio.Semaphore(pool_size)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Db]:
        """Give a session whose transaction cannot write; nothing is kept at the end."""
        async with _turn(self._read_turn), AsyncSession(self._reader, expire_on_commit=False) as db:
            yield db

    @asynccontextmanager
    async def reading_at_once(self) -> AsyncGenerator[Db]:
        """Give a session that reads, and sees the database as it was at one moment, however often it asks.

        SQLite's transactions are so by themselves.
        """
        async with self.reading() as db:
            if not self.is_sqlite:
                await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield db

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Db]:
        """Give a session whose transaction is committed at the end, or undone if anything is raised.

        Raises Conflict if somebody else did at the same moment what can be done only once.
        """
        try:
            async with (
                _turn(self._write_turn),
                AsyncSession(
                    self._writer, expire_on_commit=False, sync_session_class=TouchingSession
                ) as db,
                db.begin(),
            ):
                yield db
        except DBAPIError as error:
            if _is_conflict(error):
                raise Conflict from error
            raise

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()


def _is_conflict(error: DBAPIError) -> bool:
    """Tell whether two transactions got in each other's way: a name given twice, a row gone, a deadlock."""
    words = str(error.orig)
    return getattr(error.orig, "sqlstate", None) in CONFLICTS or any(
        constraint in words for constraint in CONFLICTS_ON_SQLITE
    )


@asynccontextmanager
async def _turn(semaphore: asyncio.Semaphore) -> AsyncGenerator[None]:
    """Wait for a turn, first come first served, but not for ever."""
    async with asyncio.timeout(WAIT_SECONDS):
        await semaphore.acquire()
    try:
        yield
    finally:
        semaphore.release()


def make_folder(path: str | None) -> None:
    """Make the folder of a SQLite file, if it is not there."""
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def _postgres_engine(url: URL, pool_size: int) -> AsyncEngine:
    rest, cache = without_cache(url)
    return create_async_engine(
        rest,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "timeout": WAIT_SECONDS,
            "command_timeout": 30,
            "statement_cache_size": cache,
        },
    )


def _sqlite_engine(url: str, *, pool_size: int, begin: str, read_only: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
        connect_args={"async_creator_fn": connect},
    )

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin by itself; see `begun`
        for pragma in _pragmas(read_only=read_only):
            connection.execute(f"PRAGMA {pragma}").close()

    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
    return engine


def _pragmas(*, read_only: bool) -> list[str]:
    shared = [f"busy_timeout={WAIT_SECONDS * 1000}", "foreign_keys=ON"]
    if read_only:
        return [*shared, "query_only=ON"]
    # What is deleted is written over: an erased key is not to be found in the file's free pages.
    return [*shared, "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"]
