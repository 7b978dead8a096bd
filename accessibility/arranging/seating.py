"""The cheapest way to seat everybody within the limits of the openings.

Exact: it goes through the people and keeps, for every number of seats used, the least that is lost so far.
Prices on the seats of crowded openings (Lagrange) say how much each choice loses; what loses more than
anything found is dropped, and little is left to keep.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

#: For each opening what one person costs there; None where they cannot be.
Values = tuple[int | None, ...]

#: Times that all prices of seats are set anew, at most.
_ROUNDS = 3
_BITS = 16
_MASK = (1 << _BITS) - 1


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
    start: Sequence[int] | None = None,
) -> Seated | None:
    """Seat everybody, given their seats and what they cost at each opening, for as little as possible.

    None if they do not fit, if it would cost `under` or more, or if `goes_on` said to stop. `start` are
    prices of seats to begin from.
    """
    prices = seat_prices(people, limits, start)
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


def seat_prices(
    people: Sequence[tuple[int, Values]],
    limits: Sequence[int | None],
    start: Sequence[int] | None = None,
) -> list[int]:
    """Put a price on the seats of openings that too many would choose, so that they spread.

    Openings are raised together as well as alone: who is sent away from one must not crowd the next.
    From prices that were good for nearly the same, once round is enough.
    """
    prices = list(start or [0] * len(limits))
    limited = [way for way, limit in enumerate(limits) if limit is not None]
    together = [
        crowd for size in range(len(limited), 0, -1) for crowd in combinations(limited, size)
    ]
    for _ in range(1 if start else _ROUNDS):
        before = list(prices)
        for crowd in together:
            seats = sum(limits[way] or 0 for way in crowd)
            step = _price_step(people, prices, crowd, seats)
            for way in crowd:
                prices[way] += step
        if prices == before:
            break
    return prices


def _price_step(
    people: Sequence[tuple[int, Values]], prices: Sequence[int], crowd: tuple[int, ...], limit: int
) -> int:
    """Say by how much to raise or lower the prices of some openings, so that as many come as they hold."""
    gaps = []
    for seats, values in people:
        here, elsewhere = None, None
        for way, value in enumerate(values):
            if value is None:
                continue
            priced = value + prices[way] * seats
            if way in crowd:
                here = priced if here is None else min(here, priced)
            else:
                elsewhere = priced if elsewhere is None else min(elsewhere, priced)
        if here is None:
            continue
        if elsewhere is None:
            limit -= seats
        else:
            gaps.append(((elsewhere - here) // seats, seats))
    lowest = -min(prices[way] for way in crowd)
    for gap, seats in sorted(gaps, reverse=True):
        limit -= seats
        if limit < 0:
            return max(gap, lowest)
    return lowest


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
            if not self.goes_on():
                return None
            allowed = max(self._pruned, 2 * allowed)
            if found is not None:
                allowed = min(allowed, found[0])
            if most is not None:
                allowed = min(allowed, most)

    def _fill(self, allowed: int) -> tuple[int, list[int]] | None:
        self._pruned = None
        states, history = {0: 0}, []
        for moves in self.moves:
            if not self.goes_on():
                return None
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
