"""What is booked: its steps, whom it serves, how many come to do it, what calling it off costs."""

from datetime import date

import pytest

from accessibility.bookings import (
    NO_RULES,
    OF_INTERPRETERS,
    ArrangementState,
    Fees,
    IllegalBooking,
    NoReference,
    Rules,
    fees,
    is_shared,
    people_needed,
    serves_too,
    take_step,
    usual_rules,
)
from accessibility.vocabulary import Vocabulary

DAY = date(2027, 1, 26)
PLANNED, BOOKED = ArrangementState.PLANNED, ArrangementState.BOOKED
DONE, CALLED_OFF = ArrangementState.DONE, ArrangementState.CALLED_OFF
URDU = {"language": "Urdu"}


@pytest.mark.parametrize(
    ("before", "after"),
    [(PLANNED, BOOKED), (PLANNED, CALLED_OFF), (BOOKED, DONE), (BOOKED, CALLED_OFF)],
)
def test_the_steps_of_a_booking(before: ArrangementState, after: ArrangementState) -> None:
    assert after is take_step(before, after, reference="4711")


def test_no_other_step_can_be_taken() -> None:
    legal = {(PLANNED, BOOKED), (PLANNED, CALLED_OFF), (BOOKED, DONE), (BOOKED, CALLED_OFF)}

    for before in ArrangementState:
        for after in ArrangementState:
            if (before, after) not in legal:
                with pytest.raises(IllegalBooking):
                    take_step(before, after, reference="4711")


@pytest.mark.parametrize("reference", ["", "  "])
def test_nothing_is_booked_without_a_booking_number(reference: str) -> None:
    with pytest.raises(NoReference):
        take_step(PLANNED, BOOKED, reference=reference)


def test_interpreters_cost_half_within_14_days_and_all_within_7() -> None:
    found = fees(OF_INTERPRETERS, DAY)

    assert Fees(date(2027, 1, 12), date(2027, 1, 19)) == found
    assert date(2027, 1, 11) == found.last_free_day
    costs = [found.of(14001, date(2027, 1, day)) for day in (11, 12, 18, 19, 26)]
    assert [0, 7001, 7001, 14001, 14001] == costs


def test_who_asks_for_no_fee_can_always_be_called_off() -> None:
    found = fees(NO_RULES, DAY)

    assert found.last_free_day is None
    assert 0 == found.of(14000, DAY)


def test_the_usual_rules_are_those_of_interpreters_for_signing_only() -> None:
    assert OF_INTERPRETERS == usual_rules(["LAN-INTERP", "PRO-BSL"])
    assert NO_RULES == usual_rules(["COM-LOOP"])
    assert NO_RULES == usual_rules([])
    assert Rules(14, 7) == OF_INTERPRETERS


@pytest.mark.parametrize(
    ("code", "minutes", "enough_for", "people"),
    [
        ("PRO-BSL", 60, (), 1),
        ("PRO-BSL", 61, (), 2),
        ("PRO-BSL", 45, (30,), 2),
        ("PRO-BSL", 90, (120,), 2),
        ("LAN-INTERP", 120, (), 1),
        ("COM-LOOP", 120, (), 1),
    ],
)
def test_two_interpreters_come_for_more_than_an_hour(
    code: str, minutes: int, enough_for: tuple[int, ...], people: int
) -> None:
    assert people == people_needed(code, minutes, enough_for)


@pytest.mark.parametrize(
    ("code", "mine", "theirs", "serves"),
    [
        ("PRO-BSL", {}, [{}], True),
        ("PRO-BSL", {"solo_ok_minutes": "30"}, [{"solo_ok_minutes": "60"}], True),
        ("LAN-INTERP", URDU, [{"language": " urdu "}], True),
        ("LAN-INTERP", URDU, [URDU, {"language": "Polish"}], False),
        ("LAN-INTERP", {}, [URDU], False),
        ("LAN-INTERP", URDU | {"dialect": "Mirpuri"}, [URDU], True),
        (
            "LAN-INTERP",
            URDU | {"interpreter_gender": "woman"},
            [URDU | {"interpreter_gender": "man"}],
            False,
        ),
        (
            "LAN-INTERP",
            URDU | {"interpreter_gender": "woman"},
            [URDU | {"interpreter_gender": "either"}],
            True,
        ),
        ("PRO-OTHER", {"method": "hands-on"}, [{"method": "Makaton"}], False),
        ("MOB-TRANSPORT", {}, [{}], False),
        ("MON-CHILDCARE", {}, [{}], False),
    ],
)
def test_one_booking_serves_all_who_asked_for_the_same(
    code: str,
    mine: dict[str, str],
    theirs: list[dict[str, str]],
    serves: bool,
    vocabulary: Vocabulary,
) -> None:
    assert serves is serves_too(vocabulary.term(code), mine, theirs)


def test_what_keeps_somebody_safe_is_never_shared(vocabulary: Vocabulary) -> None:
    assert not any(is_shared(term) for term in vocabulary.terms if term.is_restricted)
