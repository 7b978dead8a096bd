"""What falls due with time while something is arranged for somebody, and after a session.

Days are working days, and the day itself counts as none. Nothing here moves a request: when a day passes
a human is told, or a message goes out. Silence is never a yes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from accessibility.requests import ASKING, RequestState, is_open
from accessibility.service_times import ServiceTimes
from accessibility.slack import is_working_day, working_days_between

#: So many working days before what was kept is due for review, somebody is asked to talk about it.
REVIEW_AHEAD: Final = 15

_NOBODY_OFF: Final[Collection[date]] = frozenset()
_ONE_DAY: Final = timedelta(days=1)


class DueKind(StrEnum):
    """Name what falls due."""

    RECEIPT = "request_receipt"
    REPLY = "request_reply"
    PLAN = "request_plan"
    AMBER = "request_amber"
    RED = "request_red"
    ESCALATE = "request_escalate"
    RING = "request_ring"
    APOLOGY = "apology"
    FEEDBACK = "feedback_ask"
    CHECK_IN = "check_in"
    REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that has fallen due: since which day, and by which day it is to be done.

    `once` stays the same however often and whenever it is asked for, so that it is done once.
    """

    kind: DueKind
    on: date
    by: date
    once: str


#: Nothing is booked or offered yet, and the next move is ours.
UNBOOKED: Final = frozenset(
    {RequestState.SUBMITTED, RequestState.ACKNOWLEDGED, RequestState.ARRANGING}
)
#: Nobody has said yet what will be done.
UNPLANNED: Final = frozenset({RequestState.SUBMITTED, RequestState.ACKNOWLEDGED})
#: An apology is owed.
WENT_WRONG: Final = frozenset({RequestState.PARTLY_MET, RequestState.NOT_DELIVERED})


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What must be known of one request to say what falls due.

    `asking` names the moment at which it was asked for, together with whatever was asked for at that same
    moment; `steps` counts the steps it has taken and `since` is the day of the last. `wants_receipt`: the
    person asked without one of us being there, so they do not know yet that it has arrived. `has_escalated`: a
    director has heard of it.
    """

    id: str
    invitation: str
    state: RequestState
    lead_days: int
    asking: str
    asked_on: date
    since: date
    steps: int
    meeting_day: date
    wants_receipt: bool = True
    has_escalated: bool = False


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What must be known of one person's part in one session that is over.

    `unhappy_on` is the day on which they said that they could not take part as they wanted.
    """

    invitation: str
    day: date
    took_part: bool = False
    asked_for_something: bool = False
    has_answered: bool = False
    wants_check_in: bool = False
    unhappy_on: date | None = None


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """What a person lets us keep, and the first day on which any of it must have been reviewed."""

    person: str
    review_on: date


def due(
    facts: RequestFacts,
    today: date,
    times: ServiceTimes,
    holidays: Collection[date] = _NOBODY_OFF,
) -> tuple[Due, ...]:
    """Give all that has fallen due for a request by today, as long as it stands where it stands.

    What has fallen due stays so: asking later gives the same and perhaps more. Nothing falls due for what
    is withdrawn or closed.
    """
    if not is_open(facts.state):
        return ()
    days = _Days(facts, times, holidays)
    return tuple(each for each in days.all() if each.on <= today)


def due_after(
    facts: VisitFacts,
    today: date,
    times: ServiceTimes,
    holidays: Collection[date] = _NOBODY_OFF,
) -> tuple[Due, ...]:
    """Give all that has fallen due by today because somebody was, or should have been, at a session."""
    found: list[Due] = []
    if facts.wants_check_in:
        by = _later(facts.day, times.check_in, holidays)
        found.append(Due(DueKind.CHECK_IN, facts.day, by, f"check_in|{facts.invitation}"))
    if (facts.took_part or facts.asked_for_something) and not facts.has_answered:
        on = _later(facts.day, 1, holidays)
        by = _later(facts.day, times.feedback, holidays)
        found.append(Due(DueKind.FEEDBACK, on, by, f"feedback_ask|{facts.invitation}"))
    if facts.unhappy_on is not None:
        found.append(_apology(facts.invitation, facts.unhappy_on, times, holidays))
    return tuple(each for each in found if each.on <= today)


