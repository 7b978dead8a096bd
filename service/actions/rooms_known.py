"""Rooms that JaaS may ask about soon, kept in memory for when the database takes too long to answer."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from service.clock import Clock
from service.storage.database import Database
from service.storage.hot import Hot
from service.storage.rooms import RoomRow, find_room
from service.storage.rooms_soon import rooms_soon

log = structlog.get_logger("rooms")

#: How old memory may be, and how far ahead it looks.
REFRESH_SECONDS = 15.0
AHEAD = timedelta(hours=3)
#: So long after its end a meeting's room may be asked about still.
BEHIND = timedelta(hours=1)


class RoomsKnown:
    """Rooms on JaaS servers that are open or open soon; empty until the first `refresh`."""

    def __init__(self, database: Database, hot: Hot, clock: Clock) -> None:
        self._database, self._hot, self._clock = database, hot, clock
        self._rooms: Mapping[str, RoomRow] = {}

    async def refresh(self) -> None:
        """Look at every such room anew; raises what the database raises, and keeps what it knew."""
        now: datetime = self._clock.now()
        async with self._database.reading() as db:
            names = await rooms_soon(db, now - BEHIND, now + AHEAD)
        found = {name: await find_room(self._hot, name) for name in names}
        self._rooms = {name: room for name, room in found.items() if room is not None}

    def named(self, name: str) -> RoomRow | None:
        """Give the room as it was at most a few seconds ago, None if it is none that opens soon."""
        return self._rooms.get(name)


async def keep_rooms_known(rooms: RoomsKnown, stop: asyncio.Event) -> None:
    """Look again every few seconds, until stopped; a database that is away is waited for."""
    while not stop.is_set():
        try:
            await rooms.refresh()
        except Exception as error:  # noqa: BLE001 - the edge of a round: what is known stays good
            log.error("rooms-not-read", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REFRESH_SECONDS):
                await stop.wait()
