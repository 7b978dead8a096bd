"""Seats: whether everybody fits within the limits, who would be left over, and the cheapest way to sit.

People are told apart here only by the openings they can use and the seats they take, so that both
questions are answered exactly and soon: the first by counting (Hall's condition, for every size of party),
the second by going through the people while keeping, for every number of seats used, the least that is
spent. Whoever could never pay off is dropped by prices for seats (Lagrange).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

#: The openings somebody can use, as bits, and the seats they take.
Demand = tuple[int, int]
#: For each opening what one person costs there; None where they cannot be.
Values = tuple[int | None, ...]

_BITS = 16
_MASK = (1 << _BITS) - 1


@cache
def fewest_left_out(
    limits: tuple[int, ...], demands: tuple[tuple[Demand, int], ...]
) -> Mapping[Demand, int]:
    """Say how many of each demand find no seat when as few people as possible are left over."""
    total = sum(count for _, count in demands)
    filling = _Filling(tuple(sorted(demands, key=_largest_first)))
    for left in range(total + 1):
        found = filling.left_out(0, limits, left)
        if found is not None:
            return {demand: out for (demand, _), out in zip(filling.demands, found, strict=True)}
    raise AssertionError("nobody needs a seat who is left out")


def _largest_first(demand: tuple[Demand, int]) -> tuple[int, int, int]:
    (ways, seats), _ = demand
    return -seats, ways.bit_count(), ways


@dataclass(slots=True)
class _Filling:
    """Seat demand after demand, the largest parties first, remembering what led nowhere."""

    demands: tuple[tuple[Demand, int], ...]
    _dead: set[tuple[int, tuple[int, ...], int]] = field(default_factory=set)
    _needs: dict[int, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)

    def left_out(self, at: int, free: tuple[int, ...], left: int) -> tuple[int, ...] | None:
        """Seat the demands from this one on with at most so many left over; None if that cannot be."""
        if at == len(self.demands):
            return ()
        state = at, free, left
        if state in self._dead or not self._may_fit(at, free, left):
            return None
        (ways, seats), count = self.demands[at]
        for out in range(min(count, left) + 1):
            for after in _spread(free, ways, seats, count - out):
                rest = self.left_out(at + 1, after, left - out)
                if rest is not None:
                    return (out, *rest)
        self._dead.add(state)
        return None

    def _may_fit(self, at: int, free: tuple[int, ...], left: int) -> bool:
        """Tell whether no set of openings is asked for by more parties than it can hold."""
        if at not in self._needs:
            self._needs[at] = tuple(_needs(self.demands[at:], len(free)))
        return all(
            parties - left <= sum(room // size for way, room in enumerate(free) if ways >> way & 1)
            for size, ways, parties in self._needs[at]
        )


def _needs(demands: Sequence[tuple[Demand, int]], openings: int) -> Iterator[tuple[int, int, int]]:
    """Count for each size and set of openings the parties at least as large that can sit nowhere else."""
    for size in {seats for (_, seats), _ in demands}:
        for ways in range(1, 1 << openings):
            parties = sum(
                count for (usable, seats), count in demands if seats >= size and not usable & ~ways
            )
            if parties:
                yield size, ways, parties
    if any(not usable for (usable, _), _ in demands):
        yield 1, 0, sum(count for (usable, _), count in demands if not usable)


def _spread(
    free: tuple[int, ...], ways: int, seats: int, count: int, way: int = 0
) -> Iterator[tuple[int, ...]]:
    """Give what is free after so many parties of one size have been seated, for every way to spread them."""
    if count == 0:
        yield free
        return
    if way == len(free) or not ways >> way:
        return
    most = min(count, free[way] // seats) if ways >> way & 1 else 0
    for here in range(most, -1, -1):
        after = (*free[:way], free[way] - here * seats, *free[way + 1 :])
        yield from _spread(after, ways, seats, count - here, way + 1)


@dataclass(frozen=True, slots=True)
class Seated:
    """The least that seating everybody costs, and the opening of each person, in their order."""

    value: int
    ways: tuple[int, ...]


def seat_cheaply(
    people: Sequence[tuple[int, Values]],
    limits: Sequence[int | None],
    goes_on: Callable[[], bool],
    under: int | None = None,
) -> Seated | None:
    """Seat everybody, given their seats and what they cost at each opening, for as little as possible.

    None if they do not fit, if it would cost `under` or more, or if `goes_on` said to stop.
    """
    prices = seat_prices(people, limits)
    least, moves = _regrets(people, limits, prices)
    idle = sum(price * (limit or 0) for price, limit in zip(prices, limits, strict=True))
    floor = least - idle
    if under is not None and floor >= under:
        return None
    order = sorted(range(len(people)), key=lambda one: (len(moves[one]) > 1, _second(moves[one])))
    table = _Table([moves[one] for one in order], limits, prices, goes_on)
    most = None if under is None else under - floor - 1
    found = table.cheapest(most)
    if found is None:
        return None
    extra, chosen = found
    ways = dict(zip(order, chosen, strict=True))
    return Seated(floor + extra, tuple(ways[one] for one in range(len(people))))


#: Ways one person could take: what is lost against their best, the opening, the seats.
_Moves = list[tuple[int, int, int]]


def _second(moves: _Moves) -> int:
    return -moves[1][0] if len(moves) > 1 else 0


def seat_prices(people: Sequence[tuple[int, Values]], limits: Sequence[int | None]) -> list[int]:
    """Put a price on the seats of each opening that too many would choose, so that they spread."""
    prices = [0] * len(limits)
    for _ in range(3):
        for way, limit in enumerate(limits):
            if limit is not None:
                prices[way] = _seat_price(people, prices, way, limit)
    return prices


def _seat_price(
    people: Sequence[tuple[int, Values]], prices: Sequence[int], way: int, limit: int
) -> int:
    gaps = []
    for seats, values in people:
        here = values[way]
        if here is None:
            continue
        elsewhere = [
            value + prices[other] * seats
            for other, value in enumerate(values)
            if value is not None and other != way
        ]
        if not elsewhere:
            limit -= seats
        elif (gap := (min(elsewhere) - here) // seats) > 0:
            gaps.append((gap, seats))
    for gap, seats in sorted(gaps, reverse=True):
        limit -= seats
        if limit < 0:
            return gap
    return 0


def _regrets(
    people: Sequence[tuple[int, Values]], limits: Sequence[int | None], prices: Sequence[int]
) -> tuple[int, list[_Moves]]:
    """Add up everybody's best with the prices of seats, and say what each other choice loses."""
    least, moves = 0, []
    for seats, values in people:
        priced = sorted(
            (value + prices[way] * seats, way)
            for way, value in enumerate(values)
            if value is not None
        )
        best = priced[0][0] if priced else 0
        least += best
        moves.append([(value - best, way, seats) for value, way in priced])
    return least, moves


