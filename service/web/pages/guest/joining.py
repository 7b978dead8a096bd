"""Joining online, and the calendar file."""

from dataclasses import replace

from aiohttp import web

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.facts import invitation_facts
from service.errors import Refused
from service.outbound.calendar import calendar_file
from service.rooms.jitsi import BadRoom, room_link
from service.storage.guests import standing_of
from service.storage.invitations import Invitation
from service.web.answers import see_other
from service.web.context import ACTOR, DB, KEYS, NOW, SETTINGS
from service.web.pages.guest.opening import (
    Door,
    door_of,
    jitsi_url_of,
    join_time,
    own_invitation,
    path_of,
)


async def join(request: web.Request) -> web.Response:
    """Lead into the online room while it is time; otherwise back to the page, which says when."""
    invitation = own_invitation(request)
    if door_of(request, invitation) is not Door.OPEN:
        return see_other(path_of(request))
    if invitation.answer is not Answer.YES or invitation.way is not Way.ONLINE:
        return see_other(path_of(request), done="join-say-yes")
    if not join_time(request, invitation).is_open:
        return see_other(path_of(request), done="join-not-now")
    return web.Response(status=303, headers={"Location": await _room_of(request, invitation)})


async def calendar(request: web.Request) -> web.Response:
    """Give the calendar file to keep; who must not have one is sent back to the page."""
    invitation = own_invitation(request)
    is_open = door_of(request, invitation) is Door.OPEN and invitation.answer.may_come
    standing = await standing_of(request[DB], request[ACTOR], invitation)
    if not is_open or standing.is_safe_contact:
        return see_other(path_of(request))
    settings = request.app[SETTINGS]
    facts = await invitation_facts(
        request[DB],
        invitation,
        keys=request.app[KEYS],
        settings_public_url=settings.public_url,
        now=request[NOW],
    )
    house = replace(facts.house, mail=facts.house.mail or settings.mail_from)
    return web.Response(
        body=calendar_file(replace(facts, house=house)),
        content_type="text/calendar",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="session.ics"'},
    )


async def _room_of(request: web.Request, invitation: Invitation) -> str:
    """Give the link into the room, made of what is configured; raises Refused if that cannot be used."""
    try:
        return room_link(
            await jitsi_url_of(request),
            invitation.meeting.room_name,
            display_name=invitation.person.chosen_name,
        )
    except BadRoom as error:
        raise Refused("room-not-ready") from error
