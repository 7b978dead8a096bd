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
    Entries,
    Group,
    lacking_at_least,
    price_of,
)
from accessibility.arranging.covering import Covers
from accessibility.arranging.patience import Patience
from accessibility.arranging.paying import Paid, dual
from accessibility.arranging.rows import Node, Row, contended, first_within, merged, settle
from accessibility.arranging.seating import Values, seat_cheaply, seat_prices


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
    covers: Covers | None = None
    best: Found | None = None
    _under: int = NEVER
    _rows: list[Row] = field(default_factory=list)
    _base: int = 0
    _limits: tuple[int | None, ...] = ()
    _seat_prices: list[int] = field(default_factory=list)
    _lacking: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out each group's choices over the openings, cheapest first."""
        self._limits = _limits(self.board, self.candidate)
        self._base = self.candidate.fixed
        entries = [self.board.entries[at] for at in self.candidate.openings]
        if self._is_limited:
            entries = self._with_seats_priced(entries)
        self._rows = [merged(of_group) for of_group in zip(*entries, strict=True)]
        self._lacking = {-1: lacking_at_least(self.board, self.candidate.openings)}

    def bound(self) -> int:
        """Give a value that nothing for this candidate is below; NEVER if nobody-left-out is impossible."""
        node = settle(Node(self._rows, self._base, 0), 0, self.board.prices)
        if node is None:
            return NEVER
        least = node.base + self._lacking[-1]
        covered = node.least + self.covers.cheapest(node.rows)[0] if self.covers else 0
        return least + max(covered, dual(node.rows, self.board.prices))

    def payments(self) -> Paid:
        """Say who would pay how much for what is shared, to come to a bound."""
        paid: Paid = [{} for _ in self._rows]
        dual(self._rows, self.board.prices, paid)
        return paid

    def solve(self, under: int) -> Found | None:
        """Find the best below a value; None if there is none, or if patience ran out before one came."""
        self._under, self.best = under, None
        self._search(Node(self._rows, self._base, 0), 0)
        return self.best

    def _search(self, before: Node, banned: int) -> None:
        """Settle what can be, and decide on one more thing: buy it, or do without."""
        node = settle(before, banned, self.board.prices)
        if node is None or not self.patience.goes_on():
            return
        lacking = self._lacking[-1]
        if self.covers and node.rows:
            node = self._narrowed(node, self.covers)
        if node is None or node.base + lacking + dual(node.rows, self.board.prices) >= self._under:
            return
        thing = contended(node.rows) if node.rows else self._close(node.bought, banned, lacking)
        if thing:
            price = self.board.prices[thing.bit_length() - 1]
            self._search(Node(node.rows, node.base + price, node.bought | thing), banned)
            self._search(node, banned | thing)

    def _narrowed(self, node: Node, covers: Covers) -> Node | None:
        """Try the cheapest set that covers everybody, and drop what could not be below the best with it."""
        price, bought = covers.cheapest(node.rows)
        least = node.base + node.least + price + self._lacking[-1]
        if not self._is_limited and least < self._under:
            own = sum(first_within(row, bought) for row in node.rows)
            if least - node.least + own < self._under:
                self._keep(self._cheapest_each(node.bought | bought))
        if least >= self._under:
            return None
        spare = self._under - least
        rows = [[one for one in row if one[0] - row[0][0] < spare] for row in node.rows]
        return Node(rows, node.base, node.bought)

    @property
    def _is_limited(self) -> bool:
        return any(limit is not None for limit in self._limits)

    def _close(self, bought: int, banned: int, lacking: int) -> int:
        """Keep what is bought as the best, if it is; where seats want more bought, give what to decide on."""
        if not self._is_limited:
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
        seated = seat_cheaply(people, self._limits, self.patience.goes_on, under, self._seat_prices)
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

    def _with_seats_priced(self, entries: list[Entries]) -> list[Entries]:
        """Add to each opening's entries what its seats are worth, where too many would choose it."""
        prices = self._seat_prices = seat_prices(self._people(-1), self._limits)
        idle = (price * (limit or 0) for price, limit in zip(prices, self._limits, strict=True))
        self._base -= sum(idle)
        taken = [group.seats * len(group.people) for group in self.board.groups]
        return [
            tuple(
                tuple((value + price * seats, needs) for value, needs in row)
                for row, seats in zip(of_opening, taken, strict=True)
            )
            for of_opening, price in zip(entries, prices, strict=True)
        ]

    def _count_lacking(self, allowed: int) -> int:
        """Give the value of those who have no second way within what may be bought."""
        if allowed not in self._lacking:
            ways = (
                sum(any(not choice.needs & ~allowed for choice in way) for way in self._ways(group))
                for group in self.board.groups
            )
            lacking = sum(
                len(group.people)
                for group, works in zip(self.board.groups, ways, strict=True)
                if works <= 1
            )
            self._lacking[allowed] = lacking * self.board.weights.lacking
        return self._lacking[allowed]


_Choices = tuple[tuple[str, Choice], ...]


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
