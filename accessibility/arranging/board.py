"""A problem as whole numbers: people by groups, needs as bits, and one number for all that is compared.

Cost comes first, then how many have no second way, then clashes, then preferences missed, then the order of
the candidates; each weighs more than all behind it together, so that one comparison compares them all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby, product

from accessibility.arranging.problem import Opening, Option, Person, Problem
from scheduling.ways import EASE

#: More than anything on the board is worth.
NEVER = 1 << 200


@dataclass(frozen=True, slots=True)
class Weights:
    """What one penny, one person without a second way, one clash and one missed preference count."""

    penny: int
    lacking: int
    clash: int
    missed: int

    def pence(self, value: int) -> int:
        """Give the pence in a value."""
        return value // self.penny


@dataclass(frozen=True, slots=True)
class Choice:
    """One option worth considering: the shared things it takes, as bits, its value and the option itself."""

    needs: int
    value: int
    option: Option


#: For each opening by its place in the list of openings: the choices there.
Row = Mapping[int, tuple[Choice, ...]]


#: What a choice is worth for a whole group, and the shared things it takes.
Entry = tuple[int, int]
#: For one opening: the entries of each group.
Entries = tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """People who are alike in everything that counts here."""

    people: tuple[Person, ...]
    seats: int
    row: Row


@dataclass(frozen=True, slots=True)
class Candidate:
    """One date with one set of openings, by their places in the list; what it costs before anybody joins."""

    openings: tuple[int, ...]
    fixed: int


@dataclass(frozen=True, slots=True)
class Board:
    """The problem in its one order, whatever order it came in.

    `able` has, for each opening, a bit for each person who could join there, `entries` each group's choices.
    """

    problem: Problem
    weights: Weights
    openings: tuple[Opening, ...]
    shared: tuple[str, ...]
    prices: tuple[int, ...]
    groups: tuple[Group, ...]
    candidates: tuple[Candidate, ...]
    entries: tuple[Entries, ...]
    able: tuple[int, ...]


def lay_out(problem: Problem) -> Board:
    """Turn a problem into a board."""
    openings = tuple(sorted(problem.openings, key=_by_date_and_ease))
    sets = sorted(
        _sets(openings), key=lambda chosen: (openings[chosen[0]].starts_at, len(chosen), chosen)
    )
    weights = _weights(problem, openings, len(sets))
    places, prices = _prices(problem, weights)
    people = sorted(problem.people, key=lambda person: person.id)
    rows = [_row(person, openings, places, weights) for person in people]
    groups = tuple(_groups(people, rows))
    return Board(
        problem=problem,
        weights=weights,
        openings=openings,
        shared=tuple(sorted(one.id for one in problem.shared)),
        prices=prices,
        groups=groups,
        candidates=tuple(
            Candidate(chosen, rank + _fixed(problem, [openings[at] for at in chosen], weights))
            for rank, chosen in enumerate(sets)
        ),
        entries=tuple(_entries(groups, at) for at in range(len(openings))),
        able=tuple(
            sum(1 << place for place, row in enumerate(rows) if at in row)
            for at in range(len(openings))
        ),
    )


@cache
def bits(needs: int) -> tuple[int, ...]:
    """Give the places of the shared things in some bits."""
    return tuple(at for at in range(needs.bit_length()) if needs >> at & 1)


def price_of(needs: int, prices: tuple[int, ...]) -> int:
    """Add up the prices of shared things."""
    return sum(prices[at] for at in bits(needs))


def lacking_at_least(board: Board, openings: tuple[int, ...]) -> int:
    """Give the value of those who have no second way at these openings, whatever is bought."""
    once, twice = 0, 0
    for at in openings:
        twice |= once & board.able[at]
        once |= board.able[at]
    lacking = len(board.problem.people) - twice.bit_count()
    return lacking * board.weights.lacking


def _by_date_and_ease(opening: Opening) -> tuple[object, ...]:
    return opening.starts_at, EASE.index(opening.way), opening.place, opening.id


def _sets(openings: tuple[Opening, ...]) -> Iterator[tuple[int, ...]]:
    """Give every set of openings of one date with at most one of each way, none of them empty."""
    for _, of_date in groupby(range(len(openings)), key=lambda at: openings[at].starts_at):
        ways = [(None, *of_way) for _, of_way in groupby(of_date, key=lambda at: openings[at].way)]
        for chosen in product(*ways):
            kept = tuple(at for at in chosen if at is not None)
            if kept:
                yield kept


def _weights(problem: Problem, openings: tuple[Opening, ...], candidates: int) -> Weights:
    missed = candidates + 1
    clash = missed * (1 + sum(_most_liked(person) for person in problem.people))
    lacking = clash * (1 + sum(opening.clashes for opening in openings))
    return Weights(lacking * (1 + len(problem.people)), lacking, clash, missed)


def _most_liked(person: Person) -> int:
    return max((option.liked for option in person.options), default=0)


def _prices(problem: Problem, weights: Weights) -> tuple[dict[str, int], tuple[int, ...]]:
    """Give each thing that somebody might have its bit and its price; what is free, everybody can have."""
    used = {need for person in problem.people for one in person.options for need in one.needs}
    ordered = sorted((one for one in problem.shared if one.id in used), key=lambda one: one.id)
    priced = [one for one in ordered if one.price.typical]
    places = {one.id: 0 for one in ordered}
    places |= {one.id: 1 << at for at, one in enumerate(priced)}
    return places, tuple(one.price.typical * weights.penny for one in priced)


def _fixed(problem: Problem, openings: list[Opening], weights: Weights) -> int:
    mixed = len({opening.way.is_remote for opening in openings}) > 1
    pence = sum(opening.fixed.typical for opening in openings)
    pence += problem.mixing.typical if mixed else 0
    return pence * weights.penny + weights.clash * sum(opening.clashes for opening in openings)


def _row(
    person: Person, openings: tuple[Opening, ...], bits: Mapping[str, int], weights: Weights
) -> Row:
    most = _most_liked(person)
    places = {opening.id: at for at, opening in enumerate(openings)}
    row: dict[int, list[Choice]] = {}
    for option in person.options:
        needs = sum(bits[need] for need in option.needs)
        value = option.own.typical * weights.penny + (most - option.liked) * weights.missed
        row.setdefault(places[option.opening], []).append(Choice(needs, value, option))
    return {at: _undominated(row[at]) for at in sorted(row)}


def _undominated(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Keep, cheapest first, the choices for which no other takes as little at the same price or less."""
    kept: list[Choice] = []
    for choice in sorted(choices, key=_value_and_needs):
        if all(other.needs & ~choice.needs for other in kept):
            kept.append(choice)
    return tuple(kept)


def _value_and_needs(choice: Choice) -> tuple[int, int, int, list[str]]:
    return choice.value, choice.needs.bit_count(), choice.needs, sorted(choice.option.needs)


def _entries(groups: tuple[Group, ...], at: int) -> Entries:
    return tuple(
        tuple((choice.value * len(group.people), choice.needs) for choice in group.row.get(at, ()))
        for group in groups
    )


def _groups(people: list[Person], rows: list[Row]) -> Iterator[Group]:
    alike: dict[tuple[object, ...], list[int]] = {}
    for at, (person, row) in enumerate(zip(people, rows, strict=True)):
        alike.setdefault((person.seats, tuple(row.items())), []).append(at)
    for same in alike.values():
        yield Group(tuple(people[at] for at in same), people[same[0]].seats, rows[same[0]])
