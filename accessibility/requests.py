"""The life of one access request: its states, who may take which step, and what each step needs.

One table holds all of it. History is kept elsewhere; a step here says only where the request
stands next. Silence is never a yes: nobody but the person, or somebody who writes down what the
person said, can confirm.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from accessibility.errors import AccessibilityError
from accessibility.evidence import Evidence, Guard, missing
from accessibility.slack import working_days_between

RING_BEFORE_DAYS: Final = 3
"""No reply with so many working days left means that a human rings."""


class RequestState(StrEnum):
    """Name where a request stands, from first draft to closed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    ARRANGING = "arranging"
    ARRANGED = "arranged"
    ALTERNATIVE_OFFERED = "alternative_offered"
    CANNOT_MEET = "cannot_meet"
    CONFIRMED = "confirmed"
    ON_THE_DAY = "on_the_day"
    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_DELIVERED = "not_delivered"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Party(StrEnum):
    """Name who takes a step. A helper writes down what the person said, on paper or by phone."""

    PERSON = "person"
    HELPER = "helper"
    SYSTEM = "system"
    COORDINATOR = "coordinator"
    DIRECTOR = "director"
    FACILITATOR = "facilitator"


@dataclass(frozen=True, slots=True)
class Step:
    """One way from a state to the next: who may take it and what it needs."""

    before: RequestState
    after: RequestState
    by: frozenset[Party]
    needs: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a request stands after a step, and whether the person never said yes to the plan."""

    state: RequestState
    is_unconfirmed: bool = False


class IllegalStep(AccessibilityError):
    """Nobody, or not this party, may take a request from the one state to the other."""

    code = "illegal-step"

    def __init__(self, before: RequestState, after: RequestState, by: Party) -> None:
        super().__init__(f"{by} may not take a request from {before} to {after}")
        self.before, self.after, self.by = before, after, by


class MissingEvidence(IllegalStep):
    """The step may be taken, but something it needs has not been given."""

    code = "missing-evidence"

    def __init__(self, step: Step, by: Party, missing: tuple[Guard, ...]) -> None:
        super().__init__(step.before, step.after, by)
        self.missing = missing


CLOSED_STATES: Final = frozenset({RequestState.WITHDRAWN, RequestState.CLOSED})
OPEN_STATES: Final = frozenset(RequestState) - CLOSED_STATES
OUTCOMES: Final = (RequestState.MET, RequestState.PARTLY_MET, RequestState.NOT_DELIVERED)
ASKING: Final = frozenset({RequestState.ARRANGED, RequestState.ALTERNATIVE_OFFERED})
"""States in which the person has been asked whether the plan works for them."""
UNCONFIRMED_AT_START: Final = ASKING | {RequestState.ARRANGING}
"""States that the start of the meeting takes to *on the day*, flagged not confirmed."""
TO_ARRANGING: Final = frozenset(
    {
        RequestState.ACKNOWLEDGED,
        RequestState.ARRANGED,
        RequestState.ALTERNATIVE_OFFERED,
        RequestState.CANNOT_MEET,
        RequestState.CONFIRMED,
    }
)
"""States from which a coordinator may set about arranging, for the first time or again."""

SAID_NO_FROM: Final = ASKING | {RequestState.CONFIRMED}
"""States in which the person may say that the plan does not work for them: back to arranging."""

_THEIRS: Final = frozenset({Party.PERSON, Party.HELPER})
_SYSTEM: Final = frozenset({Party.SYSTEM})
_COORDINATOR: Final = frozenset({Party.COORDINATOR})
_DIRECTOR: Final = frozenset({Party.DIRECTOR})
_FACILITATOR: Final = frozenset({Party.FACILITATOR})


def _steps(
    before: Iterable[RequestState], after: RequestState, by: frozenset[Party], *needs: Guard
) -> tuple[Step, ...]:
    return tuple(Step(state, after, by, needs) for state in before)


def _table() -> tuple[Step, ...]:
    """Lay out every step there is, in the order of a request's life.

    A person's own view of the day may replace the facilitator's, never the other way round: the
    facilitator speaks only while the request is on the day. Where nobody ticked anything, what the
    person says afterwards is word enough that the day has been.
    """
    state, guard = RequestState, Guard
    open_states = sorted(OPEN_STATES)
    plan = (guard.NEXT_ACTION, guard.COST)
    return (
        *_steps([state.DRAFT], state.SUBMITTED, _THEIRS | _SYSTEM, guard.CONSENT, guard.RECEIPT),
        *_steps([state.SUBMITTED], state.ACKNOWLEDGED, _COORDINATOR, guard.OWNER),
        *_steps([state.SUBMITTED], state.ACKNOWLEDGED, _SYSTEM, guard.FULL_AUTO, guard.OWNER),
        *_steps(sorted(TO_ARRANGING), state.ARRANGING, _COORDINATOR, *plan),
        *_steps(sorted(SAID_NO_FROM), state.ARRANGING, _THEIRS, guard.NEXT_ACTION),
        *_steps([state.ACKNOWLEDGED, state.ARRANGING], state.ARRANGED, _COORDINATOR, guard.PROOF),
        *_steps([state.ARRANGING], state.ALTERNATIVE_OFFERED, _COORDINATOR, guard.DIFFERS),
        *_steps(
            [state.ARRANGING, state.ALTERNATIVE_OFFERED],
            state.CANNOT_MEET,
            _DIRECTOR,
            guard.REFUSAL,
        ),
        *_steps(sorted(ASKING), state.CONFIRMED, _THEIRS, guard.YES),
        *_steps([state.CONFIRMED], state.ON_THE_DAY, _FACILITATOR, guard.TICK_OR_NOTE),
        *_steps([state.CONFIRMED], state.ON_THE_DAY, _THEIRS, guard.STARTED),
        *_steps(sorted(UNCONFIRMED_AT_START), state.ON_THE_DAY, _SYSTEM, guard.STARTED),
        *(step for outcome in OUTCOMES for step in _outcome_steps(outcome)),
        *_steps(OUTCOMES, state.REVIEWED, _COORDINATOR, guard.FOLLOW_UP),
        *_steps([state.REVIEWED], state.CLOSED, _COORDINATOR),
        *_steps([state.CANNOT_MEET], state.CLOSED, _THEIRS | _DIRECTOR),
        *_steps(open_states, state.CLOSED, _SYSTEM, guard.CANCELLED),
        *_steps(open_states, state.WITHDRAWN, _THEIRS),
    )


def _outcome_steps(outcome: RequestState) -> tuple[Step, ...]:
    others = [other for other in OUTCOMES if other is not outcome]
    return (
        *_steps([RequestState.ON_THE_DAY], outcome, _THEIRS | _FACILITATOR),
        *_steps(others, outcome, _THEIRS),
    )


STEPS: Final = _table()
"""Every step there is. What is not in here cannot be done by anybody."""


def allowed_steps(state: RequestState, by: Party) -> tuple[Step, ...]:
    """List the steps this party may take from here, in the order of a request's life."""
    return tuple(step for step in STEPS if step.before is state and by in step.by)


