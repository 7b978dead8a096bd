"""Serving feeds to calendar programs, which ask every few minutes and mostly get "not modified".

One look-up by the address's hash says which feed it is and at which version; nothing else is asked of
the database until something changed. There is no redirect, no gzip and no regard for Accept: programs
stumble over each of them.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from aiohttp import web

from service.actions.feeds_showing import Scribe, feed_text, public_text
from service.storage.base import Db
from service.storage.feeds import FEED_BY_HASH, PUBLIC_BY_SLUG, feed_by_id
from service.web.context import CLOCK, DATABASE, HOT, KEYS, LIMITS, SETTINGS
from service.web.proxies import address_of
from service.web.shelf import SHELF, Mark, Written

CALENDAR: Final = "text/calendar; charset=utf-8"
KEPT_FOR: Final = "private, max-age=900"
NO_SUCH: Final = "There is no calendar at this address.\n"
NUL: Final = "\0"
STOPPED: Final = "This calendar address was stopped. Its owner can get a new one.\n"

Writer = Callable[[Db], Awaitable[bytes]]


async def personal(request: web.Request) -> web.Response:
    """Answer with the feed that a secret address opens; guesses are counted against who makes them."""
    app = request.app
    hashed = app[KEYS].hashed("feed", request.match_info["secret"])
    row = await app[HOT].row(FEED_BY_HASH, hashed)
    if row is None:
        return _no_such(request)
    feed_id, version, is_open = row
    if not is_open:
        return web.Response(status=410, text=STOPPED)
    now = app[CLOCK].now()
    write = partial(_write_personal, app, feed_id, now)
    return await answer_feed(request, Mark(feed_id, version, now.date()), write)


async def public(request: web.Request) -> web.Response:
    """Answer with the public meetings of an organisation that shows any."""
    app, slug = request.app, request.match_info["slug"]
    row = None if NUL in slug else await app[HOT].row(PUBLIC_BY_SLUG, slug)
    if row is None:
        return web.Response(status=404, text=NO_SUCH)
    house_id, version = row
    now = app[CLOCK].now()
    write = partial(_write_public, app, house_id, now)
    return await answer_feed(request, Mark(house_id, version, now.date()), write)


async def _write_personal(app: web.Application, feed_id: object, now: datetime, db: Db) -> bytes:
    feed = await feed_by_id(db, UUID(str(feed_id)))
    return await feed_text(db, _scribe(app), feed, now=now)


async def _write_public(app: web.Application, house_id: object, now: datetime, db: Db) -> bytes:
    return await public_text(db, _scribe(app), UUID(str(house_id)), now=now)


async def answer_feed(
    request: web.Request, mark: Mark, write: Writer, *, content_type: str = CALENDAR
) -> web.Response:
    """Answer with what is kept, or written now; "not modified" to whoever has the same bytes."""
    shelf = request.app[SHELF]
    written = shelf.take(mark)
    if written is None:
        async with request.app[DATABASE].reading() as db:
            written = Written.of(await write(db))
        shelf.put(mark, written)
    headers = {"ETag": written.etag, "Cache-Control": KEPT_FOR}
    known = request.headers.get("If-None-Match")
    if known is not None and is_known(known, written.etag):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = content_type
    return web.Response(body=written.text, headers=headers)


def is_known(given: str, etag: str) -> bool:
    """Tell whether If-None-Match names this ETag: alone, in a list, weakly, or as any (RFC 9110, 13.1.2)."""
    if given == etag:
        return True
    names = (name.strip() for name in given.split(","))
    return any(name.removeprefix("W/") == etag or name == "*" for name in names)


def _no_such(request: web.Request) -> web.Response:
    """Count a guess; raises TooManyAttempts for who guesses on. Valid addresses never come here."""
    limits, address, now = (
        request.app[LIMITS].by_address,
        address_of(request),
        request.app[CLOCK].now(),
    )
    limits.check(address, now)
    limits.failed(address, now)
    return web.Response(status=404, text=NO_SUCH)


def _scribe(app: web.Application) -> Scribe:
    return Scribe(app[KEYS], app[SETTINGS].public_url)
