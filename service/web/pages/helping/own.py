"""The person's own pages about what helps them, behind their link."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from accessibility.consent import ConsentChannel, Purpose
from accessibility.requests import (
    ASKING,
    OUTCOMES,
    Party,
    RequestState,
    allowed_steps,
    is_open,
    state_words,
)
from scheduling.time import long_date
from service.actions.after_session import is_asked_of, is_over_for
from service.actions.arranging import answer_request
from service.actions.consenting import agreed, give_consents, lasting
from service.actions.requests import COMING
from service.errors import Invalid
from service.storage.needs import AccessRequest, Need, consents_of, needs_of
from service.storage.requests import requests_with_history
from service.vocabulary import vocabulary
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.guest.opening import path_of
from service.web.pages.helping.taking_back import (
    end_agreement,
    end_need,
    purpose_choices,
    told_details,
)
from service.web.pages.helping.telling import begin, go_on
from service.web.pages.helping.whose import day_words, guest_whose, is_coming_up
from service.web.reading import Form, read_form, read_id
from service.web.words import say

#: The answers a person can press, in order, with the code of the button's words.
ANSWERS = (
    (RequestState.CONFIRMED, "answer.yes"),
    (RequestState.ARRANGING, "answer.no"),
    (RequestState.MET, "answer.met"),
    (RequestState.PARTLY_MET, "answer.partly"),
    (RequestState.NOT_DELIVERED, "answer.not"),
)
#: States in which the coordinator's answer is still what holds.
SHOWS_ANSWER = frozenset(
    {
        RequestState.ARRANGING,
        RequestState.ARRANGED,
        RequestState.ALTERNATIVE_OFFERED,
        RequestState.CONFIRMED,
        RequestState.CANNOT_MEET,
        RequestState.ON_THE_DAY,
    }
)
#: States after which there is nothing left to take back.
AFTERWARDS = frozenset({*OUTCOMES, RequestState.REVIEWED, RequestState.ON_THE_DAY})


class Agreed(Form):
    """The purposes somebody ticked."""

    agree: tuple[Purpose, ...] = ()


class Answer(Form):
    """What somebody says about a request."""

    to: RequestState


async def overview(request: web.Request) -> web.Response:
    """Show what we know, and how far we are with each thing."""
    db, actor = request[DB], request[ACTOR]
    whose = await guest_whose(request)
    invitation = whose.own_invitation
    requests = await requests_with_history(db, actor, invitation.id)
    needs = await needs_of(db, actor, whose.person.id)
    words = {need.id for need in needs if need.has_words}
    asking = [each.id for each in requests if each.state in ASKING]
    holding = agreed(await consents_of(db, actor, whose.person.id), request[NOW])
    return await page(
        request,
        "helping/overview.html",
        title=say("help.title.overview"),
        cards=[
            _card(each, words, is_over=is_over_for(invitation, request[NOW]))
            for each in requests
            if _is_worth_showing(each)
        ],
        after=path_of(request, "after") if is_asked_of(invitation, request[NOW]) else "",
        needs=_need_rows(needs, requests),
        first_to_confirm=asking[0] if asking else None,
        is_coming=invitation.answer in COMING,
        is_open=is_coming_up(invitation, request[NOW]),
        has_agreed=bool(holding),
        day=day_words(invitation),
        **whose.facts,
    )


async def consent_page(request: web.Request) -> web.Response:
    """Show what we would like to be allowed, unticked, and what was agreed to already."""
    whose = await guest_whose(request)
    consents = await consents_of(request[DB], request[ACTOR], whose.person.id)
    holding, for_long = agreed(consents, request[NOW]), lasting(consents, request[NOW])
    return await page(
        request,
        "helping/consent.html",
        title=say("help.title.consent"),
        open_purposes=purpose_choices([each for each in Purpose if each not in for_long]),
        held_purposes=purpose_choices([each for each in Purpose if each in holding]),
        hint=_consent_hint(day_words(whose.own_invitation), is_kept=Purpose.KEEP in holding),
        **whose.facts,
    )


async def agree(request: web.Request) -> web.Response:
    """Write down what was ticked; nothing ticked is an answer too."""
    ticked = await read_form(request, Agreed)
    whose = await guest_whose(request)
    await give_consents(
        request[DB],
        request[ACTOR],
        whose.person.id,
        ticked.agree,
        channel=ConsentChannel.WEB,
        now=request[NOW],
    )
    return see_other(f"{whose.base}/tell")


async def take_back_agreement(request: web.Request) -> web.Response:
    """Take a consent back with one press."""
    whose = await guest_whose(request)
    return await end_agreement(request, whose, f"{whose.base}/consent")


async def tell_page(request: web.Request) -> web.Response:
    """Begin to say what would help."""
    return await begin(request, await guest_whose(request))


async def tell(request: web.Request) -> web.Response:
    """Take one page of what would help."""
    return await go_on(request, await guest_whose(request))


async def take_back(request: web.Request) -> web.Response:
    """Take one need back with one press."""
    return await end_need(request, await guest_whose(request))


async def answer(request: web.Request) -> web.Response:
    """Say whether what was arranged works, how it went, or that it is no longer needed."""
    said = await read_form(request, Answer)
    whose = await guest_whose(request)
    if said.to not in {to for to, _ in ANSWERS} | {RequestState.WITHDRAWN}:
        raise Invalid({"to": "not-a-choice"})
    request_id = read_id(request, "request")
    await answer_request(
        request[DB], request[ACTOR], request_id, said.to, channel="web", now=request[NOW]
    )
    return see_other(whose.base, done=f"answer-{said.to.replace('_', '-')}")


def _consent_hint(day: str, *, is_kept: bool) -> str:
    if is_kept or not day:
        return say("help.hint.consent-more")
    return say("help.hint.consent", {"day": day})


def _is_worth_showing(request: AccessRequest) -> bool:
    return is_open(request.state) or request.state is RequestState.CLOSED


def _card(
    request: AccessRequest, with_words: Collection[UUID], *, is_over: bool
) -> Mapping[str, Any]:
    term = vocabulary().term(request.code)
    steps = {step.after for step in allowed_steps(request.state, Party.PERSON)}
    steps -= {RequestState.CONFIRMED, RequestState.ARRANGING} if is_over else set()
    return {
        "id": request.id,
        "need_id": request.need_id,
        "has_words": request.need_id in with_words,
        "details": told_details(term, request.details),
        "label": term.label,
        "state": request.state.value,
        "words": state_words(request.state),
        "answer": request.answer_words if request.state in SHOWS_ANSWER else "",
        "answers": [{"to": to.value, "word": say(code)} for to, code in ANSWERS if to in steps],
        "can_withdraw": RequestState.WITHDRAWN in steps and request.state not in AFTERWARDS,
        "refusal": _refusal(request) if request.state is RequestState.CANNOT_MEET else [],
    }


def _refusal(request: AccessRequest) -> Sequence[Mapping[str, str]]:
    """Give what a director put down, all but what it would have cost: no person sees a price."""
    said = request.steps[-1].evidence
    review = long_date(datetime.fromisoformat(f"{said['review_on']}T12:00+00:00"), "UTC")
    return [
        {"term": say("answer.reason"), "value": say(f"cannot.{said['reason']}")},
        {"term": say("answer.tried"), "value": said["tried"]},
        {"term": say("answer.review"), "value": review},
        {"term": say("answer.complain"), "value": said["complain"]},
    ]


def _need_rows(
    needs: Sequence[Need], requests: Sequence[AccessRequest]
) -> Sequence[Mapping[str, Any]]:
    """Give each standing need, and whether it is looked after in a request of its own."""
    asked = {request.need_id for request in requests if _is_worth_showing(request)}
    rows = []
    for need in needs:
        term = vocabulary().term(need.code)
        rows.append(
            {
                "id": need.id,
                "label": term.label,
                "what": term.what_we_do,
                "details": told_details(term, need.details),
                "has_words": need.has_words,
                "is_asked": need.id in asked,
            }
        )
    return rows
