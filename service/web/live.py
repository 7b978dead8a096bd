"""Pages that keep themselves up to date: one look for all who watch the same thing, and small news of it.

A look costs a read of the database and is shared; nobody holds a connection while waiting. Each watcher is
sent what has changed since what they saw last, so a slow one skips what is past and nothing piles up.
"""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from aiohttp import web

from service.errors import TooManyAttempts

#: Looks at one thing are so far apart at least, however much happens.
REST_SECONDS: Final = 0.5
#: So many watch at once, at most, and one person on so many pages.
MOST: Final = 200
MOST_EACH: Final = 4
RETRY_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: which list, where it stands in it (by the alphabet), and how it looks."""

    list: str
    order: str
    html: str


@dataclass(frozen=True, slots=True)
class View:
    """How something looks now: small areas by name, and the lines of its lists by a key of their own."""

    areas: Mapping[str, str]
    items: Mapping[str, Item]
    mark: str = field(init=False)

    def __post_init__(self) -> None:
        """Make the mark that is the same for what looks the same."""
        said = repr((sorted(self.areas.items()), sorted(self.items.items(), key=_by_key)))
        mark = hashlib.blake2s(said.encode(), digest_size=8).hexdigest()
        object.__setattr__(self, "mark", mark)


def news(seen: View | None, view: View) -> bytes:
    """Say what has changed since what was seen last, as one event of a stream; all of it if nothing was."""
    old_areas, old_items = (seen.areas, seen.items) if seen else ({}, {})
    told: dict[str, object] = {
        "areas": {name: html for name, html in view.areas.items() if old_areas.get(name) != html},
        "put": {
            key: [item.list, item.order, item.html]
            for key, item in view.items.items()
            if old_items.get(key) != item
        },
    }
    if seen is None:
        told["all"] = True
    else:
        told["gone"] = [key for key in old_items if key not in view.items]
    return _event("news", told, view.mark)


def over() -> bytes:
    """Say that there will be no more news, and why is on the page once it is looked at again."""
    return _event("over", {}, "over")


#: Keeps a silent connection alive through proxies, and finds out that somebody has gone.
STILL_HERE: Final = b":\n\n"

Look = Callable[[], Awaitable[View | None]]


class Shared:
    """One thing that is watched, looked at once for all who want to know how it is now."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._looked_at = float("-inf")
        self._view: View | None = None

    async def look(self, make: Look, since: float) -> View | None:
        """Give how it looks, as of `since` (in the loop's time) or later; None if there is no more to see."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            if self._looked_at < since:
                await asyncio.sleep(max(0.0, self._looked_at + REST_SECONDS - loop.time()))
                looked_at = loop.time()
                self._view = await make()
                self._looked_at = looked_at
            return self._view


class Live:
    """Everything that is watched in this process, and by whom."""

    def __init__(self, *, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self.most, self.most_each = most, most_each
        self._shared: dict[UUID, tuple[Shared, int]] = {}
        self._by_person: Counter[UUID] = Counter()
        self._waiting: set[asyncio.Event] = set()
        self.is_closing = False

    @contextmanager
    def seat(self, thing: UUID, person: UUID, changed: asyncio.Event) -> Iterator[Shared]:
        """Let somebody watch a thing; `changed` is set when everybody must go. Raises TooManyAttempts."""
        is_full = self.watchers >= self.most
        if self.is_closing or is_full or self._by_person[person] >= self.most_each:
            raise TooManyAttempts(RETRY_SECONDS)
        shared, watchers = self._shared.get(thing, (Shared(), 0))
        self._shared[thing] = shared, watchers + 1
        self._by_person[person] += 1
        self._waiting.add(changed)
        try:
            yield shared
        finally:
            self._leave(thing, person)
            self._waiting.discard(changed)

    @property
    def watchers(self) -> int:
        """Count who watches anything now."""
        return self._by_person.total()

    async def close(self, _app: web.Application) -> None:
        """Send everybody away, so that the process can stop."""
        self.is_closing = True
        for changed in self._waiting:
            changed.set()

    def _leave(self, thing: UUID, person: UUID) -> None:
        shared, watchers = self._shared.pop(thing)
        if watchers > 1:
            self._shared[thing] = shared, watchers - 1
        self._by_person[person] -= 1
        if not self._by_person[person]:
            del self._by_person[person]


LIVE = web.AppKey("live", Live)


def _event(name: str, told: object, mark: str) -> bytes:
    """Write one event; JSON has no line breaks of its own, so it is one line."""
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return f"id: {mark}\nevent: {name}\ndata: {data}\n\n".encode()


def _by_key(entry: tuple[str, Item]) -> str:
    return entry[0]
