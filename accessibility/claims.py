"""Money as a need: what can be asked for, how much of it is paid, by when, and who may take which step.

Nobody pays first: money reaches the person on or before the day. What is paid has a limit where the
organisation set one. Sums are whole pence; hours and miles are counted in tenths, and whatever is
worked out from them is rounded up, in favour of the person.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final, assert_never

from accessibility.errors import AccessibilityError
from accessibility.requests import Party
from accessibility.slack import last_day_to_begin

MILEAGE_PENCE: Final = 45
"""What a mile by car is paid where the organisation set nothing else (the rate that tax rules approve)."""
DAYS_TO_PAY: Final = 1
"""Money that is sent leaves our hands so many working days before the session."""

_TENTHS: Final = 10


class ClaimKind(StrEnum):
    """Say what the money is for."""

    TRAVEL = "travel"
    CHILDCARE = "childcare"
    CARE = "care"
    OTHER = "other"


class ClaimState(StrEnum):
    """Say where a claim stands."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    PAID = "paid"
    TAKEN_BACK = "taken_back"


class PayBy(StrEnum):
    """Say how the money reaches the person: always on or before the day."""

    CASH_AT_THE_DOOR = "cash_at_the_door"
    BEFORE = "before"
    TO_SUPPLIER = "to_supplier"


#: The needs of the vocabulary that ask for money, and what a claim that meets one of them is for.
KIND_OF: Final[Mapping[str, ClaimKind]] = {
    "MON-TRAVEL": ClaimKind.TRAVEL,
    "MON-CHILDCARE": ClaimKind.CHILDCARE,
    "CAR-REPLACE": ClaimKind.CARE,
}


class BrokenClaim(AccessibilityError):
    """Nobody can ask for less than nothing."""

    code = "broken-claim"


class IllegalClaimStep(AccessibilityError):
    """Nobody, or not this party, may take a claim from the one state to the other."""

    code = "illegal-claim-step"

    def __init__(self, before: ClaimState, after: ClaimState, by: Party) -> None:
        super().__init__(f"{by} may not take a claim from {before} to {after}")
        self.before, self.after, self.by = before, after, by


@dataclass(frozen=True, slots=True)
class Caps:
    """The most the organisation pays, in pence; None: no limit. A mile has always a price."""

    mileage_pence: int = MILEAGE_PENCE
    travel_most_pence: int | None = None
    childcare_hour_pence: int | None = None
    care_hour_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. Nothing but a kind is needed: then nobody knows yet what it comes to.

    `pence` are fares, or what something else comes to; `hour_pence` is what an hour costs, of childcare
    for each child.
    """

    kind: ClaimKind
    pence: int = 0
    miles_tenths: int = 0
    hours_tenths: int = 0
    hour_pence: int = 0
    children: int = 1

    def __post_init__(self) -> None:
        """Refuse what is less than nothing."""
        if min(self.pence, self.miles_tenths, self.hours_tenths, self.hour_pence) < 0:
            raise BrokenClaim("sums, miles and hours are not below 0")
        if self.children < 1:
            raise BrokenClaim("childcare is for a child")


@dataclass(frozen=True, slots=True)
class Step:
    """One way from a state to the next, and who may take it; `cash_only`: where money is handed out."""

    before: ClaimState
    after: ClaimState
    by: frozenset[Party]
    cash_only: bool = False


_THEIRS: Final = frozenset({Party.PERSON, Party.HELPER})
_COORDINATOR: Final = frozenset({Party.COORDINATOR})

STEPS: Final = (
    Step(ClaimState.ASKED, ClaimState.AGREED, _COORDINATOR),
    Step(ClaimState.ASKED, ClaimState.REFUSED, _COORDINATOR),
    Step(ClaimState.ASKED, ClaimState.TAKEN_BACK, _THEIRS),
    # Another sum, or another way to pay it.
    Step(ClaimState.AGREED, ClaimState.AGREED, _COORDINATOR),
    Step(ClaimState.AGREED, ClaimState.TAKEN_BACK, _THEIRS),
    Step(ClaimState.AGREED, ClaimState.PAID, _COORDINATOR),
    Step(ClaimState.AGREED, ClaimState.PAID, frozenset({Party.FACILITATOR}), cash_only=True),
    # Nobody is held to a no that was wrong, nor to a tick beside the wrong name.
    Step(ClaimState.REFUSED, ClaimState.AGREED, _COORDINATOR),
    Step(ClaimState.PAID, ClaimState.AGREED, _COORDINATOR),
)
"""Every step there is. What is not in here cannot be done by anybody."""


@dataclass(frozen=True, slots=True)
class Due:
    """By which day a claim must be paid, and who pays it."""

    on: date
    by: Party

    def is_late(self, today: date) -> bool:
        """Say whether the day has passed."""
        return today > self.on


def caps_of(settings: Mapping[str, int | None]) -> Caps:
    """Take the limits from an organisation's settings; what is not in there is as we ship it."""
    known = {each.name: settings[each.name] for each in fields(Caps) if each.name in settings}
    mileage = known.pop("mileage_pence", None)
    return Caps(MILEAGE_PENCE if mileage is None else mileage, **known)


