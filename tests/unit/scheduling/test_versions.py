"""SEQUENCE and DTSTAMP of one invitation."""

from datetime import datetime, timedelta

import pytest

from scheduling.errors import BrokenValue
from scheduling.versions import Version
from tests.unit.scheduling.examples import NOW


def test_the_first_version_is_nought() -> None:
    assert Version(0, NOW) == Version.first(NOW)


def test_the_next_version_adds_one_and_takes_the_time() -> None:
    later = NOW + timedelta(hours=1)

    assert Version(1, later) == Version.first(NOW).next(later)


@pytest.mark.parametrize("back", [timedelta(0), timedelta(seconds=0.9), timedelta(days=1)])
def test_a_clock_that_goes_back_still_makes_a_newer_stamp(back: timedelta) -> None:
    assert Version(1, NOW + timedelta(seconds=1)) == Version.first(NOW).next(NOW - back)


def test_a_stamp_has_whole_seconds() -> None:
    assert Version.first(NOW) == Version.first(NOW + timedelta(microseconds=999_999))


@pytest.mark.parametrize(("sequence", "stamp"), [(-1, NOW), (0, NOW.replace(tzinfo=None))])
def test_a_broken_version_is_refused(sequence: int, stamp: datetime) -> None:
    with pytest.raises(BrokenValue):
        Version(sequence, stamp)
