"""A bound from below: let the groups pay for the shared things between them.

Nobody pays more than they have from a thing, and nothing is paid more than its price, so that what all come
to is never more than the true cost (the dual of the problem, climbed step by step as D. Erlenkotter does for
warehouses, Operations Research 26, 1978). Whoever needs the fewest things to climb goes first.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from accessibility.arranging.board import (
    NEVER,
    Board,
    Candidate,
    Entries,
    Entry,
    bits,
    lacking_at_least,
)

#: For each group, what it pays for each thing.
Paid = list[dict[int, int]]


def dual(rows: Sequence[Sequence[Entry]], prices: Sequence[int], paid: Paid | None = None) -> int:
    """Give what the groups come to; each has its entries cheapest first, and at least one.

    Who pays how much is noted in `paid`, if it is given.
    """
    left, total = list(prices), sum(row[0][0] for row in rows)
    climbing = [(1, at, row[0][0]) for at, row in enumerate(rows)]
    heapify(climbing)
    while climbing:
        active, at, level = heappop(climbing)
        row = rows[at]
        while active < len(row) and row[active][0] <= level:
            active += 1
        paying = _payers(row[:active], left)
        if not paying:
            continue
        step = min(left[thing] for thing in paying)
        if active < len(row):
            step = min(step, row[active][0] - level)
        for thing in paying:
            left[thing] -= step
            if paid is not None:
                paid[at][thing] = paid[at].get(thing, 0) + step
        total += step
        heappush(climbing, (active, at, level + step))
    return total


def bounds_by(board: Board, candidates: Sequence[Candidate], paid: Paid) -> Iterator[int]:
    """Give a bound for each candidate, with the same payments for all; groups never pay above a price."""
    single: dict[int, list[int]] = {}
    merged: dict[tuple[int, ...], list[int]] = {(): [NEVER] * len(board.groups)}
    for candidate in candidates:
        openings = candidate.openings
        for upto in range(1, len(openings) + 1):
            if openings[:upto] not in merged:
                last = openings[upto - 1]
                if last not in single:
                    single[last] = _lifted(board.entries[last], paid)
                merged[openings[:upto]] = list(map(min, merged[openings[: upto - 1]], single[last]))
        yield candidate.fixed + sum(merged[openings]) + lacking_at_least(board, openings)


def _lifted(entries: Entries, paid: Paid) -> list[int]:
    return [
        min(
            (value + sum(pays.get(thing, 0) for thing in bits(needs)) for value, needs in row),
            default=NEVER,
        )
        for row, pays in zip(entries, paid, strict=True)
    ]


def _payers(entries: Sequence[Entry], left: Sequence[int]) -> list[int]:
    """Choose things not yet paid for, one at least of each entry; none if some entry has none."""
    if len(entries) == 1:
        return (
            [max(bits(entries[0][1]), key=left.__getitem__)] if _open(entries[0][1], left) else []
        )
    chosen: list[int] = []
    taken = 0
    for _, needs in entries:
        if needs & taken:
            continue
        best = max(bits(needs), key=left.__getitem__, default=-1)
        if best < 0 or not left[best]:
            return []
        chosen.append(best)
        taken |= 1 << best
    return chosen


def _open(needs: int, left: Sequence[int]) -> bool:
    return any(left[thing] for thing in bits(needs))
