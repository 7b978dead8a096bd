"""One date with one set of openings: what to buy for all and who joins how, for the least there is.

Branch and bound over the shared things: each is bought or done without. What somebody cannot do without is
bought at once. A bound comes from letting people pay for shared things between them, nobody more than they
have from it and nothing above its price (the dual of the problem): never more than the true cost.
"""

from dataclasses import dataclass, field

from accessibility.arranging.board import (
    NEVER,
    Board,
    Candidate,
    Choice,
    Group,
    bits,
    price_of,
)
from accessibility.arranging.patience import Patience
from accessibility.arranging.seating import Values, seat_cheaply, seat_prices

#: What one group could take: shared things as bits, and what it is worth for all of them together.
_Entry = tuple[int, int]
_Row = list[_Entry]


@dataclass(frozen=True, slots=True)
class Found:
    """The best for one candidate: its value, what is bought (as bits), and everybody's choice."""

    candidate: Candidate
    value: int
    bought: int
    choices: tuple[tuple[str, Choice], ...]


@dataclass(slots=True)
class Chooser:
    """Find the best for one candidate, if it is below what is asked for."""

    board: Board
    candidate: Candidate
    patience: Patience
    best: Found | None = None
    _under: int = NEVER
    _rows: list[_Row] = field(default_factory=list)
    _base: int = 0
    _limits: tuple[int | None, ...] = ()
    _lacking: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out each group's choices over the openings, cheapest first."""
        self._limits = _limits(self.board, self.candidate)
        prices = seat_prices(self._people(-1), self._limits)
        idle = (price * (limit or 0) for price, limit in zip(prices, self._limits, strict=True))
        self._base = self.candidate.fixed - sum(idle)
        self._rows = [self._row(group, prices) for group in self.board.groups]

    def bound(self) -> int:
        """Give a value that nothing for this candidate is below; NEVER if nobody-left-out is impossible."""
        node = _settle(_Node(self._rows, self._base, 0), 0, self.board.prices)
        if node is None:
            return NEVER
        return node.base + _dual(node.rows, self.board.prices) + self._count_lacking(-1)

    def solve(self, under: int) -> Found | None:
        """Find the best below a value; None if there is none, or if patience ran out before one came."""
        self._under, self.best = under, None
        self._search(self._rows, self._base, 0, 0)
        return self.best

    def _search(self, rows: list[_Row], base: int, bought: int, banned: int) -> None:
        if not self.patience.goes_on():
            return
        node = _settle(_Node(rows, base, bought), banned, self.board.prices)
        if node is None:
            return
        lacking = self._count_lacking(~banned)
        if node.base + lacking + _dual(node.rows, self.board.prices) >= self._under:
            return
        thing = _contended(node.rows) if node.rows else self._close(node.bought, banned, lacking)
        if thing:
            price = self.board.prices[thing.bit_length() - 1]
            self._search(node.rows, node.base + price, node.bought | thing, banned)
            self._search(node.rows, node.base, node.bought, banned | thing)

    def _close(self, bought: int, banned: int, lacking: int) -> int:
        """Keep what is bought as the best, if it is; where seats want more bought, give what to decide on."""
        if all(limit is None for limit in self._limits):
            self._keep(self._cheapest_each(bought))
            return 0
        spent = self.candidate.fixed + price_of(bought, self.board.prices) + lacking
        choices = self._seated(~banned, self._under - spent)
        if choices is None:
            return 0
        extra = _needs_of(choices) & ~bought
        if not extra:
            self._keep(choices)
        return extra & -extra

    def _keep(self, choices: "_Choices") -> None:
        bought = _needs_of(choices)
        value = self.candidate.fixed + price_of(bought, self.board.prices)
        value += sum(choice.value for _, choice in choices) + self._count_lacking(bought)
        if value < self._under:
            self._under = value
            self.patience.has_plan = True
            self.best = Found(self.candidate, value, bought, choices)

    def _cheapest_each(self, bought: int) -> "_Choices":
        chosen: list[tuple[str, Choice]] = []
        for group in self.board.groups:
            best = min(
                (choice for way in self._ways(group) if (choice := _best(way, bought))),
                key=lambda choice: choice.value,
            )
            chosen += [(person.id, best) for person in group.people]
        return tuple(chosen)

    def _seated(self, allowed: int, under: int) -> "_Choices | None":
        people = self._people(allowed)
        if any(set(values) == {None} for _, values in people):
            return None
        seated = seat_cheaply(people, self._limits, self.patience.goes_on, under)
        if seated is None:
            return None
        chosen = []
        members = ((group, person) for group in self.board.groups for person in group.people)
        for (group, person), way in zip(members, seated.ways, strict=True):
            choice = _best(self._ways(group)[way], allowed)
            if choice:
                chosen.append((person.id, choice))
        return tuple(chosen)

    def _people(self, allowed: int) -> list[tuple[int, Values]]:
        people: list[tuple[int, Values]] = []
        for group in self.board.groups:
            best = (_best(way, allowed) for way in self._ways(group))
            values = tuple(choice.value if choice else None for choice in best)
            people += [(group.seats, values)] * len(group.people)
        return people

    def _ways(self, group: Group) -> list[tuple[Choice, ...]]:
        return [group.row.get(at, ()) for at in self.candidate.openings]

    def _row(self, group: Group, prices: list[int]) -> _Row:
        """Lay a group's choices out, cheapest first, none of them worse than another in all respects."""
        count, row = len(group.people), list[_Entry]()
        entries = sorted(
            (choice.value + price * group.seats, choice.needs)
            for way, price in zip(self._ways(group), prices, strict=True)
            for choice in way
        )
        for value, needs in entries:
            if all(other & ~needs for other, _ in row):
                row.append((needs, value * count))
        return row

    def _count_lacking(self, allowed: int) -> int:
        """Give the value of those who have no second way within what may be bought."""
        if allowed not in self._lacking:
            lacking = sum(
                len(group.people)
                for group in self.board.groups
                if sum(
                    any(not choice.needs & ~allowed for choice in way) for way in self._ways(group)
                )
                < 2
            )
            self._lacking[allowed] = lacking * self.board.weights.lacking
        return self._lacking[allowed]


