"""Pressing an answer, asking to wait for a place, and saying who comes along."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from scheduling.answers import Answer
from scheduling.ways import Way, WayOffer
from service.actions.answering import LONGEST_NAME, MOST_SUPPORTERS, Reply, answer
from service.actions.apart import shown_standing
from service.actions.confirming import kept_needs
from service.actions.requests import COMING
from service.errors import Invalid, NotFound, Refused
from service.storage.guests import standing_of
from service.storage.invitations import Invitation
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.guest.invitation import show_again
from service.web.pages.guest.opening import Door, door_of, own_invitation, path_of
from service.web.pages.guest.words import by_words, title_of
from service.web.reading import EmptyIsNone, Form, Line, read_form, typed
from service.web.words import say

COMPANY = "guest/company.html"


class AnswerForm(Form):
    """The button that was pressed, and the way that was chosen."""

    answer: Answer
    way: Annotated[Way | None, EmptyIsNone] = None


class CompanyForm(Form):
    """Who comes along."""

    supporters: Annotated[int, Field(ge=0, le=MOST_SUPPORTERS)]
    supporter_name: Annotated[Line, Field(max_length=LONGEST_NAME)] = ""


async def press(request: web.Request) -> web.Response:
    """Record the answer; a full way leads to the question whether to wait."""
    invitation = own_invitation(request)
    was = invitation.answer
    way: Way | None = None
    try:
        form = await read_form(request, AnswerForm)
        way = form.way or invitation.way
        reply = Reply(form.answer, form.way)
        await answer(request[DB], request[ACTOR], invitation, reply, now=request[NOW])
    except Invalid as problem:
        return await show_again(request, invitation, problem)
    except Refused as refusal:
        if refusal.reason != "way-full":
            raise
        full = way or invitation.meeting.offers[0].way
        return see_other(path_of(request, "waiting", full.value))
    return see_other(await _path_after(request, invitation, was))


async def ask_to_wait(request: web.Request) -> web.Response:
    """Ask whether to wait for a place by a way that is full; nothing is given up by looking."""
    invitation = own_invitation(request)
    if door_of(request, invitation) is not Door.OPEN:
        return see_other(path_of(request))
    way = _way_in_path(request, invitation)
    held = invitation.way if invitation.answer.holds_place else None
    if held is way or not await _must_wait(request, invitation, way):
        return see_other(path_of(request))
    return await page(
        request,
        "guest/waiting.html",
        title=say(f"guest.full.{way}"),
        session=title_of(invitation.meeting),
        base=path_of(request),
        way=way.value,
        by=by_words(way),
        held_by=by_words(held),
        print_size=invitation.person.print_size,
    )


async def ask_company(request: web.Request) -> web.Response:
    """Ask who comes along."""
    invitation = own_invitation(request)
    if door_of(request, invitation) is not Door.OPEN or not _has_turn(invitation):
        return see_other(path_of(request))
    return await page(request, COMPANY, **_company_facts(request, invitation))


async def bring_company(request: web.Request) -> web.Response:
    """Keep places for who comes along, by the same way."""
    invitation = own_invitation(request)
    if not _has_turn(invitation):
        return see_other(path_of(request))
    try:
        form = await read_form(request, CompanyForm)
        reply = Reply(
            invitation.answer, supporters=form.supporters, supporter_name=form.supporter_name
        )
        await answer(request[DB], request[ACTOR], invitation, reply, now=request[NOW])
    except (Invalid, Refused) as problem:
        if isinstance(problem, Refused) and problem.reason != "no-room-for-more":
            raise
        facts = _company_facts(request, invitation)
        return await again(request, COMPANY, problem, await typed(request), **facts)
    return see_other(path_of(request))


async def _path_after(request: web.Request, invitation: Invitation, was: Answer) -> str:
    """Lead who says for the first time that they may come, and told us before what helps, to one question."""
    if was in COMING or invitation.answer not in COMING:
        return path_of(request)
    kept = await kept_needs(request[DB], request[ACTOR], invitation.person_id, request[NOW])
    return path_of(request, "help", "this-time") if kept else path_of(request)


def _company_facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    return {
        "title": "Is somebody coming with you?",
        "base": path_of(request),
        "supporters": str(invitation.supporters),
        "supporter_name": invitation.supporter_name,
        "by": by_words(invitation.way),
        "print_size": invitation.person.print_size,
    }


async def _must_wait(request: web.Request, invitation: Invitation, way: Way) -> bool:
    """Tell whether there is no place by this way now, and the person does not wait for one already."""
    if invitation.answer is Answer.WAITING and invitation.way is way:
        return False
    known = await standing_of(request[DB], request[ACTOR], invitation)
    standing = await shown_standing(request[DB], invitation, known)
    offers = [each for each in invitation.meeting.offers if each.way is way]
    has_room = any(
        WayOffer(way, each.places, each.taken).has_room(invitation.seats) for each in offers
    )
    return way in standing.awaited_ways or not has_room


def _has_turn(invitation: Invitation) -> bool:
    """Only who has a place, or waits for one, can bring somebody to it."""
    return invitation.answer.holds_place or invitation.answer is Answer.WAITING


def _way_in_path(request: web.Request, invitation: Invitation) -> Way:
    named = request.match_info["way"]
    for offer in invitation.meeting.offers:
        if offer.way.value == named:
            return offer.way
    raise NotFound
