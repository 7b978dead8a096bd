"""Trying it beforehand: a room of one's own for half an hour, and somebody to ring."""

from aiohttp import web

from service.actions.joining import guest_id, practice_room
from service.errors import Refused
from service.rooms.jitsi import BadRoom, way_in
from service.rooms.tokens import Entrant
from service.storage.joining import known_choices
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW
from service.web.leading import lead_to_rooms, rooms_of
from service.web.pages.guest.opening import open_invitation, path_of
from service.web.words import say

PAGE = "guest/practice.html"


async def show(request: web.Request) -> web.Response:
    """Say what happens in the practice room, and whom to ring."""
    invitation = open_invitation(request)
    return await page(
        request,
        PAGE,
        title=say("practice.title"),
        base=path_of(request),
        has_room=await lead_to_rooms(request),
        help_phone=invitation.meeting.help_phone,
        print_size=invitation.person.print_size,
    )


async def press(request: web.Request) -> web.Response:
    """Lead into a room that is this person's alone; raises Refused if there is no server to lead to."""
    invitation, now = open_invitation(request), request[NOW]
    server = await rooms_of(request)
    room = await practice_room(request[DB], request[ACTOR], now=now)
    who = Entrant(guest_id(invitation.id), invitation.person.chosen_name)
    choices = known_choices(invitation.person.join_choices)
    try:
        if server is None or room.closes_at is None:
            raise BadRoom
        link = way_in(server, room.name, who, ends_at=room.closes_at, now=now, choices=choices)
    except BadRoom as error:
        raise Refused("room-not-ready") from error
    return web.Response(status=303, headers={"Location": link})
