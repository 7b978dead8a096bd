"""Small problems of arranging, and their answers by trying everything."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import strategies as st

from accessibility.arranging.answer import Plan
from accessibility.arranging.problem import Opening, Option, Person, Problem, Shared
from accessibility.costs import Estimate
from scheduling.ways import Way

FIRST = datetime(2026, 12, 1, 13, tzinfo=UTC)
#: What is compared: pence, people without a second way, clashes, and preferences met (fewer is worse).
Value = tuple[int, int, int, int]


def pence(typical: int) -> Estimate:
    """Give an estimate round a sum."""
    return Estimate(typical // 2, typical, typical * 2)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw a problem small enough to try everything."""
    openings = list(_openings(draw))
    shared = tuple(
        Shared(f"s{at}", pence(draw(st.sampled_from((0, 1, 3, 10)))))
        for at in range(draw(st.integers(0, 4)))
    )
    ids = [opening.id for opening in openings]
    options = st.builds(
        Option,
        st.sampled_from(ids),
        st.frozensets(st.sampled_from([one.id for one in shared]), max_size=3)
        if shared
        else st.just(frozenset()),
        st.sampled_from((0, 0, 1, 4, 9)).map(pence),
        st.sampled_from((0, 0, 1, 2)),
    )
    people = tuple(
        Person(
            f"p{at}",
            tuple(draw(st.lists(options, max_size=5))),
            draw(st.sampled_from((1, 1, 2, 3))),
        )
        for at in range(draw(st.integers(0, 4)))
    )
    return Problem(tuple(openings), shared, people, pence(draw(st.sampled_from((0, 3)))))


def _openings(draw: st.DrawFn) -> Iterator[Opening]:
    most = {Way.ROOM: 2, Way.OUTDOORS: 2, Way.ONLINE: 1, Way.PHONE: 1}
    for day in range(draw(st.integers(1, 2))):
        for way in Way:
            for at in range(draw(st.integers(int(way is Way.PHONE), most[way]))):
                yield Opening(
                    f"{day} {way} {at}",
                    FIRST + timedelta(days=day),
                    way,
                    pence(draw(st.sampled_from((0, 0, 1, 2, 5, 20)))),
                    f"place {at}" if way in (Way.ROOM, Way.OUTDOORS) else "",
                    draw(st.sampled_from((None, None, 1, 2, 3, 4))),
                    draw(st.sampled_from((0, 0, 1, 2))),
                )


def sets_of_openings(problem: Problem) -> Iterator[list[Opening]]:
    """Give every set of openings of one date with at most one of each way."""
    for starts_at in {opening.starts_at for opening in problem.openings}:
        by_way = [
            [
                None,
                *(
                    each
                    for each in problem.openings
                    if (each.starts_at, each.way) == (starts_at, way)
                ),
            ]
            for way in Way
        ]
        for chosen in product(*by_way):
            if any(chosen):
                yield [opening for opening in chosen if opening]


def by_trying_everything(problem: Problem) -> tuple[Value | None, int]:
    """Give the value of the best arrangement, None if somebody is always left out, and how few are."""
    best, fewest = None, len(problem.people)
    for openings in sets_of_openings(problem):
        offered = {opening.id: opening for opening in openings}
        options = [
            [None, *(one for one in person.options if one.opening in offered)]
            for person in problem.people
        ]
        for joins in product(*options):
            if not _all_fit(problem, offered, joins):
                continue
            fewest = min(fewest, joins.count(None))
            taken = [option for option in joins if option]
            if len(taken) == len(joins):
                value = _value(problem, openings, taken)
                best = value if best is None else min(best, value)
    return best, fewest


def _all_fit(
    problem: Problem, offered: dict[str, Opening], joins: tuple[Option | None, ...]
) -> bool:
    used = dict.fromkeys(offered, 0)
    for person, option in zip(problem.people, joins, strict=True):
        if option:
            used[option.opening] += person.seats
    limits = {id_: opening.seats for id_, opening in offered.items()}
    return all(limit is None or used[id_] <= limit for id_, limit in limits.items())


def _value(problem: Problem, openings: list[Opening], joins: list[Option]) -> Value:
    needs = frozenset().union(*(option.needs for option in joins))
    free = {one.id for one in problem.shared if not one.price.typical}
    mixed = len({opening.way.is_remote for opening in openings}) > 1
    cost = (
        sum(opening.fixed.typical for opening in openings)
        + (problem.mixing.typical if mixed else 0)
        + sum(one.price.typical for one in problem.shared if one.id in needs)
        + sum(option.own.typical for option in joins)
    )
    offered = {opening.id for opening in openings}
    lacking = sum(len(_workable(person, offered, needs | free)) <= 1 for person in problem.people)
    return (
        cost,
        lacking,
        sum(opening.clashes for opening in openings),
        -sum(option.liked for option in joins),
    )


def _workable(person: Person, offered: set[str], bought: frozenset[str] | set[str]) -> set[str]:
    return {
        option.opening
        for option in person.options
        if option.opening in offered and option.needs <= bought
    }


def value_of(problem: Problem, plan: Plan) -> Value:
    """Give the value of a plan by what it says of itself."""
    lacking = len(problem.people) - len(plan.two_ways)
    return plan.cost.typical, lacking, plan.clashes, -plan.liked


def is_kept(problem: Problem, plan: Plan) -> bool:
    """Say whether a plan holds: one opening of each way, a seat and all they need for everybody."""
    offered = {each.id: each for each in problem.openings if each.id in plan.openings}
    joins = tuple(plan.joins[person.id] for person in problem.people)
    needs = frozenset().union(*(option.needs for option in joins))
    free = {one.id for one in problem.shared if not one.price.typical}
    return (
        len({each.way for each in offered.values()}) == len(plan.openings)
        and {each.starts_at for each in offered.values()} == {plan.starts_at}
        and all(
            option in person.options for person, option in zip(problem.people, joins, strict=True)
        )
        and _all_fit(problem, offered, joins)
        and needs <= set(plan.shared) <= needs | free
        and value_of(problem, plan) == _value(problem, list(offered.values()), list(joins))
    )
