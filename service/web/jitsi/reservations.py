"""Prosody asks before a room opens, and tells us when one has ended. Read only, by one look at the room.

Deleting changes nothing: everybody may have dropped out for a moment, and comes back into the same room.
Nor is it taken for the end of a run: it names none, has no time, and may come again minutes later.
"""

from typing import Final

from aiohttp import web

from scheduling.meeting import MeetingState
from scheduling.online import Ability
from scheduling.time import DAYS, clock_words, day_words, on_wall, zone_words
from service.errors import NotFound
from service.rooms.reservations import (
    MOST_BYTES,
    Asked,
    Booking,
    Refusal,
    Room,
    asked_for,
    decide,
    read_asked,
)
from service.rooms.server import Server
from service.storage.rooms import RoomRow, RoomUse, find_room
from service.web.bodies import read_limited
from service.web.context import CLOCK, HOT, SERVERS
from service.web.jitsi.asking import answer, check_bearer, refusal, server_of
from service.web.words import say

#: What Prosody takes as a plain no, whose message it shows. 409 would mean: ask about another booking.
NO: Final = 403
UNREADABLE: Final = 400


async def ask(request: web.Request) -> web.Response:
    """Say whether a room may open now, and until when; or why not, for the person who wanted in."""
    server = await _asker(request)
    asked = read_asked(await read_limited(request, MOST_BYTES))
    if asked is None:
        return refusal(UNREADABLE, say("shut-unreadable"))
    return _answer(request, server, asked, await find_room(request.app[HOT], asked.room))


async def look(request: web.Request) -> web.Response:
    """Tell of a booking by its id, which is the room's name, as if it were asked for now."""
    server = await _asker(request)
    room = request.match_info["id"]
    found = await find_room(request.app[HOT], room)
    if found is None:
        raise NotFound
    return _answer(request, server, asked_for(server, room), found)


async def ended(request: web.Request) -> web.Response:
    """Take note that a room has ended: the booking stays as it is."""
    await _asker(request)
    return answer({})


async def _asker(request: web.Request) -> Server:
    """Give the server that asks, if it knows its secret; whoever tries it out is told that it asked."""
    server = await server_of(request)
    check_bearer(request, server)
    request.app[SERVERS].heard(server.id, Ability.RESERVATIONS, request.app[CLOCK].now())
    return server


def _answer(
    request: web.Request, server: Server, asked: Asked, found: RoomRow | None
) -> web.Response:
    room = None if found is None else room_of(found, server)
    match decide(server, asked, room, request.app[CLOCK].now()):
        case Booking() as booking:
            return answer(booking.facts())
        case Refusal() as no:
            return refusal(NO, _words(no))


def room_of(row: RoomRow, server: Server) -> Room:
    """Give of a room what decides whether it may open on this server."""
    is_practice = row.use is RoomUse.PRACTICE
    is_told = row.state in (MeetingState.PUBLISHED, MeetingState.CANCELLED) and not row.is_held
    return Room(
        is_here=row.server_id == server.id and not row.is_removed and (is_practice or is_told),
        is_cancelled=row.state is MeetingState.CANCELLED and not is_practice,
        slot=None if is_practice else row.slot,
        closes_at=row.closes_at if is_practice else None,
        waits_in_lobby=row.waits_in_lobby,
        passcode=row.passcode,
        is_dialled=row.is_dialled,
        seats=row.seats,
        zone=row.zone,
        phone=row.help_phone,
    )


def _words(no: Refusal) -> str:
    """Write a refusal for the person who reads it, beside a name that may be a stranger's guess."""
    opens = ""
    if no.opens_at is not None:
        day = on_wall(no.opens_at, no.zone).local
        opens = f"{clock_words(no.opens_at, no.zone)} on {DAYS[day.weekday()]} {day_words(day)}"
        opens += f" ({zone_words(no.zone)})"
    words = say(no.reason, {"opens": opens})
    return f"{words} {say('shut-help', {'phone': no.phone})}" if no.phone else words
