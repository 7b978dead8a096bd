"""Many callers' rows in one commit: each caller waits until its rows are durable, and no longer.

A commit costs the same for one row as for fifty (performance 5): while one runs, what arrives waits and
goes into the next together. What was taken on is never dropped: a database that is away is tried again
until it is back, while callers stop waiting after a few seconds and are told so. Here is only the
waiting; `group_sqlite` and `group_postgres` store.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from service.errors import Busy

log = structlog.get_logger("group-writer")

#: How long a caller waits for its rows to be durable, and closing for all of them.
WAIT_SECONDS = 5.0
#: How long to rest before a database that is away is tried again.
REST_SECONDS = 0.2
#: So much may wait at most: beyond it callers are turned away at once, and memory stays bounded.
MOST_ROWS = 10_000
MOST_CHARACTERS = 32_000_000
#: So many rows go into one commit at most.
BATCH = 256
#: So many rounds of the loop are left to callers between two commits: larger ones cost less.
ROUNDS = 6

#: What one column of a row holds; JSON is text.
Value = str | UUID | datetime | None
#: A row in the order of its table's columns; the last of them may be long.
Row = tuple[Value, ...]


class NotKept(Busy):
    """It is not known that the rows are durable; whoever sent them should send them again in a moment."""


class BadRows(NotKept):
    """The database will not take these rows: what they belong to is not there any more."""


class Away(Exception):
    """The database cannot be reached, or is locked: the same rows may go in later."""


class Store(Protocol):
    """Where rows go."""

    async def keep(self, rows: Sequence[Row]) -> None:
        """Store rows in one transaction, leaving out those whose key is there already.

        Durable when it comes back. Raises Away or BadRows, and has then stored none of them.
        """

    async def close(self) -> None:
        """Let go of every connection."""


class _Entry:
    """One caller's rows, and what the caller waits for; `until` is the loop's time."""

    __slots__ = ("characters", "kept", "rows", "until")

    def __init__(self, rows: Sequence[Row], kept: "asyncio.Future[None]", until: float) -> None:
        self.rows, self.kept, self.until = rows, kept, until
        self.characters = sum([len(str(row[-1])) for row in rows])


class GroupWriter:
    """Stores rows of many callers together. `told` hears of rows once they are durable."""

    def __init__(self, store: Store, told: Callable[[Sequence[Row]], None]) -> None:
        self._store, self._told = store, told
        self._waiting: deque[_Entry] = deque()
        # All who wait, also for what is being stored now, in the order in which they came.
        self._callers: deque[_Entry] = deque()
        self._storing: asyncio.Task[None] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._rows = self._characters = 0
        self._closed = False

    async def write(self, rows: Sequence[Row]) -> None:
        """Come back when the rows are durable.

        Raises BadRows, or NotKept if that is not so within a few seconds; what was taken on by then may
        still be stored later, so that sending it again must be harmless.
        """
        loop = asyncio.get_running_loop()
        entry = _Entry(rows, loop.create_future(), loop.time() + WAIT_SECONDS)
        is_full = (
            self._rows + len(rows) > MOST_ROWS
            or self._characters + entry.characters > MOST_CHARACTERS
        )
        if self._closed or is_full:
            raise NotKept
        self._rows += len(rows)
        self._characters += entry.characters
        self._waiting.append(entry)
        self._callers.append(entry)
        if self._watch is None:
            # One limit for all of them: one for each would cost as much as storing does.
            self._watch = loop.call_at(entry.until, self._turn_away)
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_all())
        await entry.kept

    async def close(self) -> None:
        """Take nothing on any more, store what waits, and let go of the database."""
        self._closed = True
        if self._storing is not None:
            _, late = await asyncio.wait({self._storing}, timeout=WAIT_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._watch is not None:
            self._watch.cancel()
        if self._rows:
            log.error("not-kept-at-the-end", rows=self._rows)
        await self._store.close()

    def _turn_away(self) -> None:
        """Tell those who have waited too long, and look again when the next one will have."""
        loop, self._watch = asyncio.get_running_loop(), None
        while self._callers and (self._callers[0].kept.done() or self._is_late(loop.time())):
            entry = self._callers.popleft()
            if not entry.kept.done():
                entry.kept.set_exception(NotKept())
        if self._callers:
            self._watch = loop.call_at(self._callers[0].until, self._turn_away)

    def _is_late(self, at: float) -> bool:
        return self._callers[0].until <= at

    async def _store_all(self) -> None:
        """Store what waits, batch by batch, until nothing does."""
        try:
            while self._waiting:
                await self._settle(self._next_batch())
                # Those who were just answered often have more, and others were kept from asking meanwhile.
                for _ in range(ROUNDS):
                    await asyncio.sleep(0)
        finally:
            # At once: whoever comes after the last look must find that nobody stores any more.
            self._storing = None

    def _next_batch(self) -> Sequence[_Entry]:
        batch = [self._waiting.popleft()]
        rows = len(batch[0].rows)
        while self._waiting and rows + len(self._waiting[0].rows) <= BATCH:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].rows)
        return batch

    async def _settle(self, batch: Sequence[_Entry]) -> None:
        """Store a batch and tell its callers; one bad caller's rows do not hold up the others'."""
        rows = [row for entry in batch for row in entry.rows]
        try:
            await self._persist(rows)
        except BadRows as error:
            if len(batch) > 1:
                for entry in batch:
                    await self._settle([entry])
                return
            log.error("bad-rows", why=str(error))
            self._let_go(batch, error)
        except Exception as error:  # noqa: BLE001 - the edge of a batch: its callers are told, the next goes on
            log.error("batch-failed", kind=type(error).__name__)
            self._let_go(batch, NotKept())
        else:
            self._told(rows)
            self._let_go(batch, None)

    async def _persist(self, rows: Sequence[Row]) -> None:
        """Store rows however long the database is away."""
        while True:
            try:
                await self._store.keep(rows)
            except Away as error:
                log.warning("database-away", why=str(error), rows=len(rows))
                await asyncio.sleep(REST_SECONDS)
            else:
                return

    def _let_go(self, batch: Sequence[_Entry], error: NotKept | None) -> None:
        """Tell callers what became of their rows; some may not wait any more."""
        for entry in batch:
            self._rows -= len(entry.rows)
            self._characters -= entry.characters
            if entry.kept.done():
                continue
            if error is None:
                entry.kept.set_result(None)
            else:
                entry.kept.set_exception(error)
        while self._callers and self._callers[0].kept.done():
            self._callers.popleft()
