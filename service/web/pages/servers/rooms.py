"""Online rooms as an organisation's admin sees them: which server, what it can do, and what it costs."""

from aiohttp import web

from scheduling.time import on_wall
from service.actions.permissions import Permission, may
from service.storage.servers import server_of_house
from service.web.answers import page
from service.web.context import ACTOR, DB, HOUSE, NOW, SERVERS
from service.web.pages.servers.words import cost_of, what_it_can
from service.web.words import say


async def rooms(request: web.Request) -> web.Response:
    """Show where the organisation's rooms are; nothing of any other organisation."""
    server = await server_of_house(request[DB], request[ACTOR])
    today = on_wall(request[NOW], request[HOUSE].zone).local.date()
    return await page(
        request,
        "servers/rooms.html",
        title="Online rooms",
        server=server,
        kind_word=say(f"server-kind.{server.kind}") if server else "",
        can=what_it_can(server) if server else [],
        cost=cost_of(server, today) if server else None,
        is_broken=server is not None and request.app[SERVERS].is_broken(server.id),
        keeps_servers=may(request[ACTOR], Permission.KEEP_SERVERS),
    )
