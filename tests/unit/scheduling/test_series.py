"""Series as values: what becomes of dates, what an edit touches, and which date becomes which."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from scheduling.dates import DateKind
from scheduling.errors import BrokenValue
from scheduling.recurrence import Rule, Window, occurrences
from scheduling.series import (
    DateChoice,
    DateRule,
    Decision,
    MadeDate,
    PlannedDate,
    SeriesPlan,
    dates_in,
    dates_to_look_at,
    matched,
    told_of,
    touched,
)

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)
JANUARY = Window.of_month(2027, 1)
SPRING = Window.of_days(date(2027, 1, 1), date(2027, 6, 30))
LAST_MONDAY = Rule.of("FREQ=MONTHLY;BYDAY=-1MO")
HOLIDAYS = {
    datetime.fromisoformat(f"{day}T10:00"): frozenset({DateKind.BANK_HOLIDAY})
    for day in ("2027-03-29", "2027-05-31")
}


def at(text: str) -> datetime:
    """Read a wall-clock time."""
    return datetime.fromisoformat(text)


def plan(**given: object) -> SeriesPlan:
    """Plan the steering group: the last Monday of the month at ten."""
    values: dict[str, object] = {"rule": LAST_MONDAY, "first": at("2027-01-25T10:00")}
    return SeriesPlan(**values | given)  # type: ignore[arg-type]


def starts_of(dates: tuple[PlannedDate, ...]) -> list[str]:
    """List the days on which dates take place."""
    return [f"{each.starts:%m-%d}" for each in dates if each.starts is not None]


def test_a_rule_leaves_bank_holidays_out() -> None:
    dates = dates_in(plan(date_rules={DateKind.BANK_HOLIDAY: DateRule.SKIP}), SPRING, HOLIDAYS)

    assert ["01-25", "02-22", "04-26", "06-28"] == starts_of(dates)
    assert {DateKind.BANK_HOLIDAY} == {
        each.decision.because for each in dates if each.starts is None
    }


def test_a_rule_moves_to_the_next_same_weekday_that_is_free() -> None:
    rules = {DateKind.BANK_HOLIDAY: DateRule.NEXT_SAME_WEEKDAY}
    found = HOLIDAYS | {at("2027-04-05T10:00"): frozenset({DateKind.BANK_HOLIDAY})}

    dates = dates_in(plan(date_rules=rules), SPRING, found)

    assert ["01-25", "02-22", "04-12", "04-26", "06-07", "06-28"] == starts_of(dates)


def test_a_date_of_a_weekly_series_is_left_out_where_it_cannot_move() -> None:
    weekly = plan(
        rule=Rule.of("FREQ=WEEKLY;BYDAY=MO"),
        date_rules={DateKind.BANK_HOLIDAY: DateRule.NEXT_SAME_WEEKDAY},
    )

    dates = dates_in(weekly, Window.of_month(2027, 3), HOLIDAYS)

    assert ["03-01", "03-08", "03-15", "03-22"] == starts_of(dates)


def test_what_a_person_decided_stands_above_the_rules() -> None:
    by_hand = {
        at("2027-03-29T10:00"): Decision(DateChoice.KEEP),
        at("2027-05-31T10:00"): Decision(DateChoice.MOVE, at("2027-06-01T11:00")),
        at("2027-02-22T10:00"): Decision(DateChoice.SKIP),
    }
    rules = {DateKind.BANK_HOLIDAY: DateRule.SKIP}

    dates = dates_in(plan(by_hand=by_hand, date_rules=rules), SPRING, HOLIDAYS)

    assert ["01-25", "03-29", "04-26", "06-01", "06-28"] == starts_of(dates)
    assert all(each.decision.is_by_hand for each in dates)


def test_nothing_moves_past_the_last_day() -> None:
    rules = {DateKind.BANK_HOLIDAY: DateRule.NEXT_SAME_WEEKDAY}

    dates = dates_in(plan(date_rules=rules, ends_on=date(2027, 3, 31)), SPRING, HOLIDAYS)

    assert ["01-25", "02-22"] == starts_of(dates)


def test_what_must_be_looked_up_holds_where_dates_might_move() -> None:
    moving = plan(date_rules={DateKind.BANK_HOLIDAY: DateRule.NEXT_SAME_WEEKDAY})

    assert (at("2027-01-25T10:00"),) == dates_to_look_at(plan(), JANUARY)
    assert {at("2027-01-25T10:00"), at("2027-02-22T10:00")} <= set(
        dates_to_look_at(moving, JANUARY)
    )


def test_a_move_without_a_time_is_refused() -> None:
    with pytest.raises(BrokenValue):
        Decision(DateChoice.MOVE)
    with pytest.raises(BrokenValue):
        Decision(DateChoice.SKIP, at("2027-01-25T10:00"))


@pytest.mark.parametrize(
    ("days", "told"),
    [([1, 8, 15, 43, 50], 3), ([1, 42], 2), ([60, 90, 120], 2), ([-1, 60], 1), ([], 0)],
)
def test_guests_are_told_of_the_next_weeks_and_always_of_the_next_two(
    days: list[int], told: int
) -> None:
    starts = [NOW + timedelta(days=count) for count in days]

    assert told == len(told_of(starts, now=NOW, weeks_ahead=6))


def test_an_edit_touches_neither_what_has_begun_nor_what_goes_its_own_way() -> None:
    ons = [at(f"2027-0{month}-14T13:00") for month in range(1, 6)]
    made = [
        MadeDate(UUID(int=1), ons[0], is_coming=True),
        MadeDate(UUID(int=2), ons[1], is_coming=False),
        MadeDate(UUID(int=3), ons[2], is_coming=True, is_own=True),
        MadeDate(UUID(int=4), ons[3], is_coming=True),
    ]

    reached = touched(made, ons[1])

    assert ([UUID(int=4)], 1) == ([each.id for each in reached.dates], reached.left_alone)


def test_splitting_ends_the_one_the_day_before_the_other_begins() -> None:
    decided = {at("2027-02-22T10:00"): Decision(DateChoice.SKIP)}
    whole = plan(by_hand=decided)

    before, after = whole.split(at("2027-02-22T10:00"))

    assert (date(2027, 2, 21), {}) == (before.ends_on, before.by_hand)
    assert (at("2027-02-22T10:00"), decided) == (after.first, after.by_hand)
    assert list(whole.on_rule(SPRING)) == [*before.on_rule(SPRING), *after.on_rule(SPRING)]


def dates(rule: str, first: str) -> tuple[Rule, tuple[datetime, ...]]:
    """Give a rule with its dates in the first half of 2027."""
    return Rule.of(rule), tuple(occurrences(Rule.of(rule), at(first), SPRING))


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        # Another time of day: each stays itself.
        (
            dates("FREQ=MONTHLY;BYDAY=2TH", "2027-01-14T13:00"),
            dates("FREQ=MONTHLY;BYDAY=2TH", "2027-01-14T18:00"),
            {"01-14": "01-14", "02-11": "02-11", "03-11": "03-11"},
        ),
        # Another day of the month: by the month.
        (
            dates("FREQ=MONTHLY;BYDAY=2TH", "2027-01-14T13:00"),
            dates("FREQ=MONTHLY;BYDAY=3TU", "2027-01-19T13:00"),
            {"01-14": "01-19", "02-11": "02-16", "03-11": "03-16"},
        ),
        # Another month of the quarter: by the quarter.
        (
            dates("FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE", "2027-01-20T10:30"),
            dates("FREQ=MONTHLY;INTERVAL=3;BYDAY=2WE", "2027-02-10T10:30"),
            {"01-20": "02-10", "04-21": "05-12"},
        ),
        # The other week of the fortnight: by the fortnight.
        (
            dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "2027-01-09T10:30"),
            dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "2027-01-16T10:30"),
            {"01-09": "01-16", "01-23": "01-30"},
        ),
        # Every other week falls away: the same days stay.
        (
            dates("FREQ=WEEKLY;BYDAY=TH", "2027-01-07T13:00"),
            dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2027-01-07T13:00"),
            {"01-07": "01-07", "01-14": None, "01-21": "01-21", "01-28": None},
        ),
        # One of two weekdays falls away: the other stays itself.
        (
            dates("FREQ=WEEKLY;BYDAY=TU,TH", "2027-01-05T13:00"),
            dates("FREQ=WEEKLY;BYDAY=TH", "2027-01-07T13:00"),
            {"01-05": None, "01-07": "01-07", "01-12": None},
        ),
        # From once a month to every week: the week decides.
        (
            dates("FREQ=MONTHLY;BYDAY=2TH", "2027-01-14T13:00"),
            dates("FREQ=WEEKLY;BYDAY=TU", "2027-01-12T13:00"),
            {"01-14": "01-12", "02-11": "02-09"},
        ),
    ],
)
def test_dates_stay_the_same_meeting_in_the_same_turn(
    old: tuple[Rule, tuple[datetime, ...]],
    new: tuple[Rule, tuple[datetime, ...]],
    pairs: dict[str, str | None],
) -> None:
    found = {f"{was:%m-%d}": f"{now:%m-%d}" for was, now in matched(old, new).items()}

    assert pairs == {day: found.get(day) for day in pairs}
    assert len(set(found.values())) == len(found)
