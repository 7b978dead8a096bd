"""The person's own pages about money, behind their link; they see their own sums and nothing beside."""

from aiohttp import web

from service.web.pages.money import asking
from service.web.pages.money.door import guest_door


async def overview(request: web.Request) -> web.Response:
    """Show what I asked for, and where it stands."""
    return await asking.show_overview(request, await guest_door(request))


async def ask(request: web.Request) -> web.Response:
    """Show the boxes."""
    return await asking.show_form(request, await guest_door(request))


async def asked(request: web.Request) -> web.Response:
    """Take what I ask for."""
    return await asking.take_form(request, await guest_door(request))


async def back(request: web.Request) -> web.Response:
    """Take back what I asked for."""
    return await asking.take_back(request, await guest_door(request))


async def receipt(request: web.Request) -> web.Response:
    """Take one more receipt."""
    return await asking.take_receipt(request, await guest_door(request))
