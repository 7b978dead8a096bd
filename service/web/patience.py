"""Who connects and never asks anything is not waited for (reliability finding F3).

aiohttp has no deadline before the first whole request of a connection: half a head keeps it open for
ever. Afterwards its own keep-alive limit holds, and bodies have a limit in `reading`.
"""

import asyncio
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

#: How long a new connection may take to send its first whole head, and how often this is looked at.
HEAD_SECONDS = 10.0
LOOK_SECONDS = 2.0

#: Connections that have sent a whole head.
Heard = set[web.RequestHandler]
HEARD = web.AppKey("heard", Heard)


@web.middleware
async def hear(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Note that this connection has asked something."""
    request.app[HEARD].add(request.protocol)
    return await handler(request)


class Patience:
    """Closes connections that stay silent too long; ask it to `look` again and again."""

    def __init__(self, heard: Heard, *, seconds: float = HEAD_SECONDS) -> None:
        self._heard = heard
        self._seconds = seconds
        self._silent_since: dict[web.RequestHandler, float] = {}

    def look(self, connections: Iterable[web.RequestHandler], at: float) -> None:
        """Close those that have been silent for too long at this time of the loop; forget those gone."""
        open_now = set(connections)
        self._heard &= open_now
        silent = open_now - self._heard
        self._silent_since = {each: self._silent_since.get(each, at) for each in silent}
        for connection, since in self._silent_since.items():
            if at - since >= self._seconds and connection.transport is not None:
                connection.transport.abort()


async def keep_looking(server: web.Server, heard: Heard, stop: asyncio.Event) -> None:
    """Look at a server's connections every few seconds until stopped."""
    patience, loop = Patience(heard), asyncio.get_running_loop()
    while not stop.is_set():
        patience.look(server.connections, loop.time())
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await stop.wait()
        except TimeoutError:
            continue
