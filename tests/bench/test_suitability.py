"""Verdicts on a thousand people by four ways of one meeting: at most 150 ms."""

import random
from datetime import date, timedelta

import pytest

from accessibility.needs import Need, Strength
from accessibility.place_words import Known, PlaceWord
from accessibility.resting import Equipment
from accessibility.suitability import Judge, ways_open
from accessibility.verdicts import Profile, Setting
from scheduling.ways import Way
from service.vocabulary import vocabulary
from tests.bench.measuring import Cost, Report, cost_of, in_words, side_by_side

PEOPLE = 1000
MOST_SECONDS = 0.150
TODAY = date(2027, 1, 12)
MEETING = TODAY + timedelta(days=20)


@pytest.mark.bench
async def test_verdicts_on_a_thousand_people(report: Report) -> None:
    people = everybody(random.Random(1))

    async def decide() -> None:
        judges = [Judge(vocabulary(), setting(way)) for way in Way]
        for each in people:
            ways_open(each, judges)

    async def read() -> None:
        for each in people:
            for _ in Way:
                sum(need.strength is Strength.MUST for need in each.all_needs)

    async def ours() -> Cost:
        return await cost_of(decide, times=1)

    async def bare() -> Cost:
        return await cost_of(read, times=1)

    vocabulary()
    reading = "only reading their needs"
    costs = await side_by_side({"verdicts on 1,000 people by 4 ways": ours, reading: bare})

    what = "verdicts on 1,000 people by 4 ways"
    report.compare(what, "", costs, baselines=[reading])
    best = min(cost.elapsed for cost in costs[what])
    report.note(what, "", f"{in_words(best)} of at most {in_words(MOST_SECONDS)}")
    assert best < MOST_SECONDS


def setting(way: Way) -> Setting:
    """Give a way of the meeting, at a place of which some things are known."""
    facts = {
        word: Known(number % 3 > 0, TODAY - timedelta(days=40 * number))
        for number, word in enumerate(PlaceWord)
    }
    return Setting(way, TODAY, MEETING, facts, frozenset({Equipment.LOOP, Equipment.TABLET}))


def everybody(chance: random.Random) -> list[Profile]:
    """Give people with up to eight needs each, one in five with a supporter who has two of their own."""
    codes = [term.code for term in vocabulary().terms]

    def needs(most: int) -> tuple[Need, ...]:
        picked = chance.sample(codes, chance.randint(0, most))
        return tuple(Need(code, chance.choice(list(Strength))) for code in picked)

    return [Profile(needs(8), (needs(2),) if each % 5 == 0 else ()) for each in range(PEOPLE)]
