"""Feeds that were written lately, kept in memory: most polls find nothing new.

What is kept stands under the version it was written from, so nothing here is ever out of date; each
process has its own shelf.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple, Self

from aiohttp import web

#: So many bytes are kept at most; those asked for longest ago are dropped first.
MOST_BYTES = 32 * 1024 * 1024


class Mark(NamedTuple):
    """Which feed, at which version, on which day: all that its bytes depend on."""

    feed_id: object
    version: int
    day: date


@dataclass(frozen=True, slots=True)
class Written:
    """A feed's bytes and their strong ETag."""

    text: bytes
    etag: str

    @classmethod
    def of(cls, text: bytes) -> Self:
        """Name the bytes by their hash: the same bytes always have the same name."""
        return cls(text, f'"{sha256(text).hexdigest()[:32]}"')


class Shelf:
    """The feeds asked for most lately."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Mark, Written] = OrderedDict()

    def take(self, mark: Mark) -> Written | None:
        """Give what is kept under this mark."""
        found = self._kept.get(mark)
        if found is not None:
            self._kept.move_to_end(mark)
        return found

    def put(self, mark: Mark, written: Written) -> None:
        """Keep it, and drop the oldest beyond what is allowed."""
        older = self._kept.pop(mark, None)
        self._bytes += len(written.text) - (len(older.text) if older else 0)
        self._kept[mark] = written
        while self._bytes > self._most and self._kept:
            self._bytes -= len(self._kept.popitem(last=False)[1].text)


SHELF = web.AppKey("shelf", Shelf)
