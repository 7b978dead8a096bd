"""What is still open for a candidate: for each group the choices that are left, cheapest first."""

from dataclasses import dataclass
from itertools import chain

from accessibility.arranging.board import Entry, bits, price_of

#: What is left for a group to choose from, the cheapest first.
Row = list[Entry]


@dataclass(frozen=True, slots=True)
class Node:
    """What is still open, what is spent so far, and what is bought."""

    rows: list[Row]
    base: int
    bought: int

    @property
    def least(self) -> int:
        """Add up the cheapest of each row."""
        return sum(row[0][0] for row in self.rows)


def settle(node: Node, banned: int, prices: tuple[int, ...]) -> Node | None:
    """Buy what somebody cannot do without and close what needs no more; None if somebody has nothing left."""
    rows, base, bought = node.rows, node.base, node.bought
    while True:
        open_rows, forced = [], 0
        for row in rows:
            left, common = [], -1
            for value, needs in row:
                if needs & banned:
                    continue
                missing = needs & ~bought
                left.append((value, missing))
                common &= missing
                if not missing:
                    break
            if not left:
                return None
            if not left[0][1]:
                base += left[0][0]
                continue
            forced |= common
            open_rows.append(left)
        rows = open_rows
        if not forced:
            return Node(rows, base, bought)
        bought |= forced
        base += price_of(forced, prices)


def merged(of_group: tuple[tuple[Entry, ...], ...]) -> Row:
    """Put a group's entries at all openings together, leaving out what is worse in all respects."""
    row: Row = []
    for value, needs in sorted(chain.from_iterable(of_group)):
        if all(other & ~needs for _, other in row):
            row.append((value, needs))
            if not needs:
                break
    return row


def first_within(row: Row, bought: int) -> int:
    """Give the value of the cheapest choice with what is bought."""
    return next(value for value, needs in row if not needs & ~bought)


def contended(rows: list[Row]) -> int:
    """Choose what to decide on next: the shared thing that most groups would take first."""
    votes: dict[int, int] = {}
    for row in rows:
        for at in bits(row[0][1]):
            votes[at] = votes.get(at, 0) + 1
    return 1 << max(sorted(votes), key=votes.__getitem__)
