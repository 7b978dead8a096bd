"""One log line for each request: its method, its route's name, its status and how long it took.

Written one by one they cost more than a calendar poll itself. So a service collects them for a moment,
and has them rendered together: what is the same in all of them is worked out once (performance 1.1).
"""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any, NamedTuple

import structlog
from aiohttp import web

log = structlog.get_logger("web")

#: So many lines are collected at most before they are written.
MOST = 100
#: Under this name an event holds several lines, which are rendered as one each.
EACH = "each"

_written = json.JSONEncoder(default=repr).encode


class Line(NamedTuple):
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
        if len(lines) == 1:
            log.info("request", **lines[0]._asdict())
        elif lines:
            log.info("request", **{EACH: [line._asdict() for line in lines]})


def render(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """Render an event as one JSON object a line, and one of several lines as one object for each."""
    lines = event.pop(EACH, None)
    if lines is None:
        return _written(event)
    return "\n".join([_written(line | event) for line in lines])


LINES = web.AppKey("lines", Lines)


async def write_the_rest(app: web.Application) -> None:
    """Write what was collected last, at the end."""
    app[LINES].write()
