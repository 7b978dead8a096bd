"""The stream of news behind the page of who is in (server-sent events, HTML standard 9.2)."""

import asyncio
import contextlib
from datetime import datetime
from typing import Final

from aiohttp import web

from scheduling.joining import GRACE
from service.actions.looking_after import looked_after, who_is_in
from service.actions.permissions import Permission, may
from service.actor import Actor, Door, system_actor
from service.errors import NotAllowed, NotFound
from service.storage.staff import signed_in
from service.web.context import ACTOR, CLOCK, DATABASE, EVENTS, KEYS, TEMPLATES
from service.web.cookies import SIGN_IN, cookie_of
from service.web.live import LIVE, REST_SECONDS, STILL_HERE, Look, Shared, View, news, over
from service.web.middlewares import HEADERS
from service.web.pages.meetings.room_words import view_of
from service.web.reading import read_id

#: Another process may have been told something, which only PostgreSQL lets happen: look this often. Also
#: how often to see whether anybody is still there.
LOOK_SECONDS: Final = 2.0
#: How often to look whether who watches is still signed in and may, and to write something if nothing is new.
CHECK_SECONDS: Final = 15.0
#: How long a watcher may take to take what is sent.
SEND_SECONDS: Final = 10.0
STREAM: Final = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    # nginx would keep small news to itself for a while.
    "X-Accel-Buffering": "no",
}


async def live(request: web.Request) -> web.StreamResponse:
    """Send what changes about who is in, until the session is over or the watcher may not see it any more."""
    meeting_id, actor = read_id(request), request[ACTOR]
    rooms = await _rooms(request, actor)
    if actor.person_id is None:
        raise NotAllowed
    with (
        request.app[EVENTS].watching(rooms) as changed,
        request.app[LIVE].seat(meeting_id, actor.person_id, changed) as shared,
    ):
        response = web.StreamResponse(headers=HEADERS | STREAM)
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        with contextlib.suppress(ConnectionError, TimeoutError):
            await _Watcher(request, response, shared).tell(changed)
    return response


class _Watcher:
    """One page that is kept up to date."""

    def __init__(self, request: web.Request, response: web.StreamResponse, shared: Shared) -> None:
        self._request, self._response, self._shared = request, response, shared
        self._make = _look_of(request)
        self._seen: View | None = None
        # What the page showed when it was loaded, or was last told before its connection dropped.
        self._mark = request.headers.get("Last-Event-ID") or request.query.get("seen", "")

    async def tell(self, changed: asyncio.Event) -> None:
        """Tell of every change; come back when there is nothing more to tell, or nobody to tell it to."""
        loop = asyncio.get_running_loop()
        is_alone = self._request.app[DATABASE].is_sqlite
        since = checked_at = loop.time()
        while not (self._request.app[LIVE].is_closing or self._has_gone()):
            changed.clear()
            view = await self._shared.look(self._make, since)
            if view is None:
                await self._send(over())
                return
            await self._show(view)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await changed.wait()
            is_due = loop.time() - checked_at >= CHECK_SECONDS
            if changed.is_set():
                since = loop.time()
            elif is_due or not is_alone:
                # Whoever was told nothing is content with a look that somebody else had meanwhile.
                since = loop.time() - LOOK_SECONDS + REST_SECONDS
            if is_due:
                checked_at = loop.time()
                if not await _still_may(self._request):
                    return
                await self._send(STILL_HERE)

    def _has_gone(self) -> bool:
        """Say whether the page was closed."""
        transport = self._request.transport
        return transport is None or transport.is_closing()

    async def _show(self, view: View) -> None:
        if self._seen is None and self._mark == view.mark:
            self._seen = view
        if self._seen is None or self._seen.mark != view.mark:
            await self._send(news(self._seen, view))
            self._seen = view

    async def _send(self, said: bytes) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self._response.write(said)


def _look_of(request: web.Request) -> Look:
    """Give the one look that is made for all who watch this meeting: nobody in particular makes it."""
    app, meeting_id = request.app, read_id(request)
    actor = system_actor(request[ACTOR].organisation_id)

    async def look() -> View | None:
        now = app[CLOCK].now()
        async with app[DATABASE].reading() as db:
            try:
                room = await looked_after(db, actor, meeting_id, now=now)
            except NotFound:
                return None
            if now >= room.slot.ends_at + GRACE:
                return None
            who = await who_is_in(db, actor, room, now=now)
        return view_of(who, app[TEMPLATES])

    return look


async def _rooms(request: web.Request, actor: Actor) -> tuple[str, ...]:
    """Name the rooms to watch, if this person may; raises NotFound or NotAllowed."""
    now = request.app[CLOCK].now()
    async with request.app[DATABASE].reading() as db:
        return tuple((await looked_after(db, actor, read_id(request), now=now)).rooms)


async def _still_may(request: web.Request) -> bool:
    """Say whether who watches is signed in still, and may see it as they are now."""
    now: datetime = request.app[CLOCK].now()
    hashed = request.app[KEYS].hashed("sign-in", cookie_of(request, SIGN_IN))
    async with request.app[DATABASE].reading() as db:
        found = await signed_in(db, hashed, now)
        if found is None or found.person.id != request[ACTOR].person_id:
            return False
        actor = Actor(found.organisation.id, Door.STAFF, found.person.id, roles=found.roles)
        if not may(actor, Permission.LOOK_AFTER_ROOM):
            return False
        try:
            await looked_after(db, actor, read_id(request), now=now)
        except (NotFound, NotAllowed):
            return False
    return True
