"""Opening a meeting's online room as one of its hosts. The page with the button is another."""

from uuid import UUID

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
        return why_not(meeting_id, refusal, "room")
    return web.Response(status=303, headers={"Location": link})


def why_not(meeting_id: UUID, refusal: Refused, page_name: str) -> web.Response:
    """Lead back to the page with the button, which says why not; to the session's own if that one is gone."""
    if refusal.reason not in REASONS:
        raise refusal
    path = f"/sessions/{meeting_id}"
    is_off = refusal.reason == "opening-off"
    return see_other(path if is_off else f"{path}/{page_name}", done=refusal.reason)
