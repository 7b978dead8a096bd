"""The steps staff take with a request: each one form, one action, and back to the request."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import AfterValidator, Field

from accessibility.evidence import CannotReason, Refusal
from accessibility.requests import RequestState
from service.actions import arranging, calling_off
from service.actions.arranging import NextStep
from service.errors import Invalid, Refused
from service.web.answers import see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.requests.money_boxes import MaybePence, Pence
from service.web.pages.requests.one import show_again
from service.web.reading import Day, Form, Line, Lines, read_form, read_id

#: What a step does with a request, before anybody is sent on.
Step = Callable[[web.Request], Awaitable[None]]


def _needed(text: str) -> str:
    if not text:
        raise ValueError("needed")
    return text


Needed = Annotated[Line, Field(max_length=500), AfterValidator(_needed)]
NeededLines = Annotated[Lines, Field(max_length=2000), AfterValidator(_needed)]


class Plan(Form):
    """What happens next."""

    next_step: Needed
    next_step_on: Day
    cost: Pence


class Arranged(Form):
    """That it is arranged: what shows it, and what the person reads."""

    proof: Needed
    words: NeededLines


class Offered(Form):
    """What else is offered."""

    differs: NeededLines


class Passed(Form):
    """What was tried before a director is asked; one press is enough."""

    tried: Annotated[Lines, Field(max_length=2000)] = ""


class Costs(Form):
    """What it is thought to cost, and what it did."""

    estimate: MaybePence = None
    actual: MaybePence = None


class GivenBack(Form):
    """What a director asks the coordinator to try."""

    try_this: NeededLines


class Cannot(Form):
    """The six things a director puts down."""

    reason: CannotReason
    tried: NeededLines
    cost_against_budget: NeededLines
    offered_instead: NeededLines
    review_on: Day
    how_to_complain: NeededLines


class Reviewed(Form):
    """What follows from how it went."""

    follow_up: NeededLines


class Said(Form):
    """What the person said to somebody at the desk."""

    to: RequestState
    channel: Annotated[str, Field(pattern="^(phone|paper|helper)$")]


def _step(done: str, *, to: str = "") -> Callable[[Step], Handler]:
    """Make a handler of one step: back to the request, or shown again with what cannot be used."""

    def handler_of(act: Step) -> Handler:
        @wraps(act)
        async def handler(request: web.Request) -> web.StreamResponse:
            try:
                await act(request)
            except (Invalid, Refused) as problem:
                return await show_again(request, problem)
            return see_other(to or f"/requests/{read_id(request)}", done=done)

        return handler

    return handler_of


@_step("taken-on")
async def take_on(request: web.Request) -> None:
    """Take a request on."""
    await arranging.take_on(request[DB], request[ACTOR], read_id(request), now=request[NOW])


@_step("next-step")
async def set_next_step(request: web.Request) -> None:
    """Say what happens next."""
    plan = await read_form(request, Plan)
    step = NextStep(plan.next_step, plan.next_step_on, plan.cost)
    await arranging.set_next_step(
        request[DB], request[ACTOR], read_id(request), step, now=request[NOW]
    )


@_step("arranged")
async def set_arranged(request: web.Request) -> None:
    """Say that it is arranged."""
    form = await read_form(request, Arranged)
    await arranging.set_arranged(
        request[DB], request[ACTOR], read_id(request), form.proof, form.words, now=request[NOW]
    )


@_step("offered")
async def offer(request: web.Request) -> None:
    """Offer something else."""
    form = await read_form(request, Offered)
    await arranging.offer_something_else(
        request[DB], request[ACTOR], read_id(request), form.differs, now=request[NOW]
    )


@_step("passed")
async def pass_on(request: web.Request) -> None:
    """Put it before a director."""
    form = await read_form(request, Passed)
    await arranging.pass_to_director(
        request[DB], request[ACTOR], read_id(request), form.tried, now=request[NOW]
    )


@_step("cost-saved")
async def note_cost(request: web.Request) -> None:
    """Write down what it costs."""
    form = await read_form(request, Costs)
    db, actor, id_ = request[DB], request[ACTOR], read_id(request)
    await arranging.note_cost(db, actor, id_, form.estimate, form.actual, now=request[NOW])


@_step("left-booking")
async def leave_booking(request: web.Request) -> None:
    """Take it off its booking."""
    await calling_off.leave(request[DB], request[ACTOR], read_id(request), now=request[NOW])


@_step("cannot")
async def cannot(request: web.Request) -> None:
    """Decide that it cannot be done."""
    form = await read_form(request, Cannot)
    refusal = Refusal(
        reason=form.reason,
        tried=form.tried,
        offered_instead=form.offered_instead,
        cost_against_budget=form.cost_against_budget,
        review_on=form.review_on,
        how_to_complain=form.how_to_complain,
    )
    await arranging.decide_cannot(
        request[DB], request[ACTOR], read_id(request), refusal, now=request[NOW]
    )


@_step("given-back", to="/requests")
async def give_back(request: web.Request) -> None:
    """Give it back to the coordinator."""
    form = await read_form(request, GivenBack)
    await arranging.give_back(
        request[DB], request[ACTOR], read_id(request), form.try_this, now=request[NOW]
    )


@_step("reviewed")
async def review(request: web.Request) -> None:
    """Look back at it."""
    form = await read_form(request, Reviewed)
    await arranging.review(
        request[DB], request[ACTOR], read_id(request), form.follow_up, now=request[NOW]
    )


@_step("answered")
async def answer(request: web.Request) -> None:
    """Write down what the person said."""
    said = await read_form(request, Said)
    await arranging.answer_request(
        request[DB],
        request[ACTOR],
        read_id(request),
        said.to,
        channel=said.channel,
        now=request[NOW],
    )
