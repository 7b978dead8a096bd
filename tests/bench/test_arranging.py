"""Arranging at the largest exact size: 16 shared things, 12 places, 8 dates, 60 people, and made to be hard.

Measured in seconds of the processor. What is harder still is stopped after the seconds the page gives it, and
must then have a plan for everybody and say how far it may be from the cheapest.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from accessibility.arranging.problem import EXACT, Opening, Option, Person, Problem, Shared
from accessibility.arranging.search import cheapest
from accessibility.costs import Estimate
from scheduling.ways import Way
from service.actions.cheapest.finding import LONGEST
from tests.bench.measuring import Report, in_words

#: The page may take so long beyond the moment at which it stops looking.
MARGIN = 0.5
#: Problems of each sort.
SEEDS = 2
Chance = random.Random
Limits = Callable[[Chance], int | None]


def usual(chance: Chance) -> Problem:
    """Most need little; some need what is dear wherever they go; travel differs by person."""
    openings, things = list(_openings(chance, _no_limit)), _things(chance, 2_000, 40_000)
    return Problem(tuple(openings), things, tuple(_usual_people(chance, openings, things)))


def others_instead(chance: Chance, limits: Limits | None = None) -> Problem:
    """Each could do with one of several dear things, wherever they go; places and ways need some more."""
    openings = list(_openings(chance, limits or _no_limit))
    things = _things(chance, 2_000, 15_000)
    seats = (1,) if limits is None else (1, 1, 2, 3)
    people = tuple(_people_with_choices(chance, openings, things, seats))
    return Problem(tuple(openings), things, people, pence(400))


def few_seats(chance: Chance) -> Problem:
    """The same, with parties of up to three and hardly seats enough."""
    return others_instead(chance, lambda chance: chance.randint(24, 34))


def all_alike(chance: Chance) -> Problem:
    """Every date and place is the same puzzle under other names: which few things serve everybody."""
    openings = list(_openings(chance, _no_limit, fixed=1_000))
    things = _things(chance, 5_000, 5_000)
    puzzle = [chance.sample(range(16), 3) for _ in range(EXACT["people"])]
    options: list[list[Option]] = [[] for _ in puzzle]
    for opening in openings:
        names = chance.sample(things, 16)
        for of_person, choices in zip(options, puzzle, strict=True):
            of_person += [Option(opening.id, frozenset({names[at].id})) for at in choices]
    people = tuple(Person(f"p{at:02}", tuple(each)) for at, each in enumerate(options))
    return Problem(tuple(openings), things, people)


def without_order(chance: Chance) -> Problem:
    """Whatever each person takes at each opening is drawn anew."""
    openings, things = list(_openings(chance, _no_limit)), _things(chance, 8_000, 12_000)
    people = tuple(
        Person(
            f"p{at:02}",
            tuple(
                Option(
                    opening.id,
                    frozenset({chance.choice(things).id}),
                    pence(chance.randint(0, 3_000)),
                )
                for opening in openings
                for _ in range(3)
            ),
        )
        for at in range(EXACT["people"])
    )
    return Problem(tuple(openings), things, people)


@pytest.mark.bench
@pytest.mark.parametrize("make", [usual, others_instead], ids=lambda make: make.__name__)
def test_the_largest_exact_size_is_worked_out_in_time(
    make: Callable[[Chance], Problem], report: Report
) -> None:
    for seed in range(SEEDS):
        problem = make(Chance(seed))
        begun = process_time()

        answer = cheapest(problem)

        taken = process_time() - begun
        words = f"{in_words(taken)} of at most {in_words(LONGEST)}"
        report.note(f"arranging, largest exact size, {make.__name__} {seed}", "", words)
        assert problem.is_within_exact
        assert answer.is_exact
        assert answer.best is not None
        assert taken < LONGEST


@pytest.mark.bench
@pytest.mark.parametrize(
    "make", [few_seats, all_alike, without_order], ids=lambda make: make.__name__
)
def test_what_is_harder_still_is_stopped_in_time_with_a_plan_for_everybody(
    make: Callable[[Chance], Problem], report: Report
) -> None:
    problem = make(Chance(0))
    begun = process_time()

    answer = cheapest(problem, lambda: process_time() - begun < LONGEST)

    taken = process_time() - begun
    assert answer.best is not None
    share = answer.too_much_at_most / answer.best.cost.typical
    words = f"{in_words(taken)}, at most {share:.0%} above the cheapest"
    report.note(f"arranging, stopped, {make.__name__}", "", words)
    assert len(problem.people) == len(answer.best.joins)
    assert taken < LONGEST + MARGIN


def pence(typical: int) -> Estimate:
    """Give an estimate round a sum."""
    return Estimate(typical // 2, typical, typical * 2)


def _no_limit(_chance: Chance) -> None:
    return None


def _openings(chance: Chance, limits: Limits, fixed: int | None = None) -> Iterator[Opening]:
    """Give all that could be opened: every third place is for outdoors as well as for a room."""
    first = datetime(2026, 12, 1, 13, tzinfo=UTC)

    def opening(day: int, way: Way, place: str, least: int, most: int) -> Opening:
        cost = pence(chance.randint(least, most) if fixed is None else fixed)
        starts_at = first + timedelta(days=day)
        id_ = f"{day} {way} {place}"
        return Opening(id_, starts_at, way, cost, place, limits(chance), chance.randint(0, 3))

    for day in range(EXACT["dates"]):
        yield opening(day, Way.ONLINE, "", 300, 1_000)
        yield opening(day, Way.PHONE, "", 100, 400)
        for place in range(EXACT["places"]):
            if place % 3 != 1:
                yield opening(day, Way.ROOM, f"place {place}", 1_000, 7_000)
            if place % 3 != 2:
                yield opening(day, Way.OUTDOORS, f"place {place}", 0, 2_000)


def _things(chance: Chance, least: int, most: int) -> tuple[Shared, ...]:
    return tuple(
        Shared(f"s{at:02}", pence(chance.randint(least, most))) for at in range(EXACT["shared"])
    )


def _usual_people(
    chance: Chance, openings: list[Opening], things: tuple[Shared, ...]
) -> Iterator[Person]:
    for at in range(EXACT["people"]):
        needs = frozenset(
            chance.choice(things).id for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 2)))
        )
        travel, stays_home, has_no_device = chance.randint(0, 2_500), at % 5 == 0, at % 7 == 3
        options = []
        for opening in openings:
            if opening.way in (Way.ROOM, Way.OUTDOORS):
                if not stays_home and chance.random() > 0.15:
                    options.append(Option(opening.id, needs, pence(travel), chance.randint(0, 2)))
            elif opening.way is Way.PHONE:
                if not needs or has_no_device:
                    options.append(Option(opening.id, frozenset(), pence(chance.choice((0, 240)))))
            elif not has_no_device or stays_home:
                options.append(Option(opening.id, needs, pence(0), 1))
        yield Person(f"p{at:02}", tuple(options))


def _people_with_choices(
    chance: Chance, openings: list[Opening], things: tuple[Shared, ...], seats: tuple[int, ...]
) -> Iterator[Person]:
    ids = [thing.id for thing in things]
    places = sorted({opening.place or opening.way for opening in openings})
    more = {
        place: [one for one in chance.sample(ids, 2) if chance.random() < 0.3] for place in places
    }
    for at in range(EXACT["people"]):
        choices = [
            (chance.sample(ids, chance.choice((0, 1, 1, 2))), chance.randint(0, 1_500))
            for _ in range(chance.randint(1, 3))
        ]
        travel = {place: chance.randint(0, 2_500) for place in places}
        options = [
            Option(
                opening.id,
                frozenset(
                    [*needs, *(more[opening.place or opening.way] if chance.random() < 0.3 else ())]
                ),
                pence(own + (travel[opening.place] if opening.place else 0)),
                chance.randint(0, 1),
            )
            for opening in openings
            if chance.random() > 0.1
            for needs, own in choices
        ]
        yield Person(f"p{at:02}", tuple(options), chance.choice(seats))