@dataclass(slots=True)
class _Table:
    """Go through the people; keep for each number of seats used the least that is lost so far."""

    moves: list[_Moves]
    limits: Sequence[int | None]
    prices: Sequence[int]
    goes_on: Callable[[], bool]
    _pruned: int | None = None

    def cheapest(self, most: int | None) -> tuple[int, list[int]] | None:
        """Find the least loss and everybody's opening, allowing more loss until something is found."""
        allowed = 0
        while True:
            found = self._fill(allowed)
            if found is not None and (found[0] <= allowed or self._pruned is None):
                return found if most is None or found[0] <= most else None
            if self._pruned is None or (most is not None and allowed >= most):
                return None
            allowed = max(self._pruned, 8 * allowed)
            if found is not None:
                allowed = min(allowed, found[0])
            if most is not None:
                allowed = min(allowed, most)
            if not self.goes_on():
                return None

    def _fill(self, allowed: int) -> tuple[int, list[int]] | None:
        self._pruned = None
        states, history = {0: 0}, []
        for moves in self.moves:
            states, back = self._step(states, moves, allowed)
            history.append(back)
        ends = [(lost + self._idle(used), used) for used, lost in states.items()]
        if not ends:
            return None
        lost, used = min(ends)
        chosen = []
        for back in reversed(history):
            used, way = back[used]
            chosen.append(way)
        return lost, chosen[::-1]

    def _step(
        self, states: dict[int, int], moves: _Moves, allowed: int
    ) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
        following: dict[int, int] = {}
        back: dict[int, tuple[int, int]] = {}
        for used, lost in states.items():
            for regret, way, seats in moves:
                total, after, limit = lost + regret, used, self.limits[way]
                if total > allowed:
                    self._pruned = total if self._pruned is None else min(self._pruned, total)
                    break
                if limit is not None:
                    after = used + (seats << _BITS * way)
                    if after >> _BITS * way & _MASK > limit:
                        continue
                if following.get(after, total + 1) > total:
                    following[after], back[after] = total, (used, way)
        return following, back

    def _idle(self, used: int) -> int:
        """Say what is lost by seats that have a price and stay empty."""
        return sum(
            price * ((limit or 0) - (used >> _BITS * way & _MASK))
            for way, (price, limit) in enumerate(zip(self.prices, self.limits, strict=True))
            if price
        )
