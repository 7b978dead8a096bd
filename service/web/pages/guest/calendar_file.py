"""The calendar file to keep."""

from dataclasses import replace

from aiohttp import web

from service.actions.facts import invitation_facts
from service.outbound.calendar import calendar_file
from service.storage.guests import standing_of
from service.web.answers import see_other
from service.web.context import ACTOR, DB, KEYS, NOW, SETTINGS
from service.web.pages.guest.opening import Door, door_of, own_invitation, path_of


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
