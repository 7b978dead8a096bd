"""What people type about a place is understood where it is plain, and not guessed at where it is not."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from accessibility.kit import KitKind
from accessibility.place_words import Known, PlaceWord, failing, read_facts, year_before
from accessibility.resting import Equipment

TODAY = date(2026, 11, 20)
SEEN = date(2026, 10, 1)


@dataclass(frozen=True)
class Fact:
    """A fact as it stands on a place's page."""

    word: str
    is_so: bool = True
    detail: str = ""
    checked_on: date | None = SEEN


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Step-free way in", PlaceWord.STEP_FREE),
        ("STEP FREE", PlaceWord.STEP_FREE),
        ("Flat path", PlaceWord.STEP_FREE),
        ("Accessible toilet", PlaceWord.ACCESSIBLE_TOILET),
        ("hearing  loop.", PlaceWord.LOOP),
        ("Fresh air", PlaceWord.FRESH_AIR),
        ("windows open", PlaceWord.FRESH_AIR),
        ("air purifier", PlaceWord.FILTER),
        ("CO2 meter", PlaceWord.CO2_METER),
        ("Quiet room", PlaceWord.QUIET_SPACE),
        ("Parking", PlaceWord.PARKING),
        ("Drop-off point", PlaceWord.DROP_OFF),
        ("Second room", PlaceWord.SECOND_SPACE),
        ("Ramp", PlaceWord.RAMP),
    ],
)
def test_everyday_words_are_understood(words: str, meant: PlaceWord) -> None:
    assert {meant: Known(True, SEEN)} == read_facts([Fact(words)])


def test_what_is_not_in_the_table_says_nothing() -> None:
    facts = [Fact("Almost step-free"), Fact("wi-fi good"), Fact("lift"), Fact("toilets"), Fact("")]

    assert {} == read_facts(facts)


def test_a_thing_that_is_not_there_is_known_not_to_be_so() -> None:
    no_loop = {PlaceWord.LOOP: Known(False, SEEN)}

    assert no_loop == read_facts([Fact("Hearing loop", is_so=False)])
    assert no_loop == read_facts([Fact("No hearing loop")])
    assert {PlaceWord.STEP_FREE: Known(False, SEEN)} == read_facts([Fact("Stairs")])
    assert {PlaceWord.STEP_FREE: Known(True, SEEN)} == read_facts([Fact("Stairs", is_so=False)])


def test_without_any_toilet_there_is_no_accessible_one() -> None:
    found = read_facts([Fact("Toilets", is_so=False), Fact("Lift", is_so=False)])

    assert {PlaceWord.ACCESSIBLE_TOILET, PlaceWord.STEP_FREE} == found.keys()
    assert not any(known.is_so for known in found.values())


def test_a_house_without_stairs_needs_no_lift() -> None:
    found = read_facts([Fact("Lift", is_so=False, checked_on=TODAY), Fact("Step-free")])

    assert Known(True, SEEN) == found[PlaceWord.STEP_FREE]


def test_a_ramp_that_can_be_asked_for_is_noted_beside_the_step() -> None:
    found = read_facts([Fact("step-free", is_so=False, detail="one step, ramp on request")])

    assert {False, True} == {
        found[PlaceWord.STEP_FREE].is_so,
        found[PlaceWord.RAMP].is_so,
    }


def test_of_two_facts_the_one_checked_last_holds_and_on_one_day_the_worse() -> None:
    later = SEEN + timedelta(days=1)

    newer = read_facts([Fact("Loop", is_so=False), Fact("Hearing loop", checked_on=later)])
    same = read_facts([Fact("Loop"), Fact("Hearing loop", is_so=False)])

    assert Known(True, later) == newer[PlaceWord.LOOP]
    assert Known(False, SEEN) == same[PlaceWord.LOOP]


@pytest.mark.parametrize(
    ("checked_on", "held"),
    [
        (date(2025, 11, 20), True),
        (date(2025, 11, 19), None),
        (TODAY, True),
        (TODAY + timedelta(days=1), None),
        (None, None),
    ],
)
def test_what_was_not_checked_within_a_year_is_not_known(
    checked_on: date | None, held: bool | None
) -> None:
    assert held is Known(True, checked_on).holds(TODAY)


def test_a_year_before_the_29th_of_february_is_the_28th() -> None:
    assert date(2027, 2, 28) == year_before(date(2028, 2, 29))


def test_while_the_lift_fails_the_place_is_not_step_free() -> None:
    facts = read_facts([Fact("Step-free"), Fact("Loop")])

    during = failing(facts, "Lift", TODAY)

    assert Known(False, TODAY) == during[PlaceWord.STEP_FREE]
    assert facts[PlaceWord.LOOP] == during[PlaceWord.LOOP]
    assert facts == failing(facts, "the piano", TODAY)


def test_equipment_that_is_kit_is_called_as_kit_is() -> None:
    kit = {kind.value for kind in KitKind}

    assert {Equipment.CAPTIONS} == {each for each in Equipment if each.value not in kit}
