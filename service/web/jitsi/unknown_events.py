"""What servers told that nobody here has heard of, or has a use for: taken, counted, and forgotten."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

import structlog
from aiohttp import web

log = structlog.get_logger("events")

#: So many names are counted apart; a server that makes them up cannot fill memory or the log.
MOST_NAMES: Final = 100
OTHERS: Final = "others"
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)


class UnknownEvents:
    """Counts by dialect and name; writes a line when a name comes for the first time."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, dialect: str, name: str) -> None:
        """Count one event."""
        known = (dialect, name if _PLAIN.fullmatch(name) else OTHERS)
        if known not in self._counts and len(self._counts) >= MOST_NAMES:
            known = (dialect, OTHERS)
        if known not in self._counts:
            log.info("unknown-event", dialect=dialect, name=known[1])
        self._counts[known] += 1

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """Give how often each came since this process began, by dialect and name."""
        return self._counts


UNKNOWN_EVENTS = web.AppKey("unknown_events", UnknownEvents)
