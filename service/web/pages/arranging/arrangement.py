"""One booking: who or what, for whom, what calling it off costs today, and the steps it can take."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import Field

from accessibility.bookings import STANDING, STEPS, ArrangementState
from accessibility.disclosure import Field as Shown
from accessibility.money import pounds
from scheduling.time import long_date
from service.actions import calling_off
from service.actions.booking import confirm
from service.actions.loose_ends import fee_on
from service.errors import Invalid, Refused
from service.storage.arrangements import Arrangement, arrangement_by_id
from service.storage.needs import AccessRequest
from service.storage.requests import requests_served_by
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.requests.booked import TONES, booked_facts
from service.web.pages.requests.money_boxes import MaybePence, typed_pounds
from service.web.pages.requests.queue import today_at
from service.web.reading import Form, Line, Lines, read_form, read_id, typed
from service.web.words import say

#: What a press does with a booking, before anybody is sent on.
Press = Callable[[web.Request], Awaitable[None]]


class Booked(Form):
    """The booking number, and what people are told."""

    reference: Annotated[Line, Field(max_length=200)] = ""
    words: Annotated[Lines, Field(max_length=2000)] = ""


class CalledOff(Form):
    """What people who count on it are told."""

    off_words: Annotated[Lines, Field(max_length=2000)] = ""


class Costs(Form):
    """What it is thought to cost, and what it did."""

    estimate: MaybePence = None
    actual: MaybePence = None


async def arrangement_page(request: web.Request) -> web.Response:
    """Show one booking."""
    return await page(request, "arrangements/arrangement.html", **await _facts(request))


def _press(done: str) -> Callable[[Press], Handler]:
    """Make a handler of one press: back to the booking, or shown again with what cannot be used."""

    def handler_of(act: Press) -> Handler:
        @wraps(act)
        async def handler(request: web.Request) -> web.StreamResponse:
            try:
                await act(request)
            except (Invalid, Refused) as problem:
                shown, facts = await typed(request), await _facts(request)
                return await again(
                    request, "arrangements/arrangement.html", problem, shown, **facts
                )
            return see_other(f"/arrangements/{read_id(request)}", done=done)

        return handler

    return handler_of


@_press("booked")
async def confirm_it(request: web.Request) -> None:
    """Write down the booking number."""
    form = await read_form(request, Booked)
    db, actor = request[DB], request[ACTOR]
    await confirm(db, actor, read_id(request), form.reference, form.words, now=request[NOW])


@_press("called-off")
async def call_it_off(request: web.Request) -> None:
    """Call it off."""
    form = await read_form(request, CalledOff)
    db, actor, id_ = request[DB], request[ACTOR], read_id(request)
    try:
        await calling_off.call_off(db, actor, id_, form.off_words, now=request[NOW])
    except Invalid as problem:
        raise Invalid({"off_words": "needed"}) from problem


@_press("booking-kept")
async def keep_it(request: web.Request) -> None:
    """Write down that it stands at the new time of the session."""
    await calling_off.keep_after_move(
        request[DB], request[ACTOR], read_id(request), now=request[NOW]
    )


@_press("booking-done")
async def finish_it(request: web.Request) -> None:
    """Write down that it was done."""
    await calling_off.finish(request[DB], request[ACTOR], read_id(request), now=request[NOW])


@_press("cost-saved")
async def note_cost(request: web.Request) -> None:
    """Write down what it costs."""
    form = await read_form(request, Costs)
    db, actor, id_ = request[DB], request[ACTOR], read_id(request)
    await calling_off.note_cost(db, actor, id_, form.estimate, form.actual, now=request[NOW])


async def _facts(request: web.Request) -> dict[str, Any]:
    db, actor = request[DB], request[ACTOR]
    found = await arrangement_by_id(db, actor, read_id(request))
    served = await requests_served_by(db, actor, [found.id])
    note_shown(request, Shown.ACTION_LINES, meeting_id=found.meeting_id, count=len(served))
    meeting, today = found.meeting, today_at(request).today
    has_begun = meeting.starts_at is not None and meeting.starts_at <= request[NOW]
    steps = STEPS[found.state]
    return {
        "title": say(f"todo.{found.code}"),
        "found": found,
        "tone": TONES[found.state],
        "state": say(f"booked.state-{found.state}"),
        "session": meeting.neutral_title,
        "day": long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else "",
        "facts": [
            each for each in booked_facts(found, today) if each["term"] != say("booked.state")
        ],
        "costs": _costs(found),
        "people": [_person(each) for each in served],
        "can_confirm": ArrangementState.BOOKED in steps,
        "can_call_off": ArrangementState.CALLED_OFF in steps and not has_begun,
        "can_finish": ArrangementState.DONE in steps and has_begun,
        "can_keep": found.state in STANDING and not has_begun,
        "call_off_words": _call_off_words(fee_on(found, today)),
        "estimate": typed_pounds(found.estimate_pence),
        "actual": typed_pounds(found.actual_pence),
    }


def _call_off_words(pence: int | None) -> str:
    """Say on the button what it costs to press it."""
    if pence is None:
        return say("arrangement.call-off-fee")
    return (
        say("arrangement.call-off-for", {"cost": pounds(pence)})
        if pence
        else say("arrangement.call-off")
    )


def _costs(found: Arrangement) -> list[dict[str, str]]:
    sums = (("estimate", found.estimate_pence), ("actual", found.actual_pence))
    return [
        {"term": say(f"cost.{name}"), "value": pounds(pence)}
        for name, pence in sums
        if pence is not None
    ]


def _person(request: AccessRequest) -> dict[str, Any]:
    return {
        "id": request.id,
        "name": request.person.chosen_name,
        "state": say(f"state.{request.state}"),
    }
