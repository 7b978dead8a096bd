"""What is to be arranged, as values: openings, things shared, and how each person could join.

Nothing here knows why somebody can or cannot join by a way: that is found out before (suitability), and
what is a preference, a clash or a price is decided there too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from accessibility.costs import Estimate
from accessibility.errors import AccessibilityError
from scheduling.ways import Way

#: The most of each for which the cost is exact, whatever stands in the problem.
EXACT: Final = {"shared": 16, "places": 12, "dates": 8, "people": 60}


class BrokenProblem(AccessibilityError):
    """The parts of a problem do not belong together; says which one, by its identifier."""

    code = "broken-problem"


@dataclass(frozen=True, slots=True)
class Opening:
    """One way of joining that could be opened on one date, in one place where the way needs one.

    `fixed` is what it costs to open it, the place included. `seats` of None means no limit. `clashes`
    counts the pairs of needs that rub against each other among those who could join by it.
    """

    id: str
    starts_at: datetime
    way: Way
    fixed: Estimate = field(default_factory=Estimate)
    place: str = ""
    seats: int | None = None
    clashes: int = 0

    def __post_init__(self) -> None:
        """Refuse counts below zero."""
        if self.clashes < 0 or (self.seats is not None and self.seats < 0):
            raise BrokenProblem(f"{self.id} has a count below zero")


@dataclass(frozen=True, slots=True)
class Shared:
    """Something arranged once for all who need it: one team of interpreters, one loop."""

    id: str
    price: Estimate


@dataclass(frozen=True, slots=True)
class Option:
    """One way in which one person could join: at an opening, with the shared things it takes.

    `own` is what it costs for this person alone; `liked` counts their preferences that it meets.
    """

    opening: str
    needs: frozenset[str] = frozenset()
    own: Estimate = field(default_factory=Estimate)
    liked: int = 0

    def __post_init__(self) -> None:
        """Refuse a count below zero."""
        if self.liked < 0:
            raise BrokenProblem("an option meets fewer than no preferences")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who must not be left out, with everybody who comes along counted in `seats`.

    `other_ways` are ways they could join by that the problem does not offer, and `later` is the first
    day by which all could be arranged for them: both are only used to say what would have to give.
    """

    id: str
    options: tuple[Option, ...]
    seats: int = 1
    other_ways: frozenset[Way] = frozenset()
    later: date | None = None

    def __post_init__(self) -> None:
        """Refuse somebody who takes no seat."""
        if self.seats < 1:
            raise BrokenProblem(f"{self.id} takes no seat")


@dataclass(frozen=True, slots=True)
class Problem:
    """All that could be opened and shared, and everybody invited.

    `mixing` is what it costs besides to join people who are there with people who are not: a microphone
    and loudspeaker for the room.
    """

    openings: tuple[Opening, ...]
    shared: tuple[Shared, ...]
    people: tuple[Person, ...]
    mixing: Estimate = field(default_factory=Estimate)

    def __post_init__(self) -> None:
        """Refuse what is there twice, and options that name what is not there."""
        openings = _unlike("opening", (opening.id for opening in self.openings))
        shared = _unlike("shared thing", (one.id for one in self.shared))
        _unlike("person", (person.id for person in self.people))
        for person in self.people:
            for option in person.options:
                if option.opening not in openings or not option.needs <= shared:
                    raise BrokenProblem(
                        f"{person.id} has an option with something that is not there"
                    )

    @property
    def is_within_exact(self) -> bool:
        """Say whether the problem is small enough for a cost that is exact."""
        sizes = {
            "shared": len(self.shared),
            "places": len({opening.place for opening in self.openings if opening.place}),
            "dates": len({opening.starts_at for opening in self.openings}),
            "people": len(self.people),
        }
        return all(sizes[what] <= EXACT[what] for what in EXACT)


def _unlike(what: str, ids: Iterable[str]) -> frozenset[str]:
    listed = list(ids)
    if len(set(listed)) < len(listed):
        raise BrokenProblem(f"there is a {what} twice")
    return frozenset(listed)
