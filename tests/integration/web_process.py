"""The web service in a process of its own, to be killed: `python -m tests.integration.web_process ARGS`.

Arguments: database address, home folder, and "careless" for the control, which answers before anything is
durable. It prints its port and serves until its input ends.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from aiohttp import web

from scheduling.room_events import RoomEvent
from service.app import make_app
from service.config import Settings
from service.parts import open_parts
from service.storage.event_keeper import EventKeeper
from service.web.context import EVENTS, SERVERS
from tests.bench.processes import HOST, logging_to_nowhere, serve_until_told

#: So many events the careless one collects before it stores any.
COLLECTED = 40


class CarelessKeeper(EventKeeper):
    """The control: says yes at once, and stores later."""

    def __init__(self, keeper: EventKeeper) -> None:
        self._keeper = keeper
        self._later: list[tuple[UUID, RoomEvent]] = []

    async def keep(
        self, server_id: UUID, events: Sequence[RoomEvent], received_at: datetime
    ) -> None:
        """Put the events aside until there are many."""
        self._later += [(server_id, event) for event in events]
        if len(self._later) >= COLLECTED:
            later, self._later = self._later, []
            for server, event in later:
                await self._keeper.keep(server, [event], received_at)


async def main(url: str, home: str, manner: str = "careful") -> None:
    """Serve until told to end, or killed."""
    settings = Settings(home=Path(home), database_url=url, worker_inside=False)
    async with open_parts(settings) as parts:
        app = make_app(parts)
        if manner == "careless":
            app[EVENTS] = CarelessKeeper(parts.events)
        await app[SERVERS].refresh()
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        await serve_until_told(runner.addresses[0][1])
        await runner.cleanup()


if __name__ == "__main__":
    with logging_to_nowhere():
        asyncio.run(main(*sys.argv[1:]))
