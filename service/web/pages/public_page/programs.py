"""Public sessions for programs, as JSON and as RSS: served like the calendar feed, from the same version."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from aiohttp import web

from service.actions.feeds_showing import start_of_day
from service.actions.public_page import PublicSession, public_session
from service.storage.base import Db
from service.storage.feeds import PUBLIC_BY_SLUG
from service.storage.organisations import organisation_by_id
from service.storage.public import public_meetings
from service.web.context import CLOCK, HOT, SETTINGS
from service.web.pages.feeds.serving import NO_SUCH, NUL, answer_feed
from service.web.pages.public_page.formats import as_json, as_rss
from service.web.shelf import Mark

JSON: Final = "application/json; charset=utf-8"
RSS: Final = "application/rss+xml; charset=utf-8"

Writing = Callable[[str, str, Sequence[PublicSession]], bytes]


async def sessions_json(request: web.Request) -> web.Response:
    """Answer with the public sessions as JSON."""
    return await _serve(request, as_json, JSON)


async def sessions_rss(request: web.Request) -> web.Response:
    """Answer with the public sessions as RSS."""
    return await _serve(request, as_rss, RSS)


async def _serve(request: web.Request, writing: Writing, kind: str) -> web.Response:
    app, slug = request.app, request.match_info["slug"]
    row = None if NUL in slug else await app[HOT].row(PUBLIC_BY_SLUG, slug)
    if row is None:
        return web.Response(status=404, text=NO_SUCH)
    house_id, version = row
    now = app[CLOCK].now()
    write = partial(_write, app[SETTINGS].public_url, UUID(str(house_id)), writing, now)
    mark = Mark((house_id, kind), version, now.date())
    answer = await answer_feed(request, mark, write, content_type=kind)
    # It holds nothing but what everybody may see, so other sites may show it too.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


async def _write(public_url: str, house_id: UUID, writing: Writing, now: datetime, db: Db) -> bytes:
    house = await organisation_by_id(db, house_id)
    found = await public_meetings(db, house_id, start_of_day(now))
    address = f"{public_url.rstrip('/')}/o/{house.slug}"
    return writing(house.name, address, [public_session(each) for each in found])
