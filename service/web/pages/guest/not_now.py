"""What somebody finds who cannot come into the online room just now: why, and what to do instead."""

from typing import Any

from aiohttp import web

from scheduling.answers import Answer
from scheduling.joining import Entrance, Standing, entrance
from scheduling.time import clock_words, long_date
from scheduling.ways import Way
from service.rooms.names import ROOM_NAME
from service.storage.invitations import Invitation
from service.storage.meetings import Offer
from service.web.answers import page, see_other
from service.web.context import NOW
from service.web.leading import lead_to_rooms
from service.web.pages.guest.invitation import joining_facts
from service.web.pages.guest.joining import ON_OWN_PAGE
from service.web.pages.guest.opening import join_time, own_invitation, path_of
from service.web.pages.guest.words import by_words
from service.web.words import say

PAGE = "guest/not_now.html"
NO_ROOM, NOT_ONLINE = "no-room", "not-online"


async def show(request: web.Request) -> web.Response:
    """Say why the room is shut for this person; who can come in is led to their page, where the button is."""
    invitation = own_invitation(request)
    found = _entrance(request, invitation)
    if found in ON_OWN_PAGE:
        return see_other(path_of(request))
    is_named = ROOM_NAME.fullmatch(invitation.meeting.room_name) is not None
    has_room = await lead_to_rooms(request) and is_named
    if found is Entrance.OPEN and has_room:
        return see_other(path_of(request))
    why = found.value
    if found in (Entrance.OPEN, Entrance.EARLY) and not has_room:
        why = NO_ROOM
    elif found is Entrance.SAY_YES and _online(invitation) is None:
        why = NOT_ONLINE
    return await page(request, PAGE, **await _facts(request, invitation, why))


async def _facts(request: web.Request, invitation: Invitation, why: str) -> dict[str, Any]:
    meeting, opens_at = invitation.meeting, join_time(request, invitation).opens_at
    is_waiting = why == Entrance.FULL.value and invitation.answer is Answer.WAITING
    return {
        "title": say(f"join.{why}.title"),
        "words": say("join.full.waiting" if is_waiting else f"join.{why}", _by(invitation)),
        "why": why,
        "base": path_of(request),
        "from_time": clock_words(opens_at, meeting.zone),
        "from_day": long_date(opens_at, meeting.zone),
        "help_phone": meeting.help_phone,
        "joining": await joining_facts(request, invitation) if why == "other-way" else None,
        "print_size": invitation.person.print_size,
    }


def _by(invitation: Invitation) -> dict[str, object]:
    return {"by": by_words(invitation.way)}


def _entrance(request: web.Request, invitation: Invitation) -> Entrance:
    """Decide as the button does, from the invitation that the page has anyway."""
    meeting, person = invitation.meeting, invitation.person
    online = _online(invitation)
    standing = Standing(
        is_listed=invitation.removed_at is None and person.left_at is None,
        state=meeting.state,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        answer=invitation.answer,
        way=invitation.way,
        is_full=online is not None and online.places is not None and online.taken >= online.places,
    )
    return entrance(standing, request[NOW])


def _online(invitation: Invitation) -> Offer | None:
    offers = invitation.meeting.offers
    return next((offer for offer in offers if offer.way is Way.ONLINE), None)
