"""One log line for each request: its method, its route's name, its status and how long it took.

Written one by one they cost more than a calendar poll itself, because nothing of what writes them is at
hand any more when the next one comes; ten together cost a third. So a service collects them for a moment.
"""

import asyncio
from dataclasses import dataclass

import structlog
from aiohttp import web

log = structlog.get_logger("web")

#: So many lines are collected at most before they are written.
MOST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """What is logged of one request; never its path, which may hold a link."""

    method: str
    route: str
    status: int
    ms: float


class Lines:
    """Writes lines, each at once, or a moment later together with others."""

    def __init__(self, *, every_seconds: float = 0) -> None:
        self._every = every_seconds
        self._waiting: list[Line] = []

    def add(self, line: Line) -> None:
        """Write a line, or have it written soon."""
        self._waiting.append(line)
        if not self._every or len(self._waiting) >= MOST:
            self.write()
        elif len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(self._every, self.write)

    def write(self) -> None:
        """Write what was collected."""
        lines, self._waiting = self._waiting, []
        for line in lines:
            log.info(
                "request",
                method=line.method,
                route=line.route,
                status=line.status,
                ms=line.ms,
            )


LINES = web.AppKey("lines", Lines)


async def write_the_rest(app: web.Application) -> None:
    """Write what was collected last, at the end."""
    app[LINES].write()
