"""The cheapest arrangement: what is shared is paid once, seats hold, and what could give stands in order."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accessibility.arranging.answer import Give, Why
from accessibility.arranging.problem import (
    BrokenProblem,
    Opening,
    Option,
    Person,
    Problem,
    Shared,
)
from accessibility.arranging.search import cheapest
from accessibility.costs import Estimate
from scheduling.ways import Way

MONDAY = datetime(2026, 12, 7, 13, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def pence(typical: int) -> Estimate:
    """Give an estimate of one sum."""
    return Estimate(typical, typical, typical)


ROOM = Opening("room", MONDAY, Way.ROOM, pence(3600), "hall")
ONLINE = Opening("online", MONDAY, Way.ONLINE, pence(200))
PHONE = Opening("phone", MONDAY, Way.PHONE, pence(150))
BSL = Shared("bsl", pence(28000))
WITH_BSL = frozenset({"bsl"})


def person(id_: str, *options: Option, seats: int = 1) -> Person:
    """Give a person who could join by these."""
    return Person(id_, options, seats)


def test_one_team_of_interpreters_serves_all_who_need_it() -> None:
    people = tuple(person(id_, Option("online", WITH_BSL)) for id_ in ("ada", "ben", "cleo"))

    plan = cheapest(Problem((ONLINE,), (BSL,), people)).best

    assert plan is not None
    assert (("bsl",), 28200) == (plan.shared, plan.cost.typical)


def test_somebody_is_never_left_out_because_they_are_dear() -> None:
    dear = person("ada", Option("room", WITH_BSL, pence(10**7)))
    cheap = person("ben", Option("phone"))

    plan = cheapest(Problem((ROOM, PHONE), (BSL,), (dear, cheap))).best

    assert plan is not None
    assert {"ada", "ben"} == plan.joins.keys()


def test_what_joins_the_room_to_those_elsewhere_is_paid_only_if_there_are_both() -> None:
    ada, ben = person("ada", Option("room")), person("ben", Option("phone"))
    offered, kit = (ROOM, PHONE), pence(132)

    both = cheapest(Problem(offered, (), (ada, ben), kit)).best
    one = cheapest(Problem(offered, (), (ada,), kit)).best

    assert both is not None
    assert one is not None
    assert (3600 + 150 + 132, 3600) == (both.cost.typical, one.cost.typical)


@pytest.mark.parametrize(("seats", "left"), [(2, [Why.NO_SEAT]), (3, [])])
def test_a_supporter_takes_a_seat_too(seats: int, left: list[Why]) -> None:
    small = Opening("room", MONDAY, Way.ROOM, seats=seats)
    pair, single = person("ada", Option("room"), seats=2), person("ben", Option("room"))

    out = cheapest(Problem((small,), (), (pair, single))).out_of_reach

    assert left == [each.why for each in out.left_out] if out else not left


def test_parties_of_two_in_odd_rooms_are_not_seated_in_halves() -> None:
    rooms = tuple(Opening(str(way), MONDAY, way, seats=15) for way in (Way.ROOM, Way.OUTDOORS))
    options = tuple(Option(room.id) for room in rooms)
    people = tuple(person(f"p{at:02}", *options, seats=2) for at in range(15))

    out = cheapest(Problem(rooms, (), people)).out_of_reach

    assert out is not None
    assert 1 == len(out.left_out)


def test_at_the_same_cost_the_plan_with_more_second_ways_is_chosen() -> None:
    free = tuple(Opening(str(way), MONDAY, way) for way in (Way.ONLINE, Way.PHONE))
    ada = person("ada", Option("online"), Option("phone"))

    plan = cheapest(Problem(free, (), (ada,))).best

    assert plan is not None
    assert frozenset({"ada"}) == plan.two_ways


def test_at_the_same_cost_and_second_ways_fewer_clashes_are_chosen_then_preferences() -> None:
    quiet = Opening("quiet", MONDAY, Way.ROOM, place="a")
    noisy = Opening("noisy", MONDAY, Way.ROOM, place="b", clashes=1)
    liked = Option("noisy", liked=2)

    clashing = cheapest(Problem((quiet, noisy), (), (person("ada", Option("quiet"), liked),))).best
    calm = Opening("noisy", MONDAY, Way.ROOM, place="b")
    preferred = cheapest(Problem((quiet, calm), (), (person("ada", Option("quiet"), liked),))).best

    assert clashing is not None
    assert preferred is not None
    assert (("quiet",), ("noisy",)) == (clashing.openings, preferred.openings)


def test_at_the_same_everything_the_earlier_day_is_chosen() -> None:
    later = Opening("a-later", TUESDAY, Way.PHONE)
    sooner = Opening("b-sooner", MONDAY, Way.PHONE)

    plan = cheapest(
        Problem((later, sooner), (), (person("ada", Option("a-later"), Option("b-sooner")),))
    ).best

    assert plan is not None
    assert MONDAY == plan.starts_at


def test_what_could_give_stands_in_its_order() -> None:
    ada = Person("ada", (), other_ways=frozenset({Way.OUTDOORS}), later=date(2027, 1, 4))
    ben = person("ben", Option("phone"))

    out = cheapest(Problem((PHONE,), (), (ada, ben))).out_of_reach

    assert out is not None
    assert (Give.OTHER_WAY, Give.LATER_DATE, Give.OUTSIDE, Give.DIRECTOR) == out.gives
    assert [("ada", Why.NO_WAY)] == [(each.person, each.why) for each in out.left_out]


def test_two_linked_sessions_are_offered_where_a_second_one_takes_all_left_out() -> None:
    barn = Opening("barn", TUESDAY, Way.ROOM, place="barn")
    ada, ben = person("ada", Option("room")), person("ben", Option("barn"))

    out = cheapest(Problem((ROOM, barn), (), (ada, ben))).out_of_reach

    assert out is not None
    assert [Why.ELSEWHERE] == [each.why for each in out.left_out]
    assert (Give.OUTSIDE, Give.TWO_SESSIONS, Give.DIRECTOR) == out.gives


def test_other_plans_are_cheapest_first_and_each_serves_somebody_better_than_all_before() -> None:
    ada = person("ada", Option("phone"), Option("online", liked=1))
    ben = person("ben", Option("phone"), Option("room", liked=1))

    answer = cheapest(Problem((ROOM, ONLINE, PHONE), (), (ada, ben)))

    assert answer.best is not None
    assert ("phone",) == answer.best.openings
    assert [(("phone", "online"), {"ada"}), (("phone", "room"), {"ben"})] == [
        (other.plan.openings, set(other.better_for)) for other in answer.others
    ]


def test_beyond_the_exact_size_nobody_is_left_out_and_the_distance_is_proven() -> None:
    things = tuple(Shared(f"s{at:02}", pence(500 + 37 * at % 211)) for at in range(40))
    days = [MONDAY + timedelta(days=at) for at in range(3)]
    openings = tuple(Opening(f"{day:%d}", day, Way.ROOM, pence(1000), seats=200) for day in days)
    people = tuple(
        person(
            f"p{at:03}",
            *(
                Option(opening.id, frozenset({f"s{(at * step + at) % 40:02}"}), pence(at % 7))
                for opening in openings
                for step in (1, 3, 7)
            ),
        )
        for at in range(150)
    )
    problem = Problem(openings, things, people)

    answer = cheapest(problem)

    assert not problem.is_within_exact
    assert answer.best is not None
    assert 150 == len(answer.best.joins)
    assert 0 < answer.at_least <= answer.best.cost.typical
    assert answer.best.cost.typical - answer.at_least == answer.too_much_at_most


def test_a_search_stopped_at_once_says_that_nothing_is_known() -> None:
    answer = cheapest(Problem((PHONE,), (), (person("ada", Option("phone")),)), lambda: False)

    assert answer.best is None
    assert answer.out_of_reach is None
    assert not answer.is_exact


@pytest.mark.parametrize(
    ("openings", "shared", "people", "words"),
    [
        ((PHONE, PHONE), (), (), "opening twice"),
        ((PHONE,), (BSL, BSL), (), "shared thing twice"),
        ((PHONE,), (), (person("ada"), person("ada")), "person twice"),
        ((PHONE,), (), (person("ada", Option("room")),), "ada has an option"),
        ((PHONE,), (), (person("ada", Option("phone", WITH_BSL)),), "ada has an option"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(
    openings: tuple[Opening, ...],
    shared: tuple[Shared, ...],
    people: tuple[Person, ...],
    words: str,
) -> None:
    with pytest.raises(BrokenProblem, match=words):
        Problem(openings, shared, people)


def test_counts_below_zero_are_refused() -> None:
    with pytest.raises(BrokenProblem, match="below zero"):
        Opening("room", MONDAY, Way.ROOM, seats=-1)
    with pytest.raises(BrokenProblem, match="fewer than no"):
        Option("room", liked=-1)
    with pytest.raises(BrokenProblem, match="no seat"):
        person("ada", seats=0)
