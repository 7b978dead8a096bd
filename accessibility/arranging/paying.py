"""A bound from below: let the groups pay for the shared things between them.

Nobody pays more than they have from a thing, and nothing is paid more than its price, so that what all come
to is never more than the true cost (the dual of the problem, climbed step by step as D. Erlenkotter does for
warehouses, Operations Research 26, 1978). Whoever needs the fewest things to climb goes first.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from accessibility.arranging.board import Entry, bits


def dual(rows: Sequence[Sequence[Entry]], prices: Sequence[int]) -> int:
    """Give what the groups come to; each has its entries cheapest first, and at least one."""
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
        total += step
        heappush(climbing, (active, at, level + step))
    return total


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
