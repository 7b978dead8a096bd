"""Arranging agrees with trying everything, whatever the problem and in whatever order it is given."""

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accessibility.arranging.answer import Why
from accessibility.arranging.problem import Problem
from accessibility.arranging.search import cheapest
from tests.property.accessibility.arranging_oracle import (
    by_trying_everything,
    is_kept,
    pence,
    problems,
    value_of,
)

SLOWLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@settings(SLOWLY, max_examples=1500)
@given(problems())
def test_the_cheapest_is_the_cheapest_of_all_and_nobody_is_left_out_who_need_not_be(
    problem: Problem,
) -> None:
    value, fewest = by_trying_everything(problem)

    answer = cheapest(problem)

    if value is None:
        assert answer.best is None
        assert answer.out_of_reach is not None
        assert fewest == len(answer.out_of_reach.left_out)
    else:
        assert answer.best is not None
        assert value == value_of(problem, answer.best)
        assert (True, value[0]) == (answer.is_exact, answer.at_least)
        assert is_kept(problem, answer.best)


@settings(SLOWLY, max_examples=500)
@given(problems(), st.randoms(use_true_random=False))
def test_the_answer_is_the_same_in_whatever_order_it_is_asked(
    problem: Problem, order: Random
) -> None:
    mixed = replace(
        problem,
        openings=tuple(order.sample(problem.openings, len(problem.openings))),
        shared=tuple(order.sample(problem.shared, len(problem.shared))),
        people=tuple(
            replace(person, options=tuple(order.sample(person.options, len(person.options))))
            for person in order.sample(problem.people, len(problem.people))
        ),
    )

    assert cheapest(problem) == cheapest(mixed)


@settings(SLOWLY, max_examples=500)
@given(problems(), st.data())
def test_a_person_or_a_need_more_never_makes_it_cheaper(
    problem: Problem, data: st.DataObject
) -> None:
    if not problem.people:
        return
    less = replace(problem, people=problem.people[1:])
    first = problem.people[0]
    needs = frozenset(
        data.draw(st.sets(st.sampled_from([one.id for one in problem.shared])))
        if problem.shared
        else ()
    )
    more = replace(
        problem,
        people=(
            replace(
                first,
                options=tuple(
                    replace(one, needs=one.needs | needs, own=one.own + pence(1))
                    for one in first.options
                ),
            ),
            *problem.people[1:],
        ),
    )

    costs = [
        answer.best.cost.typical if answer.best else None
        for answer in map(cheapest, (less, problem, more))
    ]

    served = [cost for cost in costs if cost is not None]
    assert served == sorted(served)
    assert costs[: len(served)] == served


@settings(SLOWLY, max_examples=500)
@given(problems())
def test_other_plans_hold_cost_no_less_and_serve_somebody_better(problem: Problem) -> None:
    answer = cheapest(problem)

    for other in answer.others:
        assert answer.best is not None
        assert is_kept(problem, other.plan)
        assert other.plan.cost.typical >= answer.best.cost.typical
        assert other.better_for
        assert other.better_for == other.plan.better_for(answer.best)
    assert len({other.plan.openings for other in answer.others}) == len(answer.others)


@settings(SLOWLY, max_examples=500)
@given(problems(), st.integers(0, 6))
def test_stopped_at_any_moment_what_is_proven_holds(problem: Problem, times: int) -> None:
    true = cheapest(problem)
    asked = iter(range(times))

    answer = cheapest(problem, lambda: next(asked, None) is not None)

    if true.best is None:
        assert answer.best is None
        return
    assert answer.out_of_reach is None
    assert answer.at_least <= true.best.cost.typical
    if answer.best is not None:
        assert is_kept(problem, answer.best)
        assert answer.best.cost.typical - answer.too_much_at_most <= true.best.cost.typical


@settings(SLOWLY, max_examples=300)
@given(problems())
def test_why_somebody_is_left_out_is_true(problem: Problem) -> None:
    out = cheapest(problem).out_of_reach
    options = {person.id: person.options for person in problem.people}

    for left in out.left_out if out else ():
        somewhere = {option.opening for option in options[left.person]}
        here = out is not None and somewhere & set(out.openings)
        expected = Why.NO_WAY if not somewhere else Why.NO_SEAT if here else Why.ELSEWHERE
        assert expected is left.why
