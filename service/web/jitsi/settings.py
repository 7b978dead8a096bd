"""How is this room to be? JaaS asks before each meeting and cannot be told no (SETTINGS_PROVISIONING).

It waits three seconds at most and then lets people in without lobby and passcode, so it is answered at
once: by one look at the room, and from memory where the database takes longer than that.
"""

import asyncio
from typing import Final

from aiohttp import web

from service.errors import Busy
from service.rooms.bodies import Facts
from service.rooms.jaas_events import room_asked_about
from service.rooms.jaas_settings import settings_of
from service.rooms.reservations import Asked, decide
from service.rooms.server import Server
from service.storage.rooms import RoomRow, find_room
from service.web.context import CLOCK, HOT, ROOMS_KNOWN
from service.web.jitsi.asking import answer
from service.web.jitsi.reservations import room_of

#: How long the database may take before memory answers, and how long if memory knows nothing of it.
WAIT_SECONDS: Final = 0.02
LONGEST_SECONDS: Final = 0.8


async def settings_answer(request: web.Request, server: Server, facts: Facts) -> web.Response:
    """Answer with the room's settings as they are for this moment."""
    name = room_asked_about(facts)
    row = await _room(request, name)
    room = None if row is None else room_of(row, server)
    decision = decide(server, Asked(name, "", name), room, request.app[CLOCK].now())
    return answer(settings_of(decision))


async def _room(request: web.Request, name: str) -> RoomRow | None:
    """Look the room up, or remember it as it was a moment ago."""
    known = request.app[ROOMS_KNOWN].named(name)
    try:
        async with asyncio.timeout(LONGEST_SECONDS if known is None else WAIT_SECONDS):
            return await find_room(request.app[HOT], name)
    except (Busy, TimeoutError):
        return known
