"""Dates of rules against a slow oracle that looks at every day of thirty years, in five zones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduling.recurrence import (
    LAST_SAFE_DAY,
    Frequency,
    Rule,
    Window,
    first_on,
    instant_of,
    occurrences,
    settled,
    slot_of,
)
from scheduling.time import WallTime

ZONES = (
    *("Europe/London", "America/New_York", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "Africa/Casablanca"),
)
BEGINS, ENDS = date(2010, 1, 1), date(2040, 1, 1)
SUNDAY = datetime.fromisoformat("2010-01-03")
DAYS = [BEGINS + timedelta(days=days) for days in range((ENDS - BEGINS).days)]

weekly = st.builds(
    lambda interval, weekdays: Rule(
        frequency=Frequency.WEEKLY, interval=interval, weekdays=tuple(weekdays)
    ),
    st.integers(1, 26),
    st.sets(st.integers(0, 6), min_size=1),
)
by_ordinal = st.builds(
    lambda interval, day, ordinal: Rule(
        frequency=Frequency.MONTHLY, interval=interval, weekdays=(day,), ordinal=ordinal
    ),
    st.integers(1, 12),
    st.integers(0, 6),
    st.sampled_from((1, 2, 3, 4, -1)),
)
by_day = st.builds(
    lambda interval, day: Rule(frequency=Frequency.MONTHLY, interval=interval, month_day=day),
    st.integers(1, 12),
    st.integers(1, LAST_SAFE_DAY),
)
rules = weekly | by_ordinal | by_day
EARLIEST, LATEST = map(datetime.fromisoformat, ("2010-01-01", "2038-12-31"))
typed_times = st.datetimes(EARLIEST, LATEST, timezones=st.none()).map(
    lambda local: local.replace(second=0, microsecond=0)
)
times = st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0))


def is_on(rule: Rule, day: date) -> bool:
    """Say whether the rule, whatever its interval, gives this day: obvious, day by day."""
    if rule.month_day is not None:
        return day.day == rule.month_day
    if day.weekday() not in rule.weekdays:
        return False
    if rule.ordinal is None:
        return True
    if rule.ordinal == -1:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == rule.ordinal


def is_in_turn(rule: Rule, first: date, day: date) -> bool:
    """Say whether the week or month of a day is one that the interval does not leave out."""
    if rule.frequency is Frequency.WEEKLY:
        mondays = [each - timedelta(days=each.weekday()) for each in (first, day)]
        return (mondays[1] - mondays[0]).days // 7 % rule.interval == 0
    months = (day.year - first.year) * 12 + day.month - first.month
    return months % rule.interval == 0


def oracle(rule: Rule, first: datetime, ends_on: date | None) -> Iterator[datetime]:
    """Look at every day of the thirty years."""
    for day in DAYS:
        is_over = ends_on is not None and day > ends_on
        if (
            day >= first.date()
            and not is_over
            and is_on(rule, day)
            and is_in_turn(rule, first.date(), day)
        ):
            yield datetime.combine(day, first.time())


@settings(max_examples=60, deadline=None)
@given(rules, typed_times, st.none() | st.dates(BEGINS, ENDS))
def test_a_rule_gives_what_looking_at_every_day_gives(
    rule: Rule, typed: datetime, ends_on: date | None
) -> None:
    first = first_on(rule, typed)
    window = Window.of_days(BEGINS, ENDS - timedelta(days=1))

    assert list(oracle(rule, first, ends_on)) == list(
        occurrences(rule, first, window, ends_on=ends_on)
    )


@settings(max_examples=100, deadline=None)
@given(rules, typed_times)
def test_the_first_date_is_the_next_on_the_rule(rule: Rule, typed: datetime) -> None:
    days = (typed + timedelta(days=count) for count in range(100))

    assert next(day for day in days if is_on(rule, day.date())) == first_on(rule, typed)


@settings(max_examples=60, deadline=None)
@given(rules, typed_times, st.integers(0, 9000), st.integers(0, 400))
def test_a_window_shows_a_part_of_the_same_dates(
    rule: Rule, typed: datetime, after: int, days: int
) -> None:
    first = first_on(rule, typed)
    begins = BEGINS + timedelta(days=after)
    window = Window.of_days(begins, begins + timedelta(days=days))
    whole = Window.of_days(BEGINS, ENDS + timedelta(days=days))

    assert [each for each in occurrences(rule, first, whole) if window.contains(each)] == list(
        occurrences(rule, first, window)
    )


@settings(max_examples=40, deadline=None)
@given(rules, typed_times, times, st.sampled_from(ZONES))
@example(Rule.of("FREQ=WEEKLY;BYDAY=SU"), SUNDAY, time(1, 30), "Europe/London")
@example(Rule.of("FREQ=WEEKLY;BYDAY=SU"), SUNDAY, time(2, 15), "Australia/Lord_Howe")
def test_clocks_show_the_same_time_all_year_but_in_the_gap(
    rule: Rule, typed: datetime, at: time, zone: str
) -> None:
    first = first_on(rule, datetime.combine(typed.date(), at))
    window = Window.of_days(BEGINS, ENDS - timedelta(days=1))
    instants = []
    for local in occurrences(rule, first, window):
        shown = (
            instant_of(WallTime(local, zone))
            .astimezone(ZoneInfo(zone))
            .replace(tzinfo=None, fold=0)
        )
        gap = gap_at(local, zone)

        assert shown == local + gap
        assert settled(WallTime(local, zone)).local == shown
        instants.append(instant_of(WallTime(local, zone)))
    assert sorted(set(instants)) == instants


@given(typed_times, st.sampled_from(ZONES), st.integers(5, 1440))
def test_a_time_that_comes_twice_is_taken_first_and_lasts_as_long_as_ever(
    local: datetime, zone: str, minutes: int
) -> None:
    slot = slot_of(WallTime(local, zone), minutes)
    earlier = slot.starts_at - timedelta(hours=3)
    minute = timedelta(minutes=1)
    shown = local + gap_at(local, zone)
    showing = (
        each
        for each in (earlier + count * minute for count in range(360))
        if each.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == shown
    )

    assert timedelta(minutes=minutes) == slot.length
    assert next(showing) == slot.starts_at


def gap_at(local: datetime, zone: str) -> timedelta:
    """Give how far clocks skip over a time: minutes that no instant of the days round it shows."""
    at = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    late = local.replace(tzinfo=ZoneInfo(zone), fold=1)
    offsets = at.utcoffset(), late.utcoffset()
    assert offsets[0] is not None
    assert offsets[1] is not None
    is_there = any(
        each.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == local
        for each in (at, late)
    )
    return timedelta() if is_there else offsets[1] - offsets[0]