def take(
    state: RequestState, to: RequestState, *, by: Party, given: Evidence | None = None
) -> Taken:
    """Take one step; raises IllegalStep, or MissingEvidence with the guards that do not hold."""
    steps = [step for step in allowed_steps(state, by) if step.after is to]
    if not steps:
        raise IllegalStep(state, to, by)
    lacking = missing(steps[0].needs, given or Evidence())
    if lacking:
        raise MissingEvidence(steps[0], by, lacking)
    is_start = to is RequestState.ON_THE_DAY and state in UNCONFIRMED_AT_START
    return Taken(to, is_unconfirmed=is_start)


def is_open(state: RequestState) -> bool:
    """Say whether anything can still happen to the request."""
    return state in OPEN_STATES


def must_ring(
    state: RequestState,
    today: date,
    meeting_day: date,
    holidays: Collection[date] = frozenset(),
    *,
    before: int = RING_BEFORE_DAYS,
) -> bool:
    """Say whether the person was asked, has not answered, and it is time that a human rings."""
    left = working_days_between(today, meeting_day, holidays)
    return state in ASKING and left <= before


_STATE_WORDS: Final[Mapping[RequestState, str]] = {
    RequestState.DRAFT: "You have not sent this yet",
    RequestState.SUBMITTED: "We have got this",
    RequestState.ACKNOWLEDGED: "Somebody is looking after this",
    RequestState.ARRANGING: "We are arranging this",
    RequestState.ARRANGED: "We have arranged this. Does it work for you?",
    RequestState.ALTERNATIVE_OFFERED: "We can offer something else. Does it work for you?",
    RequestState.CANNOT_MEET: "We are sorry, we cannot do this. We have told you why",
    RequestState.CONFIRMED: "This is arranged, and you said it works for you",
    RequestState.ON_THE_DAY: "This is planned for the day",
    RequestState.MET: "This was done",
    RequestState.PARTLY_MET: "Only a part of this was done",
    RequestState.NOT_DELIVERED: "This was not done. We are sorry",
    RequestState.REVIEWED: "We have looked at how this went",
    RequestState.WITHDRAWN: "You took this back",
    RequestState.CLOSED: "This is finished",
}


def state_words(state: RequestState) -> str:
    """Tell the participant where their request stands, in plain words."""
    return _STATE_WORDS[state]
