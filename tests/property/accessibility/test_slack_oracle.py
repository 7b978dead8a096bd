"""Working days, counted fast, are those counted one by one."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from accessibility.slack import Urgency, urgency, working_days_between

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
HOLIDAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=30)


def one_by_one(today: date, day: date, holidays: frozenset[date]) -> int:
    """Count each working day from today up to, not including, the day."""
    count, at = 0, today
    while at < day:
        if at.isoweekday() <= 5 and at not in holidays:
            count += 1
        at += timedelta(days=1)
    return count


@settings(deadline=None)
@given(DAYS, DAYS, HOLIDAYS)
def test_working_days_are_as_counted_one_by_one(
    one: date, other: date, holidays: frozenset[date]
) -> None:
    today, day = min(one, other), max(one, other)

    expected = one_by_one(today, day, holidays)

    assert expected == working_days_between(today, day, holidays)
    assert -expected == working_days_between(day, today, holidays)


@settings(deadline=None)
@given(DAYS, DAYS, DAYS, HOLIDAYS)
def test_working_days_add_up(a: date, b: date, c: date, holidays: frozenset[date]) -> None:
    whole = working_days_between(a, c, holidays)

    parts = working_days_between(a, b, holidays) + working_days_between(b, c, holidays)
    assert whole == parts


@given(st.integers(-60, 60))
def test_less_slack_is_never_less_urgent(days: int) -> None:
    order = [Urgency.RED, Urgency.AMBER, Urgency.GREEN]

    assert order.index(urgency(days)) <= order.index(urgency(days + 1))
