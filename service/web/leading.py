"""Pages whose button leads to the online rooms: browsers must be told where that may be."""

from aiohttp import web

from service.rooms.jitsi import BadRoom, origin_of_rooms
from service.rooms.server import Server
from service.web.context import HOUSE, LEADS_TO, SERVERS


async def rooms_of(request: web.Request) -> Server | None:
    """Give the server that the organisation's rooms are on, as memory knows it; None if it has none."""
    server_id = request[HOUSE].server_id
    return await request.app[SERVERS].with_id(server_id, 0) if server_id else None


async def lead_to_rooms(request: web.Request) -> bool:
    """Let this page's forms lead to the organisation's rooms; tells whether there are any to lead to.

    A form's redirect counts as its target, which our policy would otherwise forbid.
    """
    try:
        request[LEADS_TO] = origin_of_rooms(await rooms_of(request))
    except BadRoom:
        return False
    return True
