"""The cost card: what an arrangement comes to, made of what, and how sure each figure is.

Sums by category only: what one person costs stands nowhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from accessibility.arranging.answer import Plan
from accessibility.costs import Costs, Estimate, Price
from accessibility.pricing import Line, mixing_line, staff_hours
from scheduling.ways import Way
from service.actions.cheapest.making import Made, OpenAt


class Category(StrEnum):
    """Say what money goes on: the ways themselves, what all share, what is for single people."""

    WAYS = "ways"
    SHARED = "shared"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class CardLine:
    """One price of a card, and what all of it comes to."""

    category: Category
    price: Price
    cost: Estimate


@dataclass(frozen=True, slots=True)
class Joining:
    """One way of an arrangement, where it is, and how many people would come by it."""

    way: Way
    place: str
    people: int


@dataclass(frozen=True, slots=True)
class Card:
    """What an arrangement costs and what it is made of."""

    plan: Plan
    ways: Sequence[Joining]
    lines: Sequence[CardLine]
    staff_hours: int

    @property
    def cost(self) -> Estimate:
        """Give what all of it comes to."""
        return self.plan.cost

    @property
    def per_head(self) -> int:
        """Give what it comes to for each person, in pence."""
        return -(-self.cost.typical // max(1, len(self.plan.joins)))

    def sum_of(self, category: Category) -> Estimate:
        """Add up one category."""
        lines = (line.cost for line in self.lines if line.category is category)
        return sum(lines, Estimate())


def card_of(plan: Plan, made: Made, costs: Costs, length: timedelta) -> Card:
    """Tell what a plan costs."""
    openings = [made.openings[id_] for id_ in plan.openings]
    is_mixed = len({at.way.is_remote for at in openings}) > 1
    own = (
        line for person, option in plan.joins.items() for line in made.own[person, option.opening]
    )
    ways = [line for at in openings for line in at.lines]
    if is_mixed:
        ways.append(mixing_line(costs))
    shared = (made.shared[id_] for id_ in plan.shared)
    joins = [_joining(id_, at, plan) for id_, at in zip(plan.openings, openings, strict=True)]
    remote = sum(each.people for each in joins if each.way.is_remote)
    return Card(
        plan,
        joins,
        [
            *_summed(Category.WAYS, ways),
            *_summed(Category.SHARED, shared),
            *_summed(Category.OWN, own),
        ],
        staff_hours(length, remote, is_mixed=is_mixed),
    )


def _joining(id_: str, at: OpenAt, plan: Plan) -> Joining:
    people = sum(option.opening == id_ for option in plan.joins.values())
    return Joining(at.way, at.place.name if at.place else "", people)


def _summed(category: Category, lines: Iterable[Line]) -> list[CardLine]:
    """Put lines of the same price together."""
    found: dict[str, CardLine] = {}
    for line in lines:
        before = found.get(line.price.code)
        cost = line.cost + before.cost if before else line.cost
        found[line.price.code] = CardLine(category, line.price, cost)
    return list(found.values())
