"""A guest's own page "Your calendar": addresses that keep their sessions in their own calendar."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from service.storage.feeds import FeedKind
from service.storage.guests import standing_of
from service.web.answers import page
from service.web.context import ACTOR, DB
from service.web.pages.feeds import forms
from service.web.pages.feeds.forms import Desk
from service.web.pages.guest.opening import open_invitation, path_of

Shows = Callable[[web.Request, Desk], Awaitable[web.Response]]


async def show(request: web.Request) -> web.Response:
    """List the guest's feeds, or say whom to ring where a calendar could give them away."""
    return await _unless_safe(request, forms.show_all)


async def make(request: web.Request) -> web.Response:
    """Make a feed."""
    return await _unless_safe(request, forms.make)


async def show_one(request: web.Request) -> web.Response:
    """Show one feed."""
    return await _unless_safe(request, forms.show_one)


async def change(request: web.Request) -> web.Response:
    """Change one feed."""
    return await _unless_safe(request, forms.change)


async def renew(request: web.Request) -> web.Response:
    """Give one feed a new address."""
    return await forms.renew(request, _desk(request))


async def stop(request: web.Request) -> web.Response:
    """Stop one feed."""
    return await forms.stop(request, _desk(request))


async def _unless_safe(request: web.Request, shows: Shows) -> web.Response:
    """Show the page to all but those whose meetings must not be found on a device."""
    desk, invitation = _desk(request), open_invitation(request)
    standing = await standing_of(request[DB], request[ACTOR], invitation)
    if standing.is_safe_contact:
        return await page(request, "guest/ring_us.html", title="Your calendar", base=desk.back)
    return await shows(request, desk)


def _desk(request: web.Request) -> Desk:
    open_invitation(request)
    return Desk(FeedKind.OWN, path_of(request, "calendar"), path_of(request), "participant.html")
