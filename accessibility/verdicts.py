"""What suitability is asked and answers: a person, a way of one meeting, and the verdict on the two.

The rules are in `suitability`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Final

from accessibility.needs import Need
from accessibility.place_words import Known, PlaceWord
from accessibility.resting import Equipment
from accessibility.slack import working_days_between
from scheduling.ways import IN_PERSON_WAYS, Way

SUPPORTER: Final = "PRO-SUPPORT"
BRINGS: Final = "CAR-BRING"


class Outcome(StrEnum):
    """Say whether a way can be taken."""

    WORKS = "works"
    IF_ARRANGED = "if_arranged"
    CANNOT = "cannot"


class ReasonKind(StrEnum):
    """Say why a way does not simply work; the first five mean that it cannot be."""

    NOT_THIS_WAY = "not_this_way"
    NOT_AT_PLACE = "not_at_place"
    NOT_OFFERED = "not_offered"
    TOO_LATE = "too_late"
    RULED_OUT = "ruled_out"
    TO_ARRANGE = "to_arrange"
    TO_CHECK = "to_check"
    TO_BRING = "to_bring"
    UNKNOWN_TERM = "unknown_term"


AGAINST = frozenset(
    {
        ReasonKind.NOT_THIS_WAY,
        ReasonKind.NOT_AT_PLACE,
        ReasonKind.NOT_OFFERED,
        ReasonKind.TOO_LATE,
        ReasonKind.RULED_OUT,
    }
)
"""The reasons for which a way cannot be taken."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One term that stands in the way or must be seen to, and what about the place it hangs on."""

    code: str
    kind: ReasonKind
    place_word: PlaceWord | None = None

    @property
    def is_against(self) -> bool:
        """Say whether the way cannot be taken for this."""
        return self.kind in AGAINST


@dataclass(frozen=True, slots=True)
class ToArrange:
    """One term that somebody must see to: its notice in working days, and the last day to begin."""

    code: str
    lead_days: int
    min_lead_days: int
    begin_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One way of one meeting: what is known of its place, what can be offered, and how long is left.

    A place not chosen yet has no facts, so all about it is to be looked at.
    """

    way: Way
    today: date
    day: date
    facts: Mapping[PlaceWord, Known] = field(default_factory=dict)
    equipment: frozenset[Equipment] = frozenset()
    holidays: frozenset[date] = frozenset()
    left: int = field(init=False)

    def __post_init__(self) -> None:
        """Count the working days until the meeting."""
        left = working_days_between(self.today, self.day, self.holidays)
        object.__setattr__(self, "left", left)


@dataclass(frozen=True, slots=True)
class Profile:
    """What one person needs, what each of their supporters needs, and what they already have.

    A supporter without needs is an empty tuple. `arranged` are the codes of what is arranged already for
    this meeting, `ruled_out` those of what a director decided cannot be met.
    """

    needs: tuple[Need, ...] = ()
    supporters: tuple[tuple[Need, ...], ...] = ()
    equipment: frozenset[Equipment] = frozenset()
    arranged: frozenset[str] = frozenset()
    ruled_out: frozenset[str] = frozenset()

    @property
    def all_needs(self) -> Iterable[Need]:
        """Give the needs of the person and of all who come with them."""
        return chain(self.needs, *self.supporters) if self.supporters else self.needs

    def seats(self, way: Way) -> int:
        """Count the places they take: one each, one for a supporter yet unnamed, one for whom they bring."""
        codes = {need.code for need in self.needs}
        supporters = max(len(self.supporters), SUPPORTER in codes)
        return 1 + supporters + (BRINGS in codes and way in IN_PERSON_WAYS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a way works for a person, and why.

    `arrange` holds all that must be seen to, what is too late for as well: a coordinator may still try.
    `begin_by` is how many working days before the meeting that must begin, `begin_on` the last day for it.
    """

    fit: Outcome
    arrange: tuple[ToArrange, ...] = ()
    reasons: tuple[Reason, ...] = ()
    preferences_unmet: tuple[str, ...] = ()
    begin_by: int | None = None
    begin_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the way works, now or once all is arranged."""
        return self.fit is not Outcome.CANNOT

    @property
    def is_late(self) -> bool:
        """Say whether something has less than its usual notice."""
        return any(each.is_late for each in self.arrange)

    @property
    def is_only_late(self) -> bool:
        """Say whether nothing but time is against it: a coordinator may try."""
        against = [each.kind for each in self.reasons if each.is_against]
        return bool(against) and all(kind is ReasonKind.TOO_LATE for kind in against)