def due_review(
    facts: KeptFacts, today: date, holidays: Collection[date] = _NOBODY_OFF
) -> tuple[Due, ...]:
    """Say whether it is time by today to ask a person whether what they told us still holds."""
    on = _first_day_with(REVIEW_AHEAD, facts.review_on, holidays)
    once = f"{DueKind.REVIEW}|{facts.person}|{facts.review_on.isoformat()}"
    return (Due(DueKind.REVIEW, on, facts.review_on, once),) if on <= today else ()


@dataclass(frozen=True, slots=True)
class _Days:
    """The days on which something falls due for one request, in its present state."""

    facts: RequestFacts
    times: ServiceTimes
    holidays: Collection[date]

    def all(self) -> tuple[Due, ...]:
        """Give every due of this state, whenever it is, in the order of what is gravest last."""
        facts, found = self.facts, list[Due]()
        if facts.state in UNPLANNED and facts.wants_receipt:
            once = f"{DueKind.RECEIPT}|{facts.invitation}|{facts.asking}"
            found.append(Due(DueKind.RECEIPT, facts.asked_on, facts.asked_on, once))
        if facts.state is RequestState.SUBMITTED:
            found.append(self._due(DueKind.REPLY, self._reply()))
        if facts.state in UNPLANNED:
            found.append(self._due(DueKind.PLAN, self._plan()))
        if facts.state in UNBOOKED:
            found.extend(self._unbooked())
        if facts.state in ASKING:
            on = self._with_left(self.times.confirm)
            found.append(self._due(DueKind.RING, on, more=str(facts.steps)))
        if facts.state in WENT_WRONG:
            found.append(_apology(facts.invitation, facts.since, self.times, self.holidays))
        return tuple(found)

    def _unbooked(self) -> tuple[Due, ...]:
        """Give amber, unless it is red at once; red; and the day when a director hears of it."""
        amber = self._with_left(self.facts.lead_days + self.times.amber)
        red = self._with_left(self.facts.lead_days + self.times.red)
        soon = (self._due(DueKind.AMBER, amber),) if amber < red else ()
        known = self._due(DueKind.RED, red)
        if self.facts.has_escalated:
            return (*soon, known)
        return (*soon, known, self._due(DueKind.ESCALATE, min(red, self._half_gone())))

    def _reply(self) -> date:
        asked = self.facts.asked_on
        left = working_days_between(asked, self.facts.meeting_day, self.holidays)
        return asked if left < self.times.soon else _later(asked, self.times.reply, self.holidays)

    def _plan(self) -> date:
        usual = _later(self.facts.asked_on, self.times.plan, self.holidays)
        return min(usual, self._with_left(1))

    def _half_gone(self) -> date:
        """Give the day when half the notice has gone by since it was asked for, and a plan was due."""
        half = -(-self.facts.lead_days // 2)
        return max(_later(self.facts.asked_on, half, self.holidays), self._plan())

    def _with_left(self, left: int) -> date:
        """Give the first day with so few working days left, but not before it was asked for."""
        day = _first_day_with(left, self.facts.meeting_day, self.holidays)
        return max(self.facts.asked_on, day)

    def _due(self, kind: DueKind, on: date, *, more: str = "") -> Due:
        once = "|".join(filter(None, (kind.value, self.facts.id, more)))
        return Due(kind, on, on, once)


def _apology(invitation: str, since: date, times: ServiceTimes, holidays: Collection[date]) -> Due:
    """Owe one apology for one session, however many things went wrong."""
    by = _later(since, times.apology, holidays)
    return Due(DueKind.APOLOGY, since, by, f"{DueKind.APOLOGY}|{invitation}")


def _later(day: date, working_days: int, holidays: Collection[date]) -> date:
    """Give the working day so many after a day; the day itself for none."""
    return _counted_on(day, working_days, frozenset(holidays))


@lru_cache(maxsize=4096)
def _counted_on(day: date, working_days: int, holidays: frozenset[date]) -> date:
    for _ in range(working_days):
        day += _ONE_DAY
        while not is_working_day(day, holidays):
            day += _ONE_DAY
    return day


def _first_day_with(left: int, day: date, holidays: Collection[date]) -> date:
    """Give the first day with no more than so many working days left before the day."""
    return _counted_back(left, day, frozenset(holidays))


@lru_cache(maxsize=4096)
def _counted_back(left: int, day: date, holidays: frozenset[date]) -> date:
    first = day
    while left >= 0:
        before = first - _ONE_DAY
        left -= is_working_day(before, holidays)
        if left >= 0:
            first = before
    return first
