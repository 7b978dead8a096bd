"""Answering access requests: taking them on, arranging, offering something else, deciding what cannot be.

Only a director decides that something cannot be done, and puts down why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from accessibility.evidence import Evidence, Guard, Refusal
from accessibility.requests import (
    IllegalStep,
    MissingEvidence,
    Party,
    RequestState,
    allowed_steps,
    is_open,
)
from service.actions.apologising import owe_apology
from service.actions.dating import day_at
from service.actions.permissions import Permission, may, require
from service.actions.request_telling import raise_request_task, tell_of_answer
from service.actions.requests import Move, move, settle_tasks
from service.actor import Actor, Door
from service.errors import Invalid, NotFound, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.needs import AccessRequest
from service.storage.queue import TO_DIRECTOR
from service.storage.requests import request_to_change

#: States a coordinator may put before a director. What cannot be done they decide of the last two only.
PASSABLE: Final = frozenset(
    {
        RequestState.SUBMITTED,
        RequestState.ACKNOWLEDGED,
        RequestState.ARRANGING,
        RequestState.ALTERNATIVE_OFFERED,
    }
)
#: States in which an apology is owed within a working day.
APOLOGY_FOR: Final = frozenset({RequestState.PARTLY_MET, RequestState.NOT_DELIVERED})
FIELD_OF: Final[Mapping[Guard, str]] = {
    Guard.OWNER: "form",
    Guard.NEXT_ACTION: "next_step",
    Guard.COST: "cost",
    Guard.PROOF: "proof",
    Guard.DIFFERS: "differs",
    Guard.REFUSAL: "tried",
    Guard.FOLLOW_UP: "follow_up",
}
ASK_AGAIN = "Ask what would work instead"
DIRECTOR_DECIDES = "A director decides"
FIND_ANOTHER = "Find somebody else: what was booked is off"

_C: Final = Party.COORDINATOR


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens next with a request, on which day, and what it is thought to cost."""

    words: str
    on: date
    cost_pence: int


