"""What the pages of guests' and of facilitators' feeds share: the form, the addresses, the answers."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from service.actions.feeds import (
    FeedWish,
    change_feed,
    feeds_of,
    make_feed,
    renew_feed,
    stop_feed,
)
from service.errors import Invalid, NotFound, Refused
from service.storage.feeds import Feed, FeedKind
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, KEYS, NOW, SETTINGS
from service.web.reading import Form, Line, read_form, read_id, typed

GOOGLE = "https://calendar.google.com/calendar/r?cid="


class FeedForm(Form):
    """What a person wants of a feed; boxes that are not ticked are not sent."""

    name: Line = ""
    plain: Line = ""
    once: Line = ""

    @property
    def wish(self) -> FeedWish:
        """Give the wish."""
        return FeedWish(self.name, bool(self.plain), bool(self.once))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one kind of feed has its pages: below which address, and in which layout."""

    kind: FeedKind
    base: str
    back: str
    layout: str


async def show_all(request: web.Request, at: Desk) -> web.Response:
    """List a person's feeds, with a form for one more."""
    return await page(request, "feeds/list.html", **await _list_facts(request, at))


async def make(request: web.Request, at: Desk) -> web.Response:
    """Make a feed and go on to its address."""
    try:
        form = await read_form(request, FeedForm)
        feed = await make_feed(
            request[DB], request[ACTOR], request.app[KEYS], at.kind, form.wish, now=request[NOW]
        )
    except (Invalid, Refused) as problem:
        facts = await _list_facts(request, at)
        return await again(request, "feeds/list.html", problem, await typed(request), **facts)
    return see_other(f"{at.base}/{feed.id}", done="feed-made")


async def show_one(request: web.Request, at: Desk) -> web.Response:
    """Show one feed: how to add it to a calendar, and what can be changed."""
    feed = await _feed(request, at)
    return await page(request, "feeds/one.html", **_facts(request, at, feed))


async def change(request: web.Request, at: Desk) -> web.Response:
    """Change a feed's name and what it shows."""
    feed = await _feed(request, at)
    try:
        form = await read_form(request, FeedForm)
        await change_feed(
            request[DB], request[ACTOR], at.kind, feed.id, form.wish, now=request[NOW]
        )
    except Invalid as problem:
        facts = _facts(request, at, feed)
        return await again(request, "feeds/one.html", problem, await typed(request), **facts)
    return see_other(f"{at.base}/{feed.id}", done="feed-changed")


async def renew(request: web.Request, at: Desk) -> web.Response:
    """Give a feed a new address."""
    feed_id = read_id(request, "feed")
    await renew_feed(
        request[DB], request[ACTOR], request.app[KEYS], at.kind, feed_id, now=request[NOW]
    )
    return see_other(f"{at.base}/{feed_id}", done="feed-renewed")


async def stop(request: web.Request, at: Desk) -> web.Response:
    """Stop a feed."""
    feed_id = read_id(request, "feed")
    await stop_feed(request[DB], request[ACTOR], at.kind, feed_id, now=request[NOW])
    return see_other(at.base, done="feed-stopped")


async def _feed(request: web.Request, at: Desk) -> Feed:
    """Find one of the person's own feeds; raises NotFound."""
    wanted = read_id(request, "feed")
    feeds = await feeds_of(request[DB], request[ACTOR], at.kind)
    found = next((feed for feed in feeds if feed.id == wanted), None)
    if found is None:
        raise NotFound
    return found


async def _list_facts(request: web.Request, at: Desk) -> dict[str, Any]:
    feeds = await feeds_of(request[DB], request[ACTOR], at.kind)
    return {
        "title": "Your calendar",
        "at": at,
        "is_hosting": at.kind is FeedKind.HOSTING,
        "feeds": [{"href": f"{at.base}/{feed.id}", "name": feed.name} for feed in feeds],
    }


def _facts(request: web.Request, at: Desk, feed: Feed) -> dict[str, Any]:
    secret = request.app[KEYS].feed_secret(feed.id, feed.link_generation)
    address = f"{request.app[SETTINGS].public_url.rstrip('/')}/feeds/{secret}.ics"
    webcal = f"webcal://{address.removeprefix(urlsplit(address).scheme + '://')}"
    return {
        "title": feed.name,
        "tab_title": "Your calendar",
        "at": at,
        "is_hosting": at.kind is FeedKind.HOSTING,
        "here": f"{at.base}/{feed.id}",
        "feed": feed,
        "address": address,
        "webcal": webcal,
        "google": f"{GOOGLE}{quote(webcal, safe=':/')}",
    }
