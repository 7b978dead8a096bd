"""Times of the week against a clock that is read every minute, and sets of time against sets of minutes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from scheduling.availability import Away, Can, Times, WeeklyTime
from scheduling.intervals import common, covers, merged, without
from scheduling.time import Slot, zone_named

MINUTE = timedelta(minutes=1)
#: Instants round which the clocks change in each zone; Lord Howe moves them by half an hour.
CHANGES = {
    "Europe/London": (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)),
    "America/New_York": (
        datetime(2027, 3, 14, 7, tzinfo=UTC),
        datetime(2027, 11, 7, 6, tzinfo=UTC),
    ),
    "Australia/Lord_Howe": (
        datetime(2027, 4, 3, 15, tzinfo=UTC),
        datetime(2027, 10, 2, 15, 30, tzinfo=UTC),
    ),
}
MOMENTS = [(zone, change) for zone, changes in CHANGES.items() for change in changes]


@st.composite
def weekly_times(draw: st.DrawFn) -> WeeklyTime:
    """Make times of the week, often in the small hours, when clocks change."""
    ends = draw(
        st.lists(st.one_of(st.integers(0, 300), st.integers(0, 1439)), min_size=2, max_size=2)
    )
    first, last = min(ends), max(ends)
    return WeeklyTime(draw(st.sampled_from((5, 6, 0))), first, max(last, first + 1))


@st.composite
def spans_of_days(draw: st.DrawFn) -> Away:
    """Make days away, round the days on which clocks change."""
    _, change = draw(st.sampled_from(MOMENTS))
    first = change.date() + timedelta(days=draw(st.integers(-3, 3)))
    return Away(first, first + timedelta(days=draw(st.integers(0, 2))))


@st.composite
def slots_near(draw: st.DrawFn, change: datetime) -> Slot:
    """Make slots of a few hours round a change of the clocks."""
    starts_at = change + draw(st.integers(-1500, 1500)) * MINUTE
    return Slot.of(starts_at, draw(st.integers(1, 400)))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Times, Slot]:
    """Make what somebody told, and a slot round a change of the clocks in their zone."""
    zone, change = draw(st.sampled_from(MOMENTS))
    weekly = draw(st.lists(weekly_times(), max_size=4))
    away = draw(st.lists(spans_of_days(), max_size=2))
    return Times(zone, tuple(weekly), tuple(away)), draw(slots_near(change))


def minutes(slots: Iterable[Slot]) -> set[datetime]:
    """Give every minute of a set of slots."""
    return {
        slot.starts_at + count * MINUTE for slot in slots for count in range(slot.length // MINUTE)
    }


def is_told(times: Times, instant: datetime) -> bool:
    """Read the clock on the wall and look whether that was told; slow and obvious."""
    local = instant.astimezone(zone_named(times.zone))
    minute = local.hour * 60 + local.minute
    return any(
        each.weekday == local.weekday() and each.from_minute <= minute < each.until_minute
        for each in times.weekly
    )


def is_away(times: Times, instant: datetime) -> bool:
    """Look at the calendar on the wall."""
    day: date = instant.astimezone(zone_named(times.zone)).date()
    return any(each.first_on <= day <= each.last_on for each in times.away)


@given(situations())
def test_free_time_is_every_minute_at_which_the_clock_shows_a_told_time(
    situation: tuple[Times, Slot],
) -> None:
    times, window = situation

    expected = {at for at in minutes([window]) if is_told(times, at) and not is_away(times, at)}

    assert expected == minutes(times.free_in(window))


@given(situations())
@example(
    (
        Times("Europe/London", (WeeklyTime(6, 0, 180),)),
        Slot.of(datetime(2027, 3, 28, 0, tzinfo=UTC), 120),
    )
)
def test_whether_somebody_can_is_so_for_every_minute(situation: tuple[Times, Slot]) -> None:
    times, slot = situation
    all_minutes = minutes([slot])

    if any(is_away(times, at) for at in all_minutes):
        expected = Can.NO
    elif not times.weekly:
        expected = Can.NOT_SAID
    else:
        expected = Can.YES if all(is_told(times, at) for at in all_minutes) else Can.NO

    assert expected == times.can(slot)


SOME_DAY = datetime(2027, 1, 12, tzinfo=UTC)
SLOTS = st.lists(
    st.builds(
        lambda start, length: Slot.of(SOME_DAY + start * MINUTE, length),
        st.integers(0, 60),
        st.integers(1, 30),
    ),
    max_size=6,
)


@given(SLOTS, SLOTS)
def test_sets_of_time_are_sets_of_minutes(some: list[Slot], others: list[Slot]) -> None:
    assert minutes(some) == minutes(merged(some))
    assert minutes(some) & minutes(others) == minutes(common(some, others))
    assert minutes(some) - minutes(others) == minutes(without(some, others))
    for slot in others:
        assert (minutes([slot]) <= minutes(some)) == covers(some, slot)


@given(SLOTS, SLOTS)
def test_what_comes_out_is_in_order_and_apart(some: list[Slot], others: list[Slot]) -> None:
    for found in (merged(some), common(some, others), without(some, others)):
        for one, next_one in pairwise(found):
            assert one.ends_at < next_one.starts_at
