"""Rules by examples: the year of the helpers' circle and its neighbours, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.errors import BrokenValue
from scheduling.recurrence import OffRule, Rule, Window, first_on, instant_of, occurrences, settled
from scheduling.rule_words import rule_words, rules_from
from scheduling.time import WallTime

YEAR = Window.of_days(date(2027, 1, 1), date(2027, 12, 31))


def at(text: str) -> datetime:
    """Read a wall-clock time."""
    return datetime.fromisoformat(text)


def days_of(rule: str, first: str, window: Window = YEAR) -> list[str]:
    """List the days of a rule in 2027: "01-14"."""
    return [f"{on:%m-%d}" for on in occurrences(Rule.of(rule), at(first), window)]


def test_the_helpers_circle_is_on_the_second_thursday_at_one_all_year() -> None:
    second_thursday = Rule.of("FREQ=MONTHLY;BYDAY=2TH")
    dates = list(occurrences(second_thursday, at("2027-01-14T13:00"), YEAR))

    assert [
        *("01-14", "02-11", "03-11", "04-08", "05-13", "06-10"),
        *("07-08", "08-12", "09-09", "10-14", "11-11", "12-09"),
    ] == [f"{on:%m-%d}" for on in dates]
    assert {13} == {on.hour for on in dates}
    hours = [instant_of(WallTime(on, "Europe/London")).hour for on in dates]
    assert [13, 13, 13, 12, 12, 12, 12, 12, 12, 12, 13, 13] == hours


def test_the_steering_group_is_on_the_last_monday_and_meets_four_bank_holidays() -> None:
    days = days_of("FREQ=MONTHLY;BYDAY=-1MO", "2027-01-25T10:00")

    assert 12 == len(days)
    assert {"03-29", "05-31", "08-30", "12-27"} <= set(days)


def test_the_share_network_is_on_a_wednesday_of_every_quarter() -> None:
    days = days_of("FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE", "2027-01-20T10:30")

    assert ["01-20", "04-21", "07-21", "10-20"] == days


def test_the_evening_circle_is_every_four_weeks_at_half_past_six_across_both_clock_changes() -> (
    None
):
    four_weekly = Rule.of("FREQ=WEEKLY;INTERVAL=4;BYDAY=TU")
    dates = list(occurrences(four_weekly, at("2027-01-19T18:30"), YEAR))

    assert ["01-19", "02-16", "03-16", "04-13"] == [f"{on:%m-%d}" for on in dates[:4]]
    assert ["10-26", "11-23", "12-21"] == [f"{on:%m-%d}" for on in dates[-3:]]
    hours = {on.month: instant_of(WallTime(on, "Europe/London")).hour for on in dates}
    assert (18, 17, 17, 18) == (hours[3], hours[4], hours[10], hours[11])


def test_a_time_the_clocks_skip_moves_forward_by_the_gap() -> None:
    skipped = WallTime(at("2027-03-28T01:30"), "Europe/London")
    half_an_hour = WallTime(at("2027-10-03T02:15"), "Australia/Lord_Howe")

    assert at("2027-03-28T02:30") == settled(skipped).local
    assert datetime(2027, 3, 28, 1, 30, tzinfo=UTC) == instant_of(skipped)
    assert at("2027-10-03T02:45") == settled(half_an_hour).local


def test_a_time_that_comes_twice_is_taken_at_its_first() -> None:
    doubled = WallTime(at("2027-10-31T01:30"), "Europe/London")

    assert datetime(2027, 10, 31, 0, 30, tzinfo=UTC) == instant_of(doubled)


def test_the_last_day_belongs_to_the_series() -> None:
    weekly = Rule.of("FREQ=WEEKLY;BYDAY=TH")
    dates = occurrences(weekly, at("2027-01-07T23:30"), YEAR, ends_on=date(2027, 1, 21))

    assert [7, 14, 21] == [on.day for on in dates]


def test_dates_excepted_are_left_out() -> None:
    weekly = Rule.of("FREQ=WEEKLY;BYDAY=TH")
    window = Window.of_month(2027, 1)
    dates = occurrences(weekly, at("2027-01-07T13:00"), window, exceptions={at("2027-01-14T13:00")})

    assert [7, 21, 28] == [on.day for on in dates]


def test_a_first_date_off_the_rule_is_refused() -> None:
    with pytest.raises(OffRule):
        list(occurrences(Rule.of("FREQ=WEEKLY;BYDAY=TH"), at("2027-01-06T13:00"), YEAR))


def test_what_was_typed_is_put_on_the_rule() -> None:
    second_thursday = Rule.of("FREQ=MONTHLY;BYDAY=2TH")

    assert at("2027-01-14T13:00") == first_on(second_thursday, at("2027-01-14T13:00"))
    assert at("2027-02-11T13:00") == first_on(second_thursday, at("2027-01-15T13:00"))


def test_nobody_looks_further_than_sixty_years() -> None:
    with pytest.raises(BrokenValue):
        Window(at("1990-01-01"), at("2990-01-01"))
    with pytest.raises(BrokenValue):
        Window(datetime.now(UTC), datetime.now(UTC) + timedelta(days=1))


@pytest.mark.parametrize(
    ("rule", "first", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TH", "2027-01-14", "every Thursday"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "2027-01-14", "every Tuesday and Thursday"),
        ("FREQ=WEEKLY;INTERVAL=4;BYDAY=TU", "2027-01-19", "every four weeks on Tuesday"),
        ("FREQ=MONTHLY;BYDAY=2TH", "2027-01-14", "every second Thursday of the month"),
        ("FREQ=MONTHLY;BYDAY=-1MO", "2027-01-25", "every last Monday of the month"),
        ("FREQ=MONTHLY;BYMONTHDAY=3", "2027-01-03", "every month on the 3rd"),
        ("FREQ=MONTHLY;BYMONTHDAY=11", "2027-01-11", "every month on the 11th"),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE",
            "2027-01-20",
            "quarterly: third Wednesday of January, April, July and October",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=5;BYDAY=1FR",
            "2027-01-01",
            "every five months: first Friday",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=12;BYDAY=1FR",
            "2027-06-04",
            "once a year: first Friday of June",
        ),
    ],
)
def test_rules_are_said_as_people_say_them(rule: str, first: str, words: str) -> None:
    assert words == rule_words(Rule.of(rule), date.fromisoformat(first))


@pytest.mark.parametrize("day", ["2027-01-14", "2027-01-31", "2027-02-28", "2028-02-29"])
def test_every_rule_offered_begins_on_the_date_it_is_offered_for(day: str) -> None:
    rules = rules_from(date.fromisoformat(day))

    assert len(rules) == len(set(rules)) == len({rule_words(rule, at(day)) for rule in rules})
    assert {at(day)} == {first_on(rule, at(day)) for rule in rules}


def test_the_last_of_a_month_is_offered_where_it_is_one() -> None:
    offered = {rule.text for rule in rules_from(date(2027, 1, 25))}
    not_last = {rule.text for rule in rules_from(date(2027, 1, 14))}

    assert {"FREQ=MONTHLY;BYDAY=4MO", "FREQ=MONTHLY;BYDAY=-1MO"} <= offered
    assert "FREQ=MONTHLY;BYDAY=-1TH" not in not_last
