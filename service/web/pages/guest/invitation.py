"""The invitation page: what, when, who; the answer, stated; the ways of joining; how to join; what helps."""

from typing import Any

from aiohttp import web

from accessibility.claims import KIND_OF
from scheduling.answers import Answer
from scheduling.online import JoinChoice
from scheduling.time import clock_words, long_date
from scheduling.ways import Way
from service.actions.after_session import is_asked_of
from service.actions.apart import shown_standing
from service.actions.looking_after import passcode_of
from service.actions.money.asking import may_ask
from service.errors import Invalid, Refused
from service.outbound.numbers import names_words, phone_words
from service.storage.guests import Standing, standing_of
from service.storage.invitations import Invitation, other_dates
from service.storage.joining import known_choices
from service.storage.needs import requests_for_invitation
from service.storage.planned import PhoneJoining
from service.web.answers import again, page
from service.web.context import ACTOR, DB, HOUSE, KEYS, NOW
from service.web.leading import lead_to_rooms, rooms_of
from service.web.pages.guest.opening import (
    Door,
    door_of,
    join_time,
    own_invitation,
    path_of,
)
from service.web.pages.guest.place import Kept, kept_for
from service.web.pages.guest.words import (
    chosen_way,
    dates,
    fact_lines,
    helpings,
    place_of,
    stated,
    stated_briefly,
    title_of,
    way_choices,
    when_of,
)
from service.web.pages.people.reminding import reminder_words
from service.web.reading import typed
from service.web.words import say

PAGE = "guest/invitation.html"
CLOSED = "guest/closed.html"


async def show(request: web.Request) -> web.Response:
    """Show the invitation, or kindly why there is nothing to answer."""
    invitation = own_invitation(request)
    door = door_of(request, invitation)
    if door is Door.OPEN:
        return await page(request, PAGE, **await facts_for(request, invitation))
    return await page(request, CLOSED, **await _closed_facts(request, invitation, door))


async def show_again(
    request: web.Request, invitation: Invitation, problem: Invalid | Refused
) -> web.Response:
    """Show the invitation with what is wrong, and what was chosen."""
    facts = await facts_for(request, invitation)
    return await again(request, PAGE, problem, await typed(request), **facts)


