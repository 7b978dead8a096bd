"""Opening a meeting's online room as one of its hosts. The page with the button is another."""

from aiohttp import web

from service.actions.joining import open_room
from service.errors import Refused
from service.web.answers import see_other
from service.web.context import ACTOR, DB, NOW, SERVERS
from service.web.reading import read_id

#: Why not, as the page says it that the host comes back to.
REASONS = frozenset({"opening-off", "opening-early", "opening-over", "opening-none"})


async def press(request: web.Request) -> web.Response:
    """Lead a host into the room as its moderator, or back to the page about the room, which says why not."""
    meeting_id = read_id(request)
    try:
        link = await open_room(
            request[DB], request[ACTOR], request.app[SERVERS], meeting_id, now=request[NOW]
        )
    except Refused as refusal:
        if refusal.reason not in REASONS:
            raise
        return see_other(f"/sessions/{meeting_id}/room", done=refusal.reason)
    return web.Response(status=303, headers={"Location": link})
