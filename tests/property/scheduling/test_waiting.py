"""Waiting for a place, against slow oracles: whose turn it is, and until when a place is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduling.time import on_wall
from scheduling.waiting import (
    MOST_PASSED_OVER,
    SLEEPS,
    WAKES,
    Means,
    Turn,
    in_order,
    kept_until,
    to_be_offered,
)

BEGIN = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
)
QUARTER = timedelta(minutes=15)


@st.composite
def lines(draw: st.DrawFn) -> list[Turn]:
    """Draw a line of up to eight, some of whom began to wait in the same moment."""
    return [
        Turn(
            UUID(int=number),
            seats=draw(st.integers(1, 3)),
            since=BEGIN + timedelta(minutes=draw(st.integers(0, 5))),
            passed_over=draw(st.integers(0, MOST_PASSED_OVER + 1)),
            is_resting=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


free_seats = st.one_of(st.none(), st.integers(0, 9))
limits = st.one_of(st.none(), st.integers(1, 9))


@given(line=lines(), free=free_seats, places=limits, together=st.booleans())
def test_turns_are_what_asking_everybody_one_by_one_gives(
    line: list[Turn], free: int | None, places: int | None, *, together: bool
) -> None:
    offered = to_be_offered(line, free=free, places=places, is_kept_together=together)

    assert slowly(line, free, places, together=together) == offered
    assert free is None or sum(turn.seats for turn in offered) <= free


@given(line=lines(), gone=st.lists(st.integers(1, 3), max_size=12), capacity=st.integers(3, 9))
def test_however_places_come_free_none_is_given_twice_and_nobody_is_passed_over_for_ever(
    line: list[Turn], gone: Sequence[int], capacity: int
) -> None:
    waiting = [replace(turn, is_resting=False, passed_over=0) for turn in line]
    taken, served = capacity, list[Turn]()
    for seats in gone:
        taken -= min(seats, taken)
        offered = to_be_offered(waiting, free=capacity - taken, places=capacity)
        taken += sum(turn.seats for turn in offered)
        served += offered
        waiting = [told(turn, offered) for turn in waiting if turn not in offered]

        assert taken <= capacity
        assert all(turn.passed_over <= MOST_PASSED_OVER for turn in waiting)
        assert len(line) == len({turn.id for turn in (*served, *waiting)})

    singles = [turn for turn in served if turn.seats == 1]
    assert list(in_order(singles)) == singles


@given(line=lines(), capacity=st.integers(3, 6))
def test_everybody_who_can_ever_fit_comes_first_once_seats_go_on_coming_free(
    line: list[Turn], capacity: int
) -> None:
    waiting = [replace(turn, is_resting=False, passed_over=0) for turn in line]
    free = 0
    for _ in range(3 * len(line)):
        free += 1
        offered = to_be_offered(waiting, free=free, places=capacity)
        free -= sum(turn.seats for turn in offered)
        waiting = [told(turn, offered) for turn in waiting if turn not in offered]

    assert [] == waiting


@given(
    minutes=st.integers(0, 60 * 24 * 365),
    left=st.integers(1, 60 * 24 * 40),
    zone=st.sampled_from(ZONES),
    means=st.sampled_from(Means),
)
def test_a_place_is_kept_for_hours_awake_or_until_the_start(
    minutes: int, left: int, zone: str, means: Means
) -> None:
    now = BEGIN + timedelta(minutes=minutes)
    starts_at = now + timedelta(minutes=left)

    until = kept_until(now, starts_at, zone, means)

    assert until is not None
    assert now < until <= starts_at
    if until < starts_at:
        assert awake(now, until, zone) >= timedelta(hours=1 if means is Means.MAIL else 2)
        assert WAKES <= on_wall(until, zone).local.time() <= SLEEPS


@given(
    minutes=st.integers(0, 60 * 24 * 365),
    lefts=st.tuples(st.integers(1, 60 * 24 * 40), st.integers(1, 60 * 24 * 40)),
    zone=st.sampled_from(ZONES),
    means=st.sampled_from(Means),
)
def test_a_place_is_kept_no_longer_for_a_meeting_that_is_nearer(
    minutes: int, lefts: tuple[int, int], zone: str, means: Means
) -> None:
    now = BEGIN + timedelta(minutes=minutes)
    near, far = (now + timedelta(minutes=left) for left in sorted(lefts))

    sooner, later = (kept_until(now, starts_at, zone, means) for starts_at in (near, far))
    by_mail = kept_until(now, far, zone, Means.MAIL)

    assert sooner is not None
    assert later is not None
    assert by_mail is not None
    assert sooner <= later
    assert by_mail <= later


def slowly(
    line: Sequence[Turn], free: int | None, places: int | None, *, together: bool
) -> tuple[Turn, ...]:
    """Ask everybody in turn, and for each of them everybody before them."""
    order = sorted(line, key=lambda each: (each.since, each.id))
    order = [turn for turn in order if not turn.is_resting]
    offered: list[Turn] = []
    for here, turn in enumerate(order):
        left = None if free is None else free - sum(each.seats for each in offered)
        overtakes = [
            each
            for at, each in enumerate(order[:here])
            if each not in offered
            and together
            and (places is None or each.seats <= places)
            and each.passed_over + sum(order.index(other) > at for other in offered)
            >= MOST_PASSED_OVER
        ]
        if overtakes:
            break
        if left is None or turn.seats <= left:
            offered.append(turn)
    return tuple(offered)


def told(turn: Turn, offered: Sequence[Turn]) -> Turn:
    """Count for one who still waits how many of these came after them."""
    after = [each for each in offered if (each.since, each.id) > (turn.since, turn.id)]
    return replace(turn, passed_over=turn.passed_over + len(after))


def awake(begin: datetime, end: datetime, zone: str) -> timedelta:
    """Add up the time by day between two instants, a quarter of an hour at a time, rounded up."""
    steps = int((end - begin) / QUARTER) + 1
    hours = (on_wall(begin + step * QUARTER, zone).local.time() for step in range(steps))
    return QUARTER * sum(WAKES <= each < SLEEPS for each in hours)
