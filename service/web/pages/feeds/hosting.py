"""A facilitator's page "Your calendar": the sessions they run, in their own calendar."""

from aiohttp import web

from service.storage.feeds import FeedKind
from service.web.pages.feeds import forms
from service.web.pages.feeds.forms import Desk

DESK = Desk(FeedKind.HOSTING, "/sessions/calendar", "/sessions", "staff.html")


async def show(request: web.Request) -> web.Response:
    """List the feeds."""
    return await forms.show_all(request, DESK)


async def make(request: web.Request) -> web.Response:
    """Make a feed."""
    return await forms.make(request, DESK)


async def show_one(request: web.Request) -> web.Response:
    """Show one feed."""
    return await forms.show_one(request, DESK)


async def change(request: web.Request) -> web.Response:
    """Change one feed."""
    return await forms.change(request, DESK)


async def renew(request: web.Request) -> web.Response:
    """Give one feed a new address."""
    return await forms.renew(request, DESK)


async def stop(request: web.Request) -> web.Response:
    """Stop one feed."""
    return await forms.stop(request, DESK)