_Choices = tuple[tuple[str, Choice], ...]


@dataclass(frozen=True, slots=True)
class _Node:
    """What is still open, what is spent so far, and what is bought."""

    rows: list[_Row]
    base: int
    bought: int


def _settle(node: _Node, banned: int, prices: tuple[int, ...]) -> _Node | None:
    """Buy what somebody cannot do without and close what needs no more; None if somebody has nothing left."""
    rows, base, bought = node.rows, node.base, node.bought
    while True:
        open_rows, forced = [], 0
        for row in rows:
            left, common = [], -1
            for needs, value in row:
                if needs & banned:
                    continue
                missing = needs & ~bought
                left.append((missing, value))
                common &= missing
                if not missing:
                    break
            if not left:
                return None
            if not left[0][0]:
                base += left[0][1]
                continue
            forced |= common
            open_rows.append(left)
        rows = open_rows
        if not forced:
            return _Node(rows, base, bought)
        bought |= forced
        base += price_of(forced, prices)


def _dual(rows: list[_Row], prices: tuple[int, ...]) -> int:
    """Let groups pay for what they share, as far as each has something from it; give what they come to."""
    left, total = list(prices), 0
    for row in sorted(rows, key=len):
        reach = min(value + sum(left[at] for at in bits(needs)) for needs, value in row)
        total += reach
        paid: dict[int, int] = {}
        for needs, value in row:
            due = reach - value - sum(paid.get(at, 0) for at in bits(needs))
            if due <= 0:
                continue
            for at in sorted(bits(needs), key=left.__getitem__, reverse=True):
                part = min(due, left[at])
                left[at] -= part
                paid[at] = paid.get(at, 0) + part
                due -= part
    return total


def _contended(rows: list[_Row]) -> int:
    """Choose what to decide on next: the shared thing that most groups would take first."""
    votes: dict[int, int] = {}
    for row in rows:
        for at in bits(row[0][0]):
            votes[at] = votes.get(at, 0) + 1
    return 1 << max(sorted(votes), key=votes.__getitem__)


def _best(way: tuple[Choice, ...], allowed: int) -> Choice | None:
    return next((choice for choice in way if not choice.needs & ~allowed), None)


def _needs_of(choices: _Choices) -> int:
    needs = 0
    for _, choice in choices:
        needs |= choice.needs
    return needs


def _limits(board: Board, candidate: Candidate) -> tuple[int | None, ...]:
    """Give the limits of the openings, leaving out those that could never be reached."""
    limits = []
    for at in candidate.openings:
        seats = board.openings[at].seats
        most = sum(group.seats * len(group.people) for group in board.groups if at in group.row)
        limits.append(None if seats is None or seats >= most else seats)
    return tuple(limits)
