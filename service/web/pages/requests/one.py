"""One request: everything its reader may see of it, and a form for each step they may take."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from accessibility.bookings import STANDING
from accessibility.clashes import SETTLE, TALK
from accessibility.contact import must_not_send_automatically
from accessibility.disclosure import Extent, Field, Reader, what
from accessibility.evidence import CannotReason
from accessibility.money import pounds
from accessibility.requests import RequestState, is_open
from accessibility.terms import Fit
from scheduling.time import date_words
from scheduling.ways import Way
from service.actions.arranging import DIRECTOR_DECIDES, PASSABLE, steps_for
from service.actions.booking import BOOKABLE
from service.actions.budgeting import Left, left_on
from service.actions.calling_off import UNTOLD
from service.actions.needs import coordinator_as, may_open_words
from service.actions.permissions import Permission, may
from service.actions.suppliers import bookable_terms
from service.errors import Invalid, NotAllowed, Refused
from service.storage.needs import AccessRequest, Need, request_by_id
from service.storage.requests import needs_in_meeting
from service.vocabulary import vocabulary
from service.web.answers import again, page
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.looking import note_shown
from service.web.pages.requests.behind import history
from service.web.pages.requests.booked import booked_facts
from service.web.pages.requests.money_boxes import typed_pounds
from service.web.pages.requests.queue import decisions_waiting, today_at
from service.web.pages.requests.rows import row_of
from service.web.reading import read_id, typed
from service.web.words import say

#: How a person can have answered somebody at the desk.
CHANNELS: Final = ("phone", "paper", "helper")


async def show(request: web.Request) -> web.Response:
    """Show one request."""
    found = await request_by_id(request[DB], request[ACTOR], read_id(request))
    template, facts = await _facts(request, found)
    return await page(request, template, **facts)


async def show_again(request: web.Request, problem: Invalid | Refused) -> web.Response:
    """Show a request again with what is wrong, after a step that was not taken."""
    found = await request_by_id(request[DB], request[ACTOR], read_id(request))
    template, facts = await _facts(request, found)
    return await again(request, template, problem, await typed(request), **facts)


async def _facts(request: web.Request, found: AccessRequest) -> tuple[str, dict[str, Any]]:
    actor = request[ACTOR]
    waiting = await _waiting(request, found)
    if may(actor, Permission.ARRANGE):
        template, facts = "requests/one.html", await _for_coordinator(request, found)
    else:
        template, facts = "requests/decide.html", {}
    steps, left = steps_for(actor, found), await _left(request, found)
    here = today_at(request)
    return template, facts | {
        "title": say(f"todo.{found.code}"),
        "found": found,
        "row": row_of(found, request[NOW], here),
        "history": history(found),
        "steps": {step.value for step in steps},
        "tried": waiting,
        "can_decide": RequestState.CANNOT_MEET in steps,
        "can_give_back": waiting is not None and found.state in PASSABLE,
        "reasons": [{"value": each.value, "word": say(f"cannot.{each}")} for each in CannotReason],
        "term": vocabulary().term(found.code),
        "complain": say("decide.complain-usual", {"phone": request[HOUSE].contact_phone}),
        "director_decides": DIRECTOR_DECIDES,
        "costs": _costs(found, left),
        "against_budget": _against_budget(found, left),
    }


async def _waiting(request: web.Request, found: AccessRequest) -> str | None:
    """Give what was tried, if the request waits for a director.

    Raises NotAllowed for a director without another role whom nobody asked.
    """
    actor = request[ACTOR]
    if not may(actor, Permission.DECIDE_CANNOT):
        return None
    task = (await decisions_waiting(request[DB], actor)).get(found.id)
    was_asked = task is not None or found.state is RequestState.CANNOT_MEET
    if not was_asked and not may(actor, Permission.ARRANGE):
        raise NotAllowed
    return task.words if task is not None else None


async def _left(request: web.Request, found: AccessRequest) -> Left | None:
    """Give the budget of the day of the meeting, with what is left of it."""
    meeting = found.meeting
    if meeting.starts_at is None:
        return None
    day = meeting.starts_at.astimezone(ZoneInfo(meeting.zone)).date()
    return await left_on(request[DB], request[ACTOR], day, request[HOUSE].zone)


def _costs(found: AccessRequest, left: Left | None) -> Sequence[Mapping[str, Any]]:
    """Give what it is thought to cost, what it did, and what money there is. The person never sees it."""
    of = found.arrangement or found
    facts = [
        {"term": say(f"cost.{name}"), "value": pounds(pence)}
        for name, pence in (("estimate", of.estimate_pence), ("actual", of.actual_pence))
        if pence is not None
    ]
    if left is not None:
        facts.append({"term": say("cost.left"), "value": _left_words(left)})
    return facts


def _left_words(left: Left) -> str:
    code = "cost.left-of" if left.pence >= 0 else "cost.over"
    return say(
        code,
        {
            "left": pounds(abs(left.pence)),
            "all": pounds(left.budget.pence),
            "day": date_words(left.budget.ends_on),
        },
    )


def _against_budget(found: AccessRequest, left: Left | None) -> str:
    """Propose what a director writes down of the cost against the budget; nothing if neither is known."""
    of = found.arrangement or found
    if of.estimate_pence is None or left is None:
        return ""
    return say("cost.against", {"estimate": pounds(of.estimate_pence), "left": _left_words(left)})


async def _for_coordinator(request: web.Request, found: AccessRequest) -> dict[str, Any]:
    actor = request[ACTOR]
    there = await needs_in_meeting(request[DB], actor, found.meeting_id, found.person_id)
    reader = coordinator_as(actor, found.person)
    own = [need for need, _ in there if need.person_id == found.person_id]
    way = next((way for need, way in there if need.person_id == found.person_id), None)
    contact = what(reader, Field.CONTACT, now=request[NOW], slot=None)
    fields = [Field.CONTACT] if contact is Extent.BY_SAFE_RULE else []
    note_shown(request, Field.ACTION_LINES, *fields, person_id=found.person_id)
    booking = found.arrangement
    stands = booking is not None and booking.state in STANDING
    return {
        "is_cover": reader is Reader.COVER,
        "shows_contact": contact is Extent.BY_SAFE_RULE,
        "is_safe_contact": must_not_send_automatically(need.code for need in own),
        "clashes": _clashes(found, [need for need, _ in there]),
        "cannot_by": say(f"way.{way}") if way and _cannot(found, way) else "",
        "details": _details(found),
        "words_of": found.need_id
        if _has_words(found) and may_open_words(actor, found.person)
        else None,
        "is_mine": found.owner_id == actor.person_id,
        "is_open": is_open(found.state),
        "can_pass": found.state in PASSABLE,
        "can_plan": RequestState.ARRANGING in steps_for(actor, found)
        or found.state is RequestState.ARRANGING,
        "booking": booking,
        "booked": booked_facts(booking, today_at(request).today) if booking else [],
        "can_book": found.state in BOOKABLE and not stands,
        "books_first": found.code in {each.code for each in bookable_terms()},
        "can_leave": stands and found.state in UNTOLD,
        "estimate": typed_pounds(found.estimate_pence),
        "actual": typed_pounds(found.actual_pence),
        "answers": _answers(found),
        "channels": [{"value": each, "word": say(f"channel.{each}")} for each in CHANNELS],
    }


def _has_words(found: AccessRequest) -> bool:
    return found.need.has_words and found.need.ended_at is None


def _cannot(found: AccessRequest, way: Way) -> bool:
    return vocabulary().term(found.code).ways[way] is Fit.CANNOT


def _answers(found: AccessRequest) -> Sequence[Mapping[str, str]]:
    """Give what the person can have said to somebody at the desk."""
    said = {
        RequestState.ARRANGED: ("confirmed", "arranging", "withdrawn"),
        RequestState.ALTERNATIVE_OFFERED: ("confirmed", "arranging", "withdrawn"),
        RequestState.CONFIRMED: ("arranging", "withdrawn"),
        RequestState.ON_THE_DAY: ("met", "partly_met", "not_delivered"),
    }.get(found.state, ("withdrawn",))
    return [{"value": each, "word": say(f"said.{each}")} for each in said]


def _details(found: AccessRequest) -> Sequence[Mapping[str, str]]:
    """Give the details that are not sealed, by their question."""
    params = vocabulary().term(found.code).params
    return [
        {"term": param.ask, "value": found.details[param.name]}
        for param in params
        if found.details.get(param.name)
    ]


def _clashes(found: AccessRequest, needs: Sequence[Need]) -> Sequence[str]:
    """Say, without names, what others or the person need that does not go with this, and how to settle it."""
    term = vocabulary().term(found.code)
    lines: dict[str, None] = {}
    for need in needs:
        other = vocabulary().term(need.code)
        if need.code not in term.conflicts_with or other.is_restricted:
            continue
        whose = "clash.own" if need.person_id == found.person_id else "clash.other"
        first, second = sorted((found.code, need.code))
        settle = SETTLE.get((first, second), TALK)
        lines[f"{say(whose, {'label': other.label})} {settle}"] = None
    return list(lines)
