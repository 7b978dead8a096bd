"""What came out: the cheapest plan and what else there is, or who would be left out and what could give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from accessibility.arranging.problem import Option
from accessibility.costs import Estimate
from scheduling.ways import Way


@dataclass(frozen=True, slots=True)
class Plan:
    """One arrangement that leaves nobody out.

    `openings` and `shared` are identifiers, in order; `joins` says for each person which option is theirs,
    `two_ways` who has a second way that works in this plan.
    """

    starts_at: datetime
    openings: tuple[str, ...]
    shared: tuple[str, ...]
    joins: Mapping[str, Option] = field(hash=False)
    two_ways: frozenset[str]
    clashes: int
    fixed: Estimate
    together: Estimate
    own: Estimate

    @property
    def cost(self) -> Estimate:
        """Add up what it costs: the ways, what is shared, and what is for one person each."""
        return self.fixed + self.together + self.own

    @property
    def liked(self) -> int:
        """Count the preferences that are met."""
        return sum(option.liked for option in self.joins.values())

    def better_for(self, other: "Plan") -> frozenset[str]:
        """Name those whom this plan serves better than the other: more that they prefer, or a second way."""
        return frozenset(
            person for person in self.joins if self.served(person) > other.served(person)
        )

    def served(self, person: str) -> tuple[int, bool]:
        """Say how well somebody is served: the preferences met, and whether they have a second way."""
        return self.joins[person].liked, person in self.two_ways


@dataclass(frozen=True, slots=True)
class Alternative:
    """A plan that costs more than the cheapest, or as much, and whom it serves better."""

    plan: Plan
    better_for: frozenset[str]


class Why(StrEnum):
    """Say why somebody would be left out."""

    NO_WAY = "no-way"
    """Nothing on offer works for them, on any date."""
    ELSEWHERE = "elsewhere"
    """Something would, but on another date or in another place than what serves the most people."""
    NO_SEAT = "no-seat"
    """Something would, but there are not seats enough."""


class Give(StrEnum):
    """Name what could give so that nobody is left out, in the order to try it."""

    OTHER_WAY = "other-way"
    LATER_DATE = "later-date"
    OUTSIDE = "outside"
    TWO_SESSIONS = "two-sessions"
    DIRECTOR = "director"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody for whom there is no place in the arrangement that serves the most people."""

    person: str
    why: Why
    other_ways: frozenset[Way] = frozenset()
    later: date | None = None


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Say that nothing on offer serves everybody: who is left out at best, and what could give, in order."""

    starts_at: datetime | None
    openings: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    gives: tuple[Give, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The cheapest plan and up to two others; or why there is none.

    `at_least` is proven: no arrangement that leaves nobody out costs less, typically, in pence. It is
    the cost of `best` where `is_exact`. Neither `best` nor `out_of_reach` is there only if the search
    was stopped before either was known.
    """

    best: Plan | None = None
    others: tuple[Alternative, ...] = ()
    out_of_reach: OutOfReach | None = None
    at_least: int = 0
    is_exact: bool = False

    @property
    def too_much_at_most(self) -> int:
        """Say how many pence the best found may be above the cheapest there is."""
        return 0 if self.best is None else self.best.cost.typical - self.at_least