async def facts_for(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    """Collect what the page shows, in three queries; in some more for who waits, or is kept from somebody."""
    db, actor, meeting = request[DB], request[ACTOR], invitation.meeting
    standing = await shown_standing(db, invitation, await standing_of(db, actor, invitation))
    kept = await kept_for(request, invitation)
    requests = await requests_for_invitation(db, actor, invitation.id)
    others = await other_dates(db, actor, request[NOW])
    hosts = [host.chosen_name for host in (meeting.lead, meeting.second) if host is not None]
    return {
        "title": title_of(meeting),
        "tab_title": _tab_title(invitation, kept),
        "when": when_of(invitation, request[HOUSE].zone),
        "hosts": names_words(tuple(hosts)),
        "about": meeting.about.splitlines(),
        "base": path_of(request),
        "stated": stated(invitation),
        "kept": kept,
        "may_answer": meeting.ends_at is not None and request[NOW] < meeting.ends_at,
        "answer": Answer.UNANSWERED if invitation.asked_again else invitation.answer,
        "has_turn": invitation.answer in (Answer.YES, Answer.WAITING),
        "has_company": invitation.supporters > 0,
        "has_way": len(meeting.offers) > 1,
        "choices": way_choices(invitation, standing, kept.way if kept else None),
        "chosen": chosen_way(invitation),
        "joining": await joining_facts(request, invitation),
        "helpings": helpings(requests),
        "may_ask_money": may_ask(invitation, request[NOW]),
        "asked_for_money": any(each.code in KIND_OF for each in requests),
        "has_file": _has_file(invitation, standing),
        "dates": dates(others, request.app[KEYS], request[HOUSE].zone),
        "is_of_series": meeting.series_id is not None,
        "print_size": invitation.person.print_size,
        "reminders": "" if standing.is_safe_contact else reminder_words(invitation.person),
    }


def _tab_title(invitation: Invitation, kept: Kept | None) -> str:
    """Say the answer first: who listens to a page hears then that the press has worked.

    The real title is not for a tab, which others may see.
    """
    if kept is not None:
        return f"{kept.words} {invitation.meeting.neutral_title}"
    if not invitation.answer.is_given or invitation.asked_again:
        return invitation.meeting.neutral_title
    return f"{stated_briefly(invitation)} {invitation.meeting.neutral_title}"


async def _closed_facts(request: web.Request, invitation: Invitation, door: Door) -> dict[str, Any]:
    """Collect what is shown of a session that cannot be answered; no title of one that is not theirs."""
    others = await other_dates(request[DB], request[ACTOR], request[NOW])
    is_theirs = door in (Door.CANCELLED, Door.OVER)
    is_dated = is_theirs and invitation.meeting.starts_at is not None
    return {
        "title": title_of(invitation.meeting) if is_theirs else say(f"guest.{door}.title"),
        "tab_title": invitation.meeting.neutral_title or say(f"guest.{door}.title"),
        "when": when_of(invitation, request[HOUSE].zone) if is_dated else "",
        "words": say(f"guest.{door}"),
        "tone": "clay" if door is Door.CANCELLED else "plain",
        "after": path_of(request, "after") if is_asked_of(invitation, request[NOW]) else "",
        "money": path_of(request, "money") if may_ask(invitation, request[NOW]) else "",
        "message": invitation.meeting.cancel_message if door is Door.CANCELLED else "",
        "dates": dates(others, request.app[KEYS], request[HOUSE].zone)
        if invitation.person.left_at is None
        else [],
        "print_size": invitation.person.print_size,
    }


def _has_file(invitation: Invitation, standing: Standing) -> bool:
    """No file for somebody whose meetings must not be found on a device, nor for who stays away."""
    return not standing.is_safe_contact and invitation.answer.may_come


async def joining_facts(request: web.Request, invitation: Invitation) -> dict[str, Any] | None:
    """Say how to join by the person's own way; None until they have a place."""
    if invitation.answer is not Answer.YES or invitation.way is None:
        return None
    meeting, time = invitation.meeting, join_time(request, invitation)
    facts: dict[str, Any] = {
        "way": invitation.way.value,
        "is_open": time.is_open,
        "from_time": clock_words(time.opens_at, meeting.zone),
        "from_day": long_date(time.opens_at, meeting.zone),
    }
    match invitation.way:
        case Way.PHONE:
            return facts | _phone_facts(request, invitation)
        case Way.ONLINE:
            return facts | await _online_facts(request, invitation)
        case Way.ROOM | Way.OUTDOORS:
            place = place_of(meeting, invitation.way)
            return facts | {"place": place, "place_facts": fact_lines(place) if place else []}


async def _online_facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    """Say whether there is a room to lead to, and how this person likes to come in."""
    chosen = known_choices(invitation.person.join_choices)
    how = next((each.value for each in JoinChoice if each in chosen), "")
    return {
        "has_room": await lead_to_rooms(request),
        "passcode": passcode_of(invitation.meeting, await rooms_of(request)),
        "how": how,
        "how_word": say(f"join.how.{how or 'usual'}"),
        "hows": [
            {
                "value": value,
                "word": say(f"join.how.{value or 'usual'}"),
                "hint": say(f"join.how.{value or 'usual'}.hint"),
            }
            for value in ("", *(each.value for each in JoinChoice))
        ],
    }


def _phone_facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    meeting, own = invitation.meeting, invitation.person.phone
    number = meeting.dial_number.strip() or request[HOUSE].dial_in_number
    return {
        "is_rung": meeting.phone_joining is PhoneJoining.RING,
        "number": phone_words(number),
        "pin": invitation.dial_pin or meeting.dial_pin.strip(),
        "own_number": phone_words(own),
        "starts": clock_words(meeting.starts_at, meeting.zone) if meeting.starts_at else "",
    }
