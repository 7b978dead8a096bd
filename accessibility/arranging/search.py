"""The cheapest arrangement that leaves nobody out: candidates by what they cost at the least, best first.

A candidate is one date with one set of openings. Each has a bound that takes little work, then a sharper
one, then its true value; the next to be worked on is always the one with the least bound, so that when it
is worked out, no other can be below it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from accessibility.arranging.answer import Alternative, Answer, Plan
from accessibility.arranging.board import NEVER, Board, Candidate, lay_out
from accessibility.arranging.choosing import Chooser, Found
from accessibility.arranging.covering import MOST, Covers
from accessibility.arranging.giving import out_of_reach
from accessibility.arranging.patience import Patience
from accessibility.arranging.paying import Paid, bounds_by
from accessibility.arranging.planning import could_serve_better, plan_of
from accessibility.arranging.problem import Problem
from accessibility.arranging.screening import screen

#: Steps taken at most where the problem is larger than the exact size.
STEPS_BEYOND = 20_000
#: Candidates worked out at most for the alternatives; what is best among them is offered.
WORKED_OUT = 16
ALTERNATIVES = 2
#: After so many candidates, what one of them would pay for is tried on all that wait.
_LIFT_AFTER = frozenset({1, 3, 6, 10, 20, 40, 80, 160, 320, 640, 1280, 2560})

#: A value that a candidate is not below, its place in the order, whether that bound is the sharp one.
_Waiting = tuple[int, int, bool]


def cheapest(problem: Problem, goes_on: Callable[[], bool] = lambda: True) -> Answer:
    """Find the cheapest arrangement that leaves nobody out, and two others; or say what would have to give.

    `goes_on` is asked now and then; once it says no, the best so far comes back with what is proven.
    """
    patience = Patience(goes_on, None if problem.is_within_exact else STEPS_BEYOND)
    board = lay_out(problem)
    waiting, candidates = list[_Waiting](), list[Candidate]()
    for bound, candidate in screen(board):
        if not patience.goes_on():
            return Answer()
        waiting.append((bound, len(candidates), False))
        candidates.append(candidate)
    if not candidates:
        return Answer(out_of_reach=out_of_reach(board, patience))
    return _Search(board, candidates, waiting, patience).answer()


@dataclass(slots=True)
class _Search:
    """Work on the candidate with the least bound, until the least is a true value."""

    board: Board
    candidates: list[Candidate]
    waiting: list[_Waiting]
    patience: Patience
    best: Found | None = None
    _bounds: dict[int, int] = field(default_factory=dict)
    _covers: Covers | None = None

    def answer(self) -> Answer:
        """Give the cheapest plan, with what is proven and the alternatives."""
        self._bounds = {at: bound for bound, at, _ in self.waiting}
        proven = self._find_best()
        if self.best is None:
            return Answer(at_least=self.board.weights.pence(proven))
        plan = plan_of(self.board, self.best)
        others = () if self.patience.is_over else self._others(plan)
        at_least = self.board.weights.pence(min(proven, self.best.value))
        return Answer(plan, others, None, at_least, is_exact=at_least == plan.cost.typical)

    def _find_best(self) -> int:
        """Find the best candidate; give the value that none is below."""
        heapify(self.waiting)
        sharpened = 0
        while self.waiting:
            bound, at, is_sharp = heappop(self.waiting)
            under = NEVER if self.best is None else self.best.value
            if bound >= under:
                return under
            chooser = self._chooser(at)
            if is_sharp or self.best is None:
                self.best = chooser.solve(under) or self.best
            elif (sharper := chooser.bound()) < under:
                self._put_off(max(bound, sharper), at)
            if not self.patience.goes_on():
                return bound
            sharpened += 1
            if sharpened in _LIFT_AFTER:
                self._lift(chooser.payments())
        return NEVER

    def _put_off(self, bound: int, at: int) -> None:
        self._bounds[at] = bound
        heappush(self.waiting, (bound, at, True))

    def _lift(self, paid: Paid) -> None:
        """Raise the bounds of all that wait by what one of them would pay for, and drop what is too dear."""
        candidates = [self.candidates[at] for _, at, _ in self.waiting]
        lifted = bounds_by(self.board, candidates, paid)
        under = NEVER if self.best is None else self.best.value
        waiting = []
        for (bound, at, is_sharp), other in zip(self.waiting, lifted, strict=True):
            self._bounds[at] = max(bound, other)
            if self._bounds[at] < under:
                waiting.append((self._bounds[at], at, is_sharp))
        self.waiting = waiting
        heapify(self.waiting)

    def _chooser(self, at: int) -> Chooser:
        if self._covers is None and len(self.board.prices) <= MOST:
            self._covers = Covers(self.board.prices)
        return Chooser(self.board, self.candidates[at], self.patience, self._covers)

    def _others(self, best: Plan) -> tuple[Alternative, ...]:
        """Find the next cheapest candidates, each serving somebody better than all before it."""
        plans = [best]
        waiting = [(bound, at, None) for at, bound in self._bounds.items()]
        heap: list[tuple[int, int, Found | None]] = [*waiting]
        heapify(heap)
        left = WORKED_OUT
        while heap and len(plans) <= ALTERNATIVES and self.patience.goes_on():
            _, at, found = heappop(heap)
            candidate = self.candidates[at]
            if found is None and not left:
                continue
            if not could_serve_better(self.board, candidate, plans):
                continue
            if found is None:
                left -= 1
                found = self._chooser(at).solve(NEVER)
                if found is not None and not self.patience.is_over:
                    heappush(heap, (found.value, at, found))
                continue
            plan = plan_of(self.board, found)
            if plan.joins.keys() - _served_as_well(plan, plans):
                plans.append(plan)
        return tuple(Alternative(plan, plan.better_for(best)) for plan in plans[1:])


def _served_as_well(plan: Plan, plans: list[Plan]) -> frozenset[str]:
    """Name those whom some plan serves at least as well."""
    return frozenset(
        person
        for person in plan.joins
        if any(other.served(person) >= plan.served(person) for other in plans)
    )
