"""What was booked or done for one or more requests: its states, whom it serves, what calling it off costs.

Nothing here knows who asked, what it is called or where it is kept. Money is in whole pence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from accessibility.errors import AccessibilityError
from accessibility.terms import Term


class ArrangementState(StrEnum):
    """Say where something arranged stands."""

    PLANNED = "planned"
    BOOKED = "booked"
    DONE = "done"
    CALLED_OFF = "called_off"


class IllegalBooking(AccessibilityError):
    """Something arranged cannot go from the one state to the other."""

    code = "illegal-booking"

    def __init__(self, before: ArrangementState, after: ArrangementState) -> None:
        super().__init__(f"what is {before} cannot become {after}")
        self.before, self.after = before, after


class NoReference(IllegalBooking):
    """Nothing is booked without a booking number, or another proof."""

    code = "no-reference"


STEPS: Final[Mapping[ArrangementState, frozenset[ArrangementState]]] = {
    ArrangementState.PLANNED: frozenset({ArrangementState.BOOKED, ArrangementState.CALLED_OFF}),
    ArrangementState.BOOKED: frozenset({ArrangementState.DONE, ArrangementState.CALLED_OFF}),
    ArrangementState.DONE: frozenset(),
    ArrangementState.CALLED_OFF: frozenset(),
}
"""Every step there is. What is done or called off stays so."""

STANDING: Final = (ArrangementState.PLANNED, ArrangementState.BOOKED)
"""States in which somebody counts on it."""


def take_step(
    before: ArrangementState, after: ArrangementState, *, reference: str
) -> ArrangementState:
    """Take one step; raises IllegalBooking, or NoReference for a booking that nothing proves."""
    if after not in STEPS[before]:
        raise IllegalBooking(before, after)
    if after is ArrangementState.BOOKED and not reference.strip():
        raise NoReference(before, after)
    return after


@dataclass(frozen=True, slots=True)
class Rules:
    """What a supplier asks for when called off within so many days before; 0: never."""

    half_days: int = 0
    full_days: int = 0


NO_RULES: Final = Rules()
#: British Sign Language interpreters: half the fee within 14 days, all of it within 7 (access.md, S11).
OF_INTERPRETERS: Final = Rules(half_days=14, full_days=7)
_USUAL: Final[Mapping[str, Rules]] = {"PRO-BSL": OF_INTERPRETERS}


def usual_rules(codes: Iterable[str]) -> Rules:
    """Give the rules that are usual for those who help with these terms: the strictest of them."""
    found = [_USUAL[code] for code in codes if code in _USUAL]
    half = max((rules.half_days for rules in found), default=0)
    return Rules(half, max((rules.full_days for rules in found), default=0))


@dataclass(frozen=True, slots=True)
class Fees:
    """The first days on which calling something off costs half its fee, or all of it; None: never."""

    half_from: date | None = None
    full_from: date | None = None

    @property
    def last_free_day(self) -> date | None:
        """Give the last day on which calling it off costs nothing; None if it never costs anything."""
        days = [day for day in (self.half_from, self.full_from) if day is not None]
        return min(days) - timedelta(days=1) if days else None

    def of(self, pence: int, today: date) -> int:
        """Say what calling it off costs on a day; half of an odd sum is rounded up."""
        if self.full_from is not None and today >= self.full_from:
            return pence
        if self.half_from is not None and today >= self.half_from:
            return pence - pence // 2
        return 0


def fees(rules: Rules, meeting_day: date) -> Fees:
    """Say from which days the rules ask for a fee, for what takes place on this day."""
    return Fees(*(_before(meeting_day, days) for days in (rules.half_days, rules.full_days)))


def _before(day: date, days: int) -> date | None:
    return day - timedelta(days=days) if days > 0 else None


#: One interpreter works so long without a break to hand over (access.md, S11).
ALONE_MINUTES: Final = 60
_TIRING: Final = frozenset({"PRO-BSL"})


def people_needed(code: str, minutes: int, enough_for: Iterable[int] = ()) -> int:
    """Say how many come to do it: two for signing over an hour, or over what somebody said is enough."""
    if code not in _TIRING:
        return 1
    return 2 if minutes > min([ALONE_MINUTES, *enough_for]) else 1


#: What is for one person alone: to share it would tell who else asked, or would not serve them.
_OWN_CATEGORIES: Final = frozenset(
    {"contact", "safety", "caring", "money", "digital", "wellbeing", "other"}
)
_OWN: Final = frozenset(
    {"INF-LARGE", "MOB-TRANSPORT", "MOB-PARKING", "MOB-SEAT", "MOB-GUIDE", "MOB-DOG", "PRO-SUPPORT"}
)
#: Details that must be the same for one booking to serve two people; and those where silence suits all.
_SAME: Final = ("language", "method", "kind", "grade")
_SUITS: Final = ("dialect", "interpreter_gender")
_ANY: Final = frozenset({"", "either"})


def is_shared(term: Term) -> bool:
    """Say whether one of it serves everybody in a session who asked for it."""
    return term.category not in _OWN_CATEGORIES and term.code not in _OWN


def serves_too(term: Term, details: Mapping[str, str], served: Iterable[Mapping[str, str]]) -> bool:
    """Say whether what serves these people serves somebody with these details as well."""
    return is_shared(term) and all(_go_together(details, others) for others in served)


def _go_together(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(_said(one, name) == _said(other, name) for name in _SAME) and all(
        mine == theirs or {mine, theirs} & _ANY
        for name in _SUITS
        for mine, theirs in [(_said(one, name), _said(other, name))]
    )


def _said(details: Mapping[str, str], name: str) -> str:
    return details.get(name, "").strip().casefold()
