"""Serving feeds to calendar programs, which ask every few minutes and mostly get "not modified".

One look-up by the address's hash says which feed it is and at which version; nothing else is asked of
the database until something changed. There is no redirect, no gzip and no regard for Accept: programs
stumble over each of them.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from aiohttp import web

from service.actions.feeds_showing import Scribe, feed_text, public_text
from service.storage.base import Db
from service.storage.feeds import FEED_BY_HASH, PUBLIC_BY_SLUG, feed_by_id
from service.web.context import DATABASE, HOT, KEYS, LIMITS, NOW, SETTINGS
from service.web.proxies import address_of
from service.web.shelf import SHELF, Mark, Written

KEPT_FOR: Final = "private, max-age=900"
NO_SUCH: Final = "There is no calendar at this address.\n"
STOPPED: Final = "This calendar address was stopped. Its owner can get a new one.\n"

Writer = Callable[[Db], Awaitable[bytes]]


async def personal(request: web.Request) -> web.Response:
    """Answer with the feed that a secret address opens; guesses are counted against who makes them."""
    hashed = request.app[KEYS].hashed("feed", request.match_info["secret"])
    row = await request.app[HOT].row(FEED_BY_HASH, hashed)
    if row is None:
        return _no_such(request)
    feed_id, version, is_open = row
    if not is_open:
        return web.Response(status=410, text=STOPPED)
    scribe = _scribe(request)

    async def write(db: Db) -> bytes:
        feed = await feed_by_id(db, UUID(str(feed_id)))
        return await feed_text(db, scribe, feed, now=request[NOW])

    return await _answer(request, Mark(str(feed_id), version, request[NOW].date()), write)


async def public(request: web.Request) -> web.Response:
    """Answer with the public meetings of an organisation that shows any."""
    row = await request.app[HOT].row(PUBLIC_BY_SLUG, request.match_info["slug"])
    if row is None:
        return web.Response(status=404, text=NO_SUCH)
    house, version = row
    scribe = _scribe(request)

    async def write(db: Db) -> bytes:
        return await public_text(db, scribe, UUID(str(house)), now=request[NOW])

    return await _answer(request, Mark(str(house), version, request[NOW].date()), write)


async def _answer(request: web.Request, mark: Mark, write: Writer) -> web.Response:
    """Answer with what is kept, or written now; "not modified" to whoever has the same bytes."""
    written = request.app[SHELF].take(mark)
    if written is None:
        async with request.app[DATABASE].reading() as db:
            written = Written.of(await write(db))
        request.app[SHELF].put(mark, written)
    headers = {"ETag": written.etag, "Cache-Control": KEPT_FOR}
    if is_known(request.headers.get("If-None-Match", ""), written.etag):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    return web.Response(body=written.text, headers=headers)


def is_known(given: str, etag: str) -> bool:
    """Tell whether If-None-Match names this ETag: alone, in a list, weakly, or as any (RFC 9110, 13.1.2)."""
    if given == etag:
        return True
    names = (name.strip() for name in given.split(","))
    return any(name.removeprefix("W/") == etag or name == "*" for name in names)


def _no_such(request: web.Request) -> web.Response:
    """Count a guess; raises TooManyAttempts for who guesses on. Valid addresses never come here."""
    limits, address = request.app[LIMITS].by_address, address_of(request)
    limits.check(address, request[NOW])
    limits.failed(address, request[NOW])
    return web.Response(status=404, text=NO_SUCH)


def _scribe(request: web.Request) -> Scribe:
    return Scribe(request.app[KEYS], request.app[SETTINGS].public_url)
