"""The steps staff take with a request: each one form, one action, and back to the request."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, BeforeValidator, Field

from accessibility.evidence import CannotReason, Refusal
from accessibility.requests import RequestState
from scheduling.text import clean
from service.actions import arranging
from service.actions.arranging import NextStep
from service.errors import Invalid, Refused
from service.web.answers import see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.requests.one import show_again
from service.web.reading import Form, Line, Lines, read_form, read_id

#: Nobody here books anything dearer, and nothing larger is a number of pence we can keep.
MOST_POUNDS = 1_000_000


def _needed(text: str) -> str:
    if not text:
        raise ValueError("needed")
    return text


def _pence(value: object) -> object:
    """Read pounds, such as "£12.50", as pence."""
    if not isinstance(value, str):
        return value
    try:
        pounds = Decimal(clean(value).removeprefix("£").replace(",", "").strip())
    except InvalidOperation as error:
        raise ValueError("not-money") from error
    if not pounds.is_finite() or not 0 <= pounds <= MOST_POUNDS:
        raise ValueError("not-money")
    return int(pounds * 100)


Needed = Annotated[Line, Field(max_length=500), AfterValidator(_needed)]
NeededLines = Annotated[Lines, Field(max_length=2000), AfterValidator(_needed)]


class Plan(Form):
    """What happens next."""

    next_step: Needed
    next_step_on: date
    cost: Annotated[int, BeforeValidator(_pence)]


class Arranged(Form):
    """That it is arranged: what shows it, and what the person reads."""

    proof: Needed
    words: NeededLines


class Offered(Form):
    """What else is offered."""

    differs: NeededLines


class Passed(Form):
    """What was tried before a director is asked."""

    tried: NeededLines


class GivenBack(Form):
    """What a director asks the coordinator to try."""

    try_this: NeededLines


class Cannot(Form):
    """The six things a director puts down."""

    reason: CannotReason
    tried: NeededLines
    cost_against_budget: NeededLines
    offered_instead: NeededLines
    review_on: date
    how_to_complain: NeededLines


class Reviewed(Form):
    """What follows from how it went."""

    follow_up: NeededLines


class Said(Form):
    """What the person said to somebody at the desk."""

    to: RequestState
    channel: Annotated[str, Field(pattern="^(phone|paper|helper)$")]


async def take_on(request: web.Request) -> web.Response:
    """Take a request on."""
    return await _step(request, _take_on, "taken-on")


async def set_next_step(request: web.Request) -> web.Response:
    """Say what happens next."""
    return await _step(request, _set_next_step, "next-step")


async def set_arranged(request: web.Request) -> web.Response:
    """Say that it is arranged."""
    return await _step(request, _set_arranged, "arranged")


async def offer(request: web.Request) -> web.Response:
    """Offer something else."""
    return await _step(request, _offer, "offered")


async def pass_on(request: web.Request) -> web.Response:
    """Put it before a director."""
    return await _step(request, _pass_on, "passed")


async def cannot(request: web.Request) -> web.Response:
    """Decide that it cannot be done."""
    return await _step(request, _cannot, "cannot")


async def give_back(request: web.Request) -> web.Response:
    """Give it back to the coordinator."""
    return await _step(request, _give_back, "given-back")


async def review(request: web.Request) -> web.Response:
    """Look back at it."""
    return await _step(request, _review, "reviewed")


async def answer(request: web.Request) -> web.Response:
    """Write down what the person said."""
    return await _step(request, _answer, "answered")


async def _step(
    request: web.Request, act: Callable[[web.Request], Awaitable[None]], done: str
) -> web.Response:
    """Take one step; what cannot be used is shown again, with nothing changed."""
    try:
        await act(request)
    except (Invalid, Refused) as problem:
        return await show_again(request, problem)
    is_given_away = done == "given-back"
    return see_other("/requests" if is_given_away else f"/requests/{read_id(request)}", done=done)


async def _take_on(request: web.Request) -> None:
    await arranging.take_on(request[DB], request[ACTOR], read_id(request), now=request[NOW])


async def _set_next_step(request: web.Request) -> None:
    plan = await read_form(request, Plan)
    if plan.next_step_on < request[NOW].date():
        raise Invalid({"next_step_on": "date-has-passed"})
    step = NextStep(plan.next_step, plan.next_step_on, plan.cost)
    await arranging.set_next_step(
        request[DB], request[ACTOR], read_id(request), step, now=request[NOW]
    )


async def _set_arranged(request: web.Request) -> None:
    form = await read_form(request, Arranged)
    await arranging.set_arranged(
        request[DB], request[ACTOR], read_id(request), form.proof, form.words, now=request[NOW]
    )


async def _offer(request: web.Request) -> None:
    form = await read_form(request, Offered)
    await arranging.offer_something_else(
        request[DB], request[ACTOR], read_id(request), form.differs, now=request[NOW]
    )


async def _pass_on(request: web.Request) -> None:
    form = await read_form(request, Passed)
    await arranging.pass_to_director(
        request[DB], request[ACTOR], read_id(request), form.tried, now=request[NOW]
    )


async def _cannot(request: web.Request) -> None:
    form = await read_form(request, Cannot)
    if form.review_on < request[NOW].date():
        raise Invalid({"review_on": "date-has-passed"})
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


async def _give_back(request: web.Request) -> None:
    form = await read_form(request, GivenBack)
    await arranging.give_back(
        request[DB], request[ACTOR], read_id(request), form.try_this, now=request[NOW]
    )


async def _review(request: web.Request) -> None:
    form = await read_form(request, Reviewed)
    await arranging.review(
        request[DB], request[ACTOR], read_id(request), form.follow_up, now=request[NOW]
    )


async def _answer(request: web.Request) -> None:
    said = await read_form(request, Said)
    await arranging.answer_request(
        request[DB],
        request[ACTOR],
        read_id(request),
        said.to,
        channel=said.channel,
        now=request[NOW],
    )
