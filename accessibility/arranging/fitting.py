"""Whether everybody finds a seat, and how few are left over where not.

People are told apart only by the openings they can use and the seats they take. Seating one after the other
mostly finds places for all; counting (Hall's condition, for parties of every size) mostly shows that there are
none. What neither settles is worked out: every number of seats that can be taken in the openings is
one bit of a long number, shifted for each party by its seats.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

#: The openings somebody can use, as bits, and the seats they take.
Demand = tuple[int, int]
#: How many people there are of each demand.
Demands = tuple[tuple[Demand, int], ...]
#: States looked at to seat one more than a simple way does; only asked where somebody is left out anyhow.
_STATES = 300


@lru_cache(maxsize=20_000)
def fits_all(limits: tuple[int, ...], demands: Demands) -> bool:
    """Say whether everybody finds a seat."""
    if not all(ways for (ways, _), _ in demands) or at_least_left_out(limits, demands):
        return False
    return not any(_one_by_one(limits, demands).values()) or _reaches_all(limits, demands)


def at_least_left_out(limits: tuple[int, ...], demands: Demands) -> int:
    """Count how many people must be left over at the least: more ask for some openings than those hold."""
    return max(
        0,
        *(
            parties - _room(limits, ways, size)
            for size, ways, parties in _needs(demands, len(limits))
        ),
        0,
    )


@lru_cache(maxsize=20_000)
def fewest_left_out(limits: tuple[int, ...], demands: Demands) -> Mapping[Demand, int]:
    """Say how many of each demand find no seat when few are left over: the fewest, if soon seen."""
    ordered = tuple(sorted(demands, key=_largest_first))
    simply = _one_by_one(limits, demands)
    filling = _Filling(ordered)
    for left in range(at_least_left_out(limits, demands), sum(simply.values())):
        found = filling.left_out(0, limits, left)
        if found is not None:
            return {demand: out for (demand, _), out in zip(ordered, found, strict=True)}
        if filling.is_tired:
            break
    return simply


def _largest_first(demand: tuple[Demand, int]) -> tuple[int, int, int]:
    (ways, seats), _ = demand
    return -seats, ways.bit_count(), ways


def _room(limits: Sequence[int], ways: int, size: int) -> int:
    return sum(limit // size for way, limit in enumerate(limits) if ways >> way & 1)


def _needs(demands: Demands, openings: int) -> Iterator[tuple[int, int, int]]:
    """Count for each size and set of openings the parties at least as large that can sit nowhere else."""
    for size in {seats for (_, seats), _ in demands}:
        for ways in range(1 << openings):
            parties = sum(
                count for (usable, seats), count in demands if seats >= size and not usable & ~ways
            )
            if parties:
                yield size, ways, parties


def _one_by_one(limits: tuple[int, ...], demands: Demands) -> dict[Demand, int]:
    """Seat party after party where most stays free beside what others must have; count those left over."""
    free = [float(limit) for limit in limits]
    for (ways, seats), count in demands:
        for way in _ways(ways):
            free[way] -= seats * count / ways.bit_count()
    room, left = list(limits), dict.fromkeys((demand for demand, _ in demands), 0)
    for (ways, seats), count in sorted(
        demands, key=lambda one: (one[0][0].bit_count(), -one[0][1])
    ):
        share = seats / max(1, ways.bit_count())
        for _ in range(count):
            open_ways = [way for way in _ways(ways) if room[way] >= seats]
            best = max(open_ways, key=free.__getitem__, default=None)
            for way in _ways(ways):
                free[way] += share
            if best is None:
                left[ways, seats] += 1
            else:
                room[best] -= seats
                free[best] -= seats
    return left


def _ways(ways: int) -> tuple[int, ...]:
    return tuple(way for way in range(ways.bit_length()) if ways >> way & 1)


def _reaches_all(limits: tuple[int, ...], demands: Demands) -> bool:
    """Work out whether everybody can sit: all numbers of seats taken in all openings but the largest."""
    last = max(range(len(limits)), key=limits.__getitem__)
    kept = [way for way in range(len(limits)) if way != last]
    steps, width = dict[int, int](), 1
    for way in kept:
        steps[way] = width
        width *= limits[way] + 1
    reached = 1
    for (ways, seats), count in demands:
        moves = [
            (_below(limits, steps, way, seats, width), seats * steps[way])
            for way in kept
            if ways >> way & 1 and limits[way] >= seats
        ]
        for _ in range(count):
            after = reached if ways >> last & 1 else 0
            for below, shift in moves:
                after |= (reached & below) << shift
            reached = after
    total = sum(seats * count for (_, seats), count in demands)
    return _most_taken(reached, [limits[way] + 1 for way in kept]) >= total - limits[last]


def _below(
    limits: tuple[int, ...], steps: Mapping[int, int], way: int, seats: int, width: int
) -> int:
    """Give the bits of all states that have so many seats free in an opening."""
    step = steps[way]
    block = (1 << (limits[way] + 1 - seats) * step) - 1
    span = (limits[way] + 1) * step
    return block * (((1 << width) - 1) // ((1 << span) - 1))


def _most_taken(reached: int, sizes: Sequence[int]) -> int:
    """Give the most seats taken in all these openings together; below any number if nothing is reached."""
    if not reached:
        return -(1 << 60)
    if not sizes:
        return 0
    if len(sizes) == 1:
        return reached.bit_length() - 1
    width = 1
    for size in sizes[:-1]:
        width *= size
    whole = (1 << width) - 1
    return max(
        taken + _most_taken(reached >> taken * width & whole, sizes[:-1])
        for taken in range(sizes[-1])
    )


class _Filling:
    """Seat demand after demand, the largest parties first, remembering what led nowhere."""

    def __init__(self, demands: Demands) -> None:
        self._demands = demands
        self._dead = set[tuple[int, tuple[int, ...], int]]()

    @property
    def is_tired(self) -> bool:
        """Say whether so much was tried that the rest is let be."""
        return len(self._dead) >= _STATES

    def left_out(self, at: int, free: tuple[int, ...], left: int) -> tuple[int, ...] | None:
        """Seat the demands from this one on with at most so many left over; None if no way is found."""
        if at == len(self._demands):
            return ()
        state = at, free, left
        if (
            state in self._dead
            or self.is_tired
            or at_least_left_out(free, self._demands[at:]) > left
        ):
            return None
        (ways, seats), count = self._demands[at]
        for out in range(min(count, left), -1, -1):
            for after in _spread(free, ways, seats, count - out):
                rest = self.left_out(at + 1, after, left - out)
                if rest is not None:
                    return (out, *rest)
        self._dead.add(state)
        return None


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
