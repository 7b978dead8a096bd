"""Room events kept durably, each once, and whoever watches a room told of it.

What dialect they came in is known to `service.rooms.events`, what follows from them to `presence`.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from uuid import UUID

from scheduling.room_events import RoomEvent
from service.storage.group_stores import store_for
from service.storage.group_table import Table
from service.storage.group_writer import GroupWriter, NotKept, Row, Store, Value
from service.storage.room_events import facts_of

EVENTS = Table(
    "room_events",
    (
        ("key", "text"),
        ("server_id", "uuid"),
        ("room", "text"),
        ("kind", "text"),
        ("at", "timestamptz"),
        ("received_at", "timestamptz"),
        ("facts", "jsonb"),
    ),
)

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class EventKeeper:
    """Keeps what Jitsi servers tell. One for each process; all of them write to the same table."""

    def __init__(self, store: Store) -> None:
        self._writer = GroupWriter(store, self._tell)
        self._watching: dict[Value, set[asyncio.Event]] = {}

    async def begin(self) -> None:
        """Connect before the first event comes; a database that is away is waited for when one does."""
        with suppress(NotKept):
            await self._writer.write([])

    async def keep(
        self, server_id: UUID, events: Sequence[RoomEvent], received_at: datetime
    ) -> None:
        """Come back when all the events are durable; one whose key is there already is left out.

        Raises NotKept (503: tell it again in a moment) if that takes too long, see `group_writer`.
        """
        if events:
            await self._writer.write([_row(server_id, each, received_at) for each in events])

    @contextmanager
    def watching(self, rooms: Iterable[str]) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever something was kept of one of these rooms.

        For live pages: clear it, read the rooms' events, show them, wait for it, and so on; what is kept in
        between is never missed. It hears of this process alone: where several serve on PostgreSQL, wait
        for it with a limit of a few seconds, and look again in any case.
        """
        changed, watched = asyncio.Event(), frozenset(rooms)
        for room in watched:
            self._watching.setdefault(room, set()).add(changed)
        try:
            yield changed
        finally:
            for room in watched:
                watchers = self._watching[room]
                watchers.discard(changed)
                if not watchers:
                    del self._watching[room]

    async def close(self) -> None:
        """Keep what was taken on, and close."""
        await self._writer.close()

    def _tell(self, rows: Sequence[Row]) -> None:
        if not self._watching:
            return
        for row in rows:
            for changed in self._watching.get(row[2], ()):
                changed.set()


@asynccontextmanager
async def open_events(url: str) -> AsyncGenerator[EventKeeper]:
    """Open the keeper of a database; nothing is connected before the first event."""
    keeper = EventKeeper(store_for(url, EVENTS))
    try:
        yield keeper
    finally:
        await keeper.close()


def _row(server_id: UUID, event: RoomEvent, received_at: datetime) -> Row:
    facts = _written(facts_of(event))
    return (event.key, server_id, event.room, event.kind.value, event.at, received_at, facts)
