"""The picture of a month: its weeks, what happens on each day, and the key to its letters."""

from datetime import date

from scheduling.dates import DateKind
from service.web.pages.series.month import (
    DayState,
    Falling,
    Happening,
    Mark,
    Sign,
    days_of,
    month_after,
    month_of,
)

MARCH = date(2027, 3, 1)
GOOD_FRIDAY = Falling(DateKind.BANK_HOLIDAY, "Good Friday")
TODAY = date(2027, 3, 9)


def test_a_month_has_whole_weeks_that_begin_on_monday() -> None:
    for count in range(-30, 30):
        first = month_after(MARCH, count)

        month = month_of(first, [], {}, today=TODAY)

        assert {7} == {len(week) for week in month.weeks}
        days = [day for week in month.weeks for day in week]
        assert first.weekday() == next(at for at, day in enumerate(days) if day)
        assert [on.day for on in days_of(first)] == [day.number for day in days if day]


def test_a_month_after_december_is_in_the_next_year() -> None:
    assert date(2028, 1, 1) == month_after(date(2027, 12, 1), 1)
    assert date(2026, 12, 1) == month_after(date(2027, 1, 1), -1)


def test_a_day_says_what_happens_and_what_it_falls_on() -> None:
    happening = Happening(date(2027, 3, 26), DayState.SESSION, "1pm", "/sessions/x")

    month = month_of(MARCH, [happening], {happening.on: [GOOD_FRIDAY]}, today=TODAY)

    (day,) = [day for week in month.weeks for day in week if day and day.happening]
    assert (26, "session at 1pm") == (day.number, day.says)
    assert [Mark("B", "Good Friday")] == day.marks


def test_what_happens_in_another_month_is_left_out() -> None:
    happening = Happening(date(2027, 4, 8), DayState.SKIPPED)

    month = month_of(MARCH, [happening], {}, today=TODAY)

    assert [] == month.key
    assert [9] == [day.number for week in month.weeks for day in week if day and day.is_today]


def test_the_key_joins_days_that_follow_each_other() -> None:
    school = Falling(DateKind.SCHOOL_BREAK, "Easter holidays")
    fallings = {on: [school] for on in days_of(MARCH) if on.day in (1, 2, 29, 30, 31)}
    fallings[date(2027, 3, 26)] = [GOOD_FRIDAY]

    month = month_of(MARCH, [Happening(TODAY, DayState.SKIPPED)], fallings, today=TODAY)

    assert [
        Sign("", "skipped", "Skipped"),
        Sign("B", "", "Bank holiday", "Good Friday, 26 March"),
        Sign("S", "", "School break", "Easter holidays, 1 to 2 March, 29 to 31 March"),
    ] == month.key


def test_two_things_with_one_letter_are_one_sign_on_a_day() -> None:
    fallings = {TODAY: [Falling(DateKind.PLACE_CLOSED), Falling(DateKind.PLACE_CHECK)]}

    month = month_of(MARCH, [], fallings, today=TODAY)

    (day,) = [day for week in month.weeks for day in week if day and day.marks]
    assert ["P"] == [mark.letter for mark in day.marks]
