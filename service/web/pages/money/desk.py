"""The desk: money that somebody asks for by phone or on paper, written down for them."""

from aiohttp import web

from accessibility.disclosure import Field
from service.web.looking import note_shown
from service.web.pages.money import asking
from service.web.pages.money.door import MoneyDoor, desk_door


async def overview(request: web.Request) -> web.Response:
    """Show what somebody asked for, and where it stands."""
    door = await desk_door(request)
    _note(request, door)
    return await asking.show_overview(request, door)


async def ask(request: web.Request) -> web.Response:
    """Show the boxes."""
    door = await desk_door(request)
    _note(request, door)
    return await asking.show_form(request, door)


async def asked(request: web.Request) -> web.Response:
    """Take what somebody asks for."""
    return await asking.take_form(request, await desk_door(request))


async def back(request: web.Request) -> web.Response:
    """Take back what somebody asked for, as they say."""
    return await asking.take_back(request, await desk_door(request))


async def receipt(request: web.Request) -> web.Response:
    """Take a receipt that came by post, or over the table."""
    return await asking.take_receipt(request, await desk_door(request))


def _note(request: web.Request, door: MoneyDoor) -> None:
    note_shown(request, Field.COST, person_id=door.invitation.person_id)
