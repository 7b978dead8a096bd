"""What was found, told as a plan."""

from accessibility.arranging.answer import Plan
from accessibility.arranging.board import Board, Candidate, Group
from accessibility.arranging.choosing import Found
from accessibility.costs import Estimate


def plan_of(board: Board, found: Found) -> Plan:
    """Tell what was found for a candidate as a plan."""
    problem = board.problem
    openings = [board.openings[at] for at in found.candidate.openings]
    mixed = len({opening.way.is_remote for opening in openings}) > 1
    joins = {person: choice.option for person, choice in sorted(found.choices)}
    two_ways = frozenset(
        person.id
        for group in board.groups
        if _ways_within(group, found.candidate, found.bought) > 1
        for person in group.people
    )
    shared = _shared(board, found, two_ways)
    prices = {one.id: one.price for one in problem.shared}
    return Plan(
        starts_at=openings[0].starts_at,
        openings=tuple(opening.id for opening in openings),
        shared=shared,
        joins=joins,
        two_ways=two_ways,
        clashes=sum(opening.clashes for opening in openings),
        fixed=sum((opening.fixed for opening in openings), problem.mixing if mixed else Estimate()),
        together=sum((prices[one] for one in shared), Estimate()),
        own=sum((option.own for option in joins.values()), Estimate()),
    )


def could_serve_better(board: Board, candidate: Candidate, plans: list[Plan]) -> bool:
    """Say whether a candidate might serve somebody better than each of these plans does."""
    return any(
        _at_best(group, candidate) > max(plan.served(person.id) for plan in plans)
        for group in board.groups
        for person in group.people
    )


def _at_best(group: Group, candidate: Candidate) -> tuple[int, bool]:
    liked = [choice.option.liked for at in candidate.openings for choice in group.row.get(at, ())]
    return max(liked, default=0), _ways_within(group, candidate, -1) > 1


def _ways_within(group: Group, candidate: Candidate, bought: int) -> int:
    return sum(
        any(not choice.needs & ~bought for choice in group.row.get(at, ()))
        for at in candidate.openings
    )


def _shared(board: Board, found: Found, two_ways: frozenset[str]) -> tuple[str, ...]:
    """Name what is bought, and what costs nothing but must be there for a way somebody counts on."""
    used = {need for _, choice in found.choices for need in choice.option.needs}
    for group in board.groups:
        if group.people[0].id in two_ways:
            for at in found.candidate.openings:
                within = [one for one in group.row.get(at, ()) if not one.needs & ~found.bought]
                used |= within[0].option.needs if within else set()
    return tuple(one for one in board.shared if one in used)