def asked_pence(asked: Asked, caps: Caps) -> int:
    """Work out what somebody asks for: fares and miles, or hours times what an hour costs."""
    match asked.kind:
        case ClaimKind.TRAVEL:
            return asked.pence + _in_tenths(asked.miles_tenths * caps.mileage_pence)
        case ClaimKind.CHILDCARE:
            return _in_tenths(asked.hours_tenths * asked.hour_pence * asked.children)
        case ClaimKind.CARE:
            return _in_tenths(asked.hours_tenths * asked.hour_pence)
        case ClaimKind.OTHER:
            return asked.pence
        case _:
            assert_never(asked.kind)


def most_pence(kind: ClaimKind, caps: Caps, *, hours_tenths: int, children: int) -> int | None:
    """Give the most that is paid for a claim of this kind, with these hours and children; None: no limit.

    Where nobody said yet for how many hours, there is no limit to work out.
    """
    match kind:
        case ClaimKind.TRAVEL:
            return caps.travel_most_pence
        case ClaimKind.CHILDCARE:
            return _for_hours(caps.childcare_hour_pence, hours_tenths * children)
        case ClaimKind.CARE:
            return _for_hours(caps.care_hour_pence, hours_tenths)
        case ClaimKind.OTHER:
            return None
        case _:
            assert_never(kind)


def payable_pence(pence: int, most: int | None) -> int:
    """Give how much of a sum that was asked for is paid."""
    return pence if most is None else min(pence, most)


def take_step(before: ClaimState, after: ClaimState, *, by: Party, pay_by: PayBy) -> ClaimState:
    """Take one step of a claim, and give where it stands then; raises IllegalClaimStep."""
    if after not in _reachable(before, by, pay_by):
        raise IllegalClaimStep(before, after, by)
    return after


def may_take(before: ClaimState, after: ClaimState, *, by: Party, pay_by: PayBy) -> bool:
    """Say whether this party may take the step."""
    return after in _reachable(before, by, pay_by)


def due(pay_by: PayBy, meeting_day: date, holidays: Collection[date] = frozenset()) -> Due:
    """Say who must pay by when: on the day at the door, or the working day before at the latest."""
    match pay_by:
        case PayBy.CASH_AT_THE_DOOR:
            return Due(meeting_day, Party.FACILITATOR)
        case PayBy.BEFORE | PayBy.TO_SUPPLIER:
            day = last_day_to_begin(meeting_day, DAYS_TO_PAY, holidays)
            return Due(day, Party.COORDINATOR)
        case _:
            assert_never(pay_by)


def _reachable(before: ClaimState, by: Party, pay_by: PayBy) -> frozenset[ClaimState]:
    is_cash = pay_by is PayBy.CASH_AT_THE_DOOR
    steps = [each for each in STEPS if each.before is before and by in each.by]
    return frozenset(each.after for each in steps if is_cash or not each.cash_only)


def _for_hours(hour_pence: int | None, hours_tenths: int) -> int | None:
    if hour_pence is None or not hours_tenths:
        return None
    return _in_tenths(hours_tenths * hour_pence)


def _in_tenths(tenths: int) -> int:
    """Give whole pence for tenths of one, rounded up."""
    return -(-tenths // _TENTHS)