async def take_on(db: Db, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """Take a request on, new or from a colleague: the actor looks after it from now."""
    request = await _to_arrange(db, actor, request_id)
    if not is_open(request.state):
        raise Refused("request-moved-on")
    request.owner_id = actor.person_id
    if request.state is RequestState.SUBMITTED:
        given = Evidence(owner=str(actor.person_id))
        await _move(db, actor, request, Move(RequestState.ACKNOWLEDGED, _C, given), now=now)
    else:
        record(db, actor, "request.taken_on", request, now=now, owner=actor.person_id)


async def set_next_step(
    db: Db, actor: Actor, request_id: UUID, step: NextStep, *, now: datetime
) -> None:
    """Say what happens next, today or later; the request is then being arranged."""
    request = await _to_arrange(db, actor, request_id)
    here = await day_at(db, actor.organisation_id, now)
    if step.on < here.today:
        raise Invalid({"next_step_on": "date-has-passed"})
    given = Evidence(next_action=step.words, next_action_on=step.on, cost_pence=step.cost_pence)
    facts = {"next": step.words, "on": step.on.isoformat(), "cost_pence": str(step.cost_pence)}
    if request.state is RequestState.ARRANGING:
        record(db, actor, "request.next_step", request, now=now, on=step.on)
    else:
        arranging = Move(RequestState.ARRANGING, _C, given, facts)
        await _move(db, actor, request, arranging, now=now)
        request.answer_words = ""
    request.next_step, request.next_step_on = step.words, step.on
    request.owner_id = request.owner_id or actor.person_id
    if request.arrangement_id is None:
        request.estimate_pence = step.cost_pence


async def set_arranged(
    db: Db, actor: Actor, request_id: UUID, proof: str, words: str, *, now: datetime
) -> None:
    """Say that it is arranged: what proves it, and what the person reads."""
    request = await _to_arrange(db, actor, request_id)
    facts = {"proof": proof, "answer": words}
    arranged = Move(RequestState.ARRANGED, _C, Evidence(proof=proof), facts)
    await _answer(db, actor, request, arranged, now=now)


async def offer_something_else(
    db: Db, actor: Actor, request_id: UUID, differs: str, *, now: datetime
) -> None:
    """Offer something else; what differs is what the person reads."""
    request = await _to_arrange(db, actor, request_id)
    facts = {"answer": differs}
    offered = Move(RequestState.ALTERNATIVE_OFFERED, _C, Evidence(differs=differs), facts)
    await _answer(db, actor, request, offered, now=now)


async def pass_to_director(
    db: Db, actor: Actor, request_id: UUID, tried: str, *, now: datetime
) -> None:
    """Put a request before a director, with what was tried; the coordinator goes on looking after it."""
    request = await _to_arrange(db, actor, request_id)
    if request.state not in PASSABLE:
        raise Refused("request-moved-on")
    await settle_tasks(db, request)
    here = await day_at(db, actor.organisation_id, now)
    request.next_step, request.next_step_on = DIRECTOR_DECIDES, here.next_working_day
    request.escalated_at = now
    raise_request_task(db, request, TO_DIRECTOR, now=now, words=tried)
    record(db, actor, "request.passed", request, now=now, code=request.code)


async def decide_cannot(
    db: Db, actor: Actor, request_id: UUID, refusal: Refusal, *, now: datetime
) -> None:
    """Decide, as a director, that it cannot be done, with all six things that must be put down."""
    request = await _to_decide(db, actor, request_id)
    if refusal.review_on < (await day_at(db, actor.organisation_id, now)).today:
        raise Invalid({"review_on": "date-has-passed"})
    facts = {
        "reason": refusal.reason.value,
        "tried": refusal.tried,
        "cost": refusal.cost_against_budget,
        "answer": refusal.offered_instead,
        "review_on": refusal.review_on.isoformat(),
        "complain": refusal.how_to_complain,
    }
    cannot = Move(RequestState.CANNOT_MEET, Party.DIRECTOR, Evidence(refusal=refusal), facts)
    await _answer(db, actor, request, cannot, now=now)


async def give_back(db: Db, actor: Actor, request_id: UUID, words: str, *, now: datetime) -> None:
    """Give a request back to the coordinator, as a director, with what to try."""
    request = await _to_decide(db, actor, request_id)
    if request.state not in PASSABLE:
        raise Refused("request-moved-on")
    await settle_tasks(db, request)
    here = await day_at(db, actor.organisation_id, now)
    request.next_step, request.next_step_on = words, here.next_working_day
    raise_request_task(db, request, "request_given_back", now=now, words=words)
    record(db, actor, "request.given_back", request, now=now, code=request.code)


async def review(db: Db, actor: Actor, request_id: UUID, follow_up: str, *, now: datetime) -> None:
    """Look back at how it went, and close the request."""
    request = await _to_arrange(db, actor, request_id)
    facts = {"follow_up": follow_up}
    looked = Move(RequestState.REVIEWED, _C, Evidence(follow_up=follow_up), facts)
    await _move(db, actor, request, looked, now=now)
    await _move(db, actor, request, Move(RequestState.CLOSED, _C), now=now)


async def answer_request(
    db: Db, actor: Actor, request_id: UUID, to: RequestState, *, channel: str, now: datetime
) -> None:
    """Take a step that is the person's own: by themselves, or written down by who answers for them.

    Yes confirms; no goes back to arranging, without what was booked, and asks the coordinator to find out
    what would work; the rest withdraws it, or says how it went.
    """
    request = await _own(db, actor, request_id)
    by = Party.PERSON if actor.door is Door.GUEST else Party.HELPER
    on = (await day_at(db, actor.organisation_id, now)).next_working_day
    given = Evidence(yes_by=channel, next_action=ASK_AGAIN, next_action_on=on)
    await _move(db, actor, request, Move(to, by, given, {"channel": channel}), now=now)
    if to is RequestState.ARRANGING:
        request.next_step, request.next_step_on = ASK_AGAIN, on
        request.answer_words, request.arrangement_id = "", None
        raise_request_task(db, request, "request_no", now=now)
    if to in APOLOGY_FOR:
        await owe_apology(db, request, request.invitation_id, now=now)


async def note_cost(
    db: Db,
    actor: Actor,
    request_id: UUID,
    estimate: int | None,
    actual: int | None,
    *,
    now: datetime,
) -> None:
    """Write down what a request that has no booking is thought to cost, and what it did."""
    request = await _to_arrange(db, actor, request_id)
    if request.arrangement_id is not None:
        raise Refused("already-booked")
    request.estimate_pence, request.actual_pence = estimate, actual
    record(db, actor, "request.cost", request, now=now)


async def begin_again(
    db: Db, actor: Actor, request: AccessRequest, answer: str, *, now: datetime
) -> None:
    """Go back to arranging because what was booked is off, and tell the person so in these words.

    For an open request that is loaded with person and meeting; one that was never arranged stays where it is.
    """
    on = (await day_at(db, actor.organisation_id, now)).next_working_day
    request.arrangement_id = None
    request.next_step, request.next_step_on = FIND_ANOTHER, on
    if RequestState.ARRANGING not in steps_for(actor, request):
        return
    given = Evidence(next_action=FIND_ANOTHER, next_action_on=on, cost_pence=0)
    facts = {"next": FIND_ANOTHER, "on": on.isoformat(), "answer": answer}
    await _move(db, actor, request, Move(RequestState.ARRANGING, _C, given, facts), now=now)
    request.answer_words = answer
    await tell_of_answer(db, request, now=now)


def steps_for(actor: Actor, request: AccessRequest) -> frozenset[RequestState]:
    """List the states a member of staff may take a request to, by all the roles they hold."""
    parties = [_C] if may(actor, Permission.ARRANGE) else []
    if may(actor, Permission.DECIDE_CANNOT):
        parties.append(Party.DIRECTOR)
    return frozenset(
        step.after for party in parties for step in allowed_steps(request.state, party)
    )


async def _to_arrange(db: Db, actor: Actor, request_id: UUID) -> AccessRequest:
    require(actor, Permission.ARRANGE)
    return await request_to_change(db, actor, request_id)


async def _to_decide(db: Db, actor: Actor, request_id: UUID) -> AccessRequest:
    require(actor, Permission.DECIDE_CANNOT)
    return await request_to_change(db, actor, request_id)


async def _own(db: Db, actor: Actor, request_id: UUID) -> AccessRequest:
    """Load a request whose person the actor is, or may answer for; a link opens its invitation only."""
    if actor.door is not Door.GUEST:
        require(actor, Permission.ANSWER_FOR)
        return await request_to_change(db, actor, request_id)
    require(actor, Permission.OWN_INVITATION)
    request = await request_to_change(db, actor, request_id)
    if request.invitation_id != actor.invitation_id:
        raise NotFound
    return request


async def _move(db: Db, actor: Actor, request: AccessRequest, step: Move, *, now: datetime) -> None:
    """Take the step, in the words of errors that pages know; its tasks are settled."""
    try:
        move(db, actor, request, step, now=now)
    except MissingEvidence as error:
        raise Invalid({FIELD_OF.get(guard, "form"): "needed" for guard in error.missing}) from error
    except IllegalStep as error:
        raise Refused("request-moved-on") from error
    await settle_tasks(db, request)


async def _answer(
    db: Db, actor: Actor, request: AccessRequest, step: Move, *, now: datetime
) -> None:
    """Take a step the person should know of; a mail says that there is news, or a human does."""
    await _move(db, actor, request, step, now=now)
    request.answer_words = step.facts["answer"]
    request.next_step, request.next_step_on = "", None
    await tell_of_answer(db, request, now=now)
