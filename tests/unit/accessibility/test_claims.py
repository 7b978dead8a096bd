"""What is paid of what people ask for, by when, and who may take which step of a claim."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.claims import (
    KIND_OF,
    MILEAGE_PENCE,
    STEPS,
    Asked,
    BrokenClaim,
    Caps,
    ClaimKind,
    ClaimState,
    IllegalClaimStep,
    PayBy,
    asked_pence,
    caps_of,
    due,
    may_take,
    most_pence,
    payable_pence,
    take_step,
)
from accessibility.requests import Party
from accessibility.slack import is_working_day
from service.vocabulary import vocabulary

PENCE = st.integers(0, 100_000)
TENTHS = st.integers(0, 480)
LIMIT = st.none() | st.integers(0, 10_000)
CAPS = st.builds(
    Caps,
    mileage_pence=st.integers(0, 200),
    travel_most_pence=LIMIT,
    childcare_hour_pence=LIMIT,
    care_hour_pence=LIMIT,
)
ASKED = st.builds(
    Asked,
    kind=st.sampled_from(ClaimKind),
    pence=PENCE,
    miles_tenths=TENTHS,
    hours_tenths=TENTHS,
    hour_pence=PENCE,
    children=st.integers(1, 12),
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
CASH = PayBy.CASH_AT_THE_DOOR


def limit_of(asked: Asked, caps: Caps) -> int | None:
    """Give the limit that holds for what somebody asks for."""
    return most_pence(asked.kind, caps, hours_tenths=asked.hours_tenths, children=asked.children)


def slowly(asked: Asked, caps: Caps) -> int:
    """Work out what is paid with exact fractions, one thing after the other."""
    hours, miles = Fraction(asked.hours_tenths, 10), Fraction(asked.miles_tenths, 10)
    if asked.kind is ClaimKind.OTHER:
        return asked.pence
    if asked.kind is ClaimKind.TRAVEL:
        wanted, most = asked.pence + miles * caps.mileage_pence, caps.travel_most_pence
        return ceil(wanted) if most is None else min(ceil(wanted), most)
    is_child = asked.kind is ClaimKind.CHILDCARE
    most_an_hour = caps.childcare_hour_pence if is_child else caps.care_hour_pence
    an_hour = asked.hour_pence if most_an_hour is None else min(asked.hour_pence, most_an_hour)
    return ceil(hours * an_hour * (asked.children if is_child else 1))


def test_a_mile_is_paid_45_pence_unless_the_organisation_says_otherwise() -> None:
    ten_miles = Asked(ClaimKind.TRAVEL, miles_tenths=100)

    assert 450 == asked_pence(ten_miles, caps_of({}))
    assert 450 == asked_pence(ten_miles, caps_of({"mileage_pence": None}))
    assert 650 == asked_pence(ten_miles, caps_of({"mileage_pence": 65}))
    assert 0 == asked_pence(ten_miles, caps_of({"mileage_pence": 0}))
    assert 45 == MILEAGE_PENCE


def test_settings_of_others_are_passed_over() -> None:
    settings = {"receipt_days": 2, "travel_most_pence": 2500, "care_hour_pence": None}

    assert Caps(travel_most_pence=2500) == caps_of(settings)


def test_fares_are_paid_as_asked_up_to_the_limit() -> None:
    fares = Asked(ClaimKind.TRAVEL, pence=420, miles_tenths=15)

    assert 488 == asked_pence(fares, Caps())
    assert 488 == payable_pence(488, limit_of(fares, Caps()))
    assert 400 == payable_pence(488, limit_of(fares, Caps(travel_most_pence=400)))


def test_childcare_is_hours_times_children_times_what_an_hour_costs() -> None:
    two = Asked(ClaimKind.CHILDCARE, hours_tenths=25, hour_pence=1200, children=2)

    assert 6000 == asked_pence(two, Caps())
    assert 5000 == payable_pence(6000, limit_of(two, Caps(childcare_hour_pence=1000)))


def test_care_does_not_count_children() -> None:
    care = Asked(ClaimKind.CARE, hours_tenths=30, hour_pence=3200, children=3)

    assert 9600 == asked_pence(care, Caps())
    assert 7230 == payable_pence(9600, limit_of(care, Caps(care_hour_pence=2410)))


def test_where_nobody_knows_the_hours_yet_there_is_no_limit_to_work_out() -> None:
    assert None is limit_of(Asked(ClaimKind.CARE), Caps(care_hour_pence=2410))


@pytest.mark.parametrize("field", ["pence", "miles_tenths", "hours_tenths", "hour_pence"])
def test_nobody_asks_for_less_than_nothing(field: str) -> None:
    with pytest.raises(BrokenClaim):
        Asked(ClaimKind.TRAVEL, **{field: -1})


def test_childcare_is_for_at_least_one_child() -> None:
    with pytest.raises(BrokenClaim):
        Asked(ClaimKind.CHILDCARE, children=0)


@given(asked=ASKED, caps=CAPS)
def test_what_is_paid_is_what_fractions_give(asked: Asked, caps: Caps) -> None:
    paid = payable_pence(asked_pence(asked, caps), limit_of(asked, caps))

    assert slowly(asked, caps) == paid


@given(asked=ASKED, caps=CAPS)
def test_no_more_is_paid_than_asked_for_nor_than_the_limit(asked: Asked, caps: Caps) -> None:
    wanted, most = asked_pence(asked, caps), limit_of(asked, caps)
    paid = payable_pence(wanted, most)

    assert paid <= wanted
    assert most is None or paid <= most
    assert paid in (wanted, most)


@given(asked=ASKED, caps=CAPS, more=st.integers(0, 1000))
def test_a_higher_limit_never_pays_less(asked: Asked, caps: Caps, more: int) -> None:
    raised = Caps(
        caps.mileage_pence,
        None if caps.travel_most_pence is None else caps.travel_most_pence + more,
        None if caps.childcare_hour_pence is None else caps.childcare_hour_pence + more,
        None if caps.care_hour_pence is None else caps.care_hour_pence + more,
    )
    wanted = asked_pence(asked, caps)

    assert payable_pence(wanted, limit_of(asked, caps)) <= payable_pence(
        wanted, limit_of(asked, raised)
    )


@given(day=DAYS, pay_by=st.sampled_from(PayBy), holidays=st.sets(DAYS, max_size=5))
def test_money_is_due_on_or_before_the_day(day: date, pay_by: PayBy, holidays: set[date]) -> None:
    found = due(pay_by, day, holidays)

    assert found.on <= day
    assert (found.on == day) is (pay_by is CASH)
    assert not found.is_late(found.on)
    assert found.is_late(day + timedelta(days=1))


@given(day=DAYS, holidays=st.sets(DAYS, max_size=5))
def test_money_that_is_sent_is_sent_on_a_working_day(day: date, holidays: set[date]) -> None:
    assert is_working_day(due(PayBy.BEFORE, day, holidays).on, holidays)


def test_money_for_a_monday_is_sent_on_friday() -> None:
    monday = date(2027, 1, 18)

    assert date(2027, 1, 15) == due(PayBy.TO_SUPPLIER, monday).on
    assert Party.COORDINATOR is due(PayBy.BEFORE, monday).by
    assert Party.FACILITATOR is due(CASH, monday).by


def test_every_step_is_in_the_table_and_no_other_can_be_taken() -> None:
    for before, after, by, pay_by in product(ClaimState, ClaimState, Party, PayBy):
        stands = any(
            (step.before, step.after) == (before, after)
            and by in step.by
            and (pay_by is CASH or not step.cash_only)
            for step in STEPS
        )
        assert stands is may_take(before, after, by=by, pay_by=pay_by)
        if stands:
            assert after is take_step(before, after, by=by, pay_by=pay_by)
        else:
            with pytest.raises(IllegalClaimStep):
                take_step(before, after, by=by, pay_by=pay_by)


def test_nothing_is_paid_that_nobody_agreed_to() -> None:
    leading_there = {step.before for step in STEPS if step.after is ClaimState.PAID}

    assert {ClaimState.AGREED} == leading_there


def test_nobody_agrees_to_their_own_claim() -> None:
    deciding = {ClaimState.AGREED, ClaimState.REFUSED}

    assert not [
        step for step in STEPS if step.after in deciding and step.by & {Party.PERSON, Party.HELPER}
    ]


def test_facilitators_only_hand_out_cash() -> None:
    theirs = [step for step in STEPS if Party.FACILITATOR in step.by]

    assert [(ClaimState.AGREED, ClaimState.PAID, True)] == [
        (step.before, step.after, step.cash_only) for step in theirs
    ]


def test_what_was_taken_back_stays_so() -> None:
    assert not [step for step in STEPS if step.before is ClaimState.TAKEN_BACK]


def test_the_needs_that_ask_for_money_are_in_the_vocabulary() -> None:
    assert all(code in vocabulary() for code in KIND_OF)
