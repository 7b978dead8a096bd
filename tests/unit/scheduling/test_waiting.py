"""Examples of whose turn it is, and of how long a place is kept."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from scheduling.errors import BrokenValue
from scheduling.waiting import (
    Means,
    Turn,
    beyond_limit,
    end_of_line,
    keeps_together,
    kept_until,
    letter_is_too_slow,
    to_be_offered,
    until_words,
)

LONDON = "Europe/London"
NOW = datetime(2027, 1, 12, 9, 20, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def turn(number: int, seats: int = 1, *, passed_over: int = 0, is_resting: bool = False) -> Turn:
    """Give somebody who came at this place in the line."""
    since = NOW + timedelta(minutes=number)
    return Turn(UUID(int=number), seats, since, passed_over=passed_over, is_resting=is_resting)


@pytest.mark.parametrize(
    ("line", "free", "offered"),
    [
        ([turn(2), turn(1)], 1, [1]),
        ([turn(1), turn(2), turn(3)], 2, [1, 2]),
        ([turn(1, 2), turn(2)], 1, [2]),
        ([turn(1, 2), turn(2)], 2, [1]),
        ([turn(1, 2, passed_over=2), turn(2)], 1, []),
        ([turn(1, 2, passed_over=2), turn(2)], 2, [1]),
        ([turn(1, 3), turn(2), turn(3), turn(4)], 2, [2, 3]),
        ([turn(1, is_resting=True), turn(2)], 2, [2]),
        ([turn(1), turn(2)], None, [1, 2]),
        ([turn(1), turn(2)], 0, []),
    ],
)
def test_the_first_who_fits_is_offered_the_place(
    line: list[Turn], free: int | None, offered: list[int]
) -> None:
    found = to_be_offered(line, free=free, places=4)

    assert offered == [each.id.int for each in found]


def test_nothing_is_kept_for_a_party_larger_than_the_limit_or_on_the_last_day() -> None:
    line = [turn(1, 3, passed_over=9), turn(2)]

    assert [2] == [each.id.int for each in to_be_offered(line, free=1, places=2)]
    late = to_be_offered(line, free=1, places=4, is_kept_together=False)
    assert [2] == [each.id.int for each in late]
    assert [True, False] == [keeps_together(NOW, NOW + each) for each in (2 * DAY, DAY)]


def test_a_turn_for_nobody_is_none() -> None:
    with pytest.raises(BrokenValue):
        turn(1, 0)


@pytest.mark.parametrize(
    ("left", "means", "until"),
    [
        (10 * DAY, Means.MAIL, "10am on Thursday 14 January"),
        (3 * DAY, Means.MAIL, "10am on Wednesday 13 January"),
        (DAY, Means.MAIL, "1pm on Tuesday 12 January"),
        (5 * HOUR, Means.MAIL, "11am on Tuesday 12 January"),
        (HOUR / 2, Means.MAIL, "9:50am on Tuesday 12 January"),
        (20 * DAY, Means.HUMAN, "10am on Saturday 16 January"),
        (5 * DAY, Means.HUMAN, "10am on Thursday 14 January"),
        (2 * DAY, Means.HUMAN, "10am on Wednesday 13 January"),
        (DAY, Means.HUMAN, "4pm on Tuesday 12 January"),
        (20 * DAY, Means.POST, "10am on Tuesday 19 January"),
        (5 * DAY, Means.POST, "10am on Thursday 14 January"),
    ],
)
def test_a_place_is_kept_longer_when_there_is_time(
    left: timedelta, means: Means, until: str
) -> None:
    found = kept_until(NOW, NOW + left, LONDON, means)

    assert found is not None
    assert until == until_words(found, LONDON)


@pytest.mark.parametrize(
    ("at", "left", "until"),
    [
        (datetime(2027, 1, 12, 22, 30, tzinfo=UTC), DAY, "11am on Wednesday 13 January"),
        (datetime(2027, 1, 13, 2, 0, tzinfo=UTC), DAY, "11am on Wednesday 13 January"),
        (datetime(2027, 1, 12, 20, 0, tzinfo=UTC), DAY, "10am on Wednesday 13 January"),
        (datetime(2027, 1, 12, 23, 0, tzinfo=UTC), 8 * HOUR, "7am on Wednesday 13 January"),
        (datetime(2027, 3, 27, 22, 0, tzinfo=UTC), DAY, "11am on Sunday 28 March"),
    ],
)
def test_the_night_does_not_count(at: datetime, left: timedelta, until: str) -> None:
    found = kept_until(at, at + left, LONDON, Means.MAIL)

    assert found is not None
    assert until == until_words(found, LONDON)


def test_nothing_is_kept_once_the_meeting_has_begun() -> None:
    assert kept_until(NOW, NOW, LONDON, Means.MAIL) is None


def test_who_comes_now_comes_after_all_who_wait() -> None:
    assert NOW == end_of_line(NOW, None)
    assert NOW == end_of_line(NOW, NOW - DAY)
    assert NOW + DAY < end_of_line(NOW, NOW + DAY)


def test_near_the_day_a_letter_is_too_slow() -> None:
    assert letter_is_too_slow(NOW, NOW + 13 * DAY)
    assert not letter_is_too_slow(NOW, NOW + 14 * DAY)


def test_seats_beyond_a_lowered_limit_are_counted() -> None:
    assert [0, 0, 2] == [beyond_limit(5, places) for places in (None, 5, 3)]
