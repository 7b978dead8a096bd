"""The clock: true by default, moved by a file in a demonstration, refused elsewhere."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.clock import BadClockFile, Clock, ClockRefused, set_clock_file


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    """Name a clock file that is not there yet."""
    return tmp_path / "clock"


def test_time_is_aware_and_true_without_a_file(clock_file: Path) -> None:
    before = datetime.now(UTC)

    told = (Clock().now(), Clock(clock_file, is_demonstration=True).now())

    assert all(before <= now <= datetime.now(UTC) for now in told)
    assert {timedelta(0)} == {now.utcoffset() for now in told}


def test_a_moved_clock_is_followed_by_all_and_moves_on(clock_file: Path, now: datetime) -> None:
    clocks = [Clock(clock_file, is_demonstration=True) for _ in range(2)]

    set_clock_file(clock_file, now.astimezone(ZoneInfo("Europe/London")))

    first, second = (clock.now() for clock in clocks)
    assert now <= first < second < now + timedelta(minutes=1)


def test_time_goes_on_from_when_the_file_was_written(clock_file: Path, now: datetime) -> None:
    set_clock_file(clock_file, now)
    an_hour_ago = datetime.now(UTC).timestamp() - 3600
    os.utime(clock_file, (an_hour_ago, an_hour_ago))

    told = Clock(clock_file, is_demonstration=True).now()

    assert timedelta(hours=1) <= told - now < timedelta(hours=1, minutes=1)


def test_a_clock_moved_again_is_seen(clock_file: Path, now: datetime) -> None:
    clock = Clock(clock_file, is_demonstration=True)
    set_clock_file(clock_file, now)
    clock.now()

    set_clock_file(clock_file, now - timedelta(days=7))

    assert clock.now() < now - timedelta(days=6)


def test_a_clock_file_is_refused_outside_a_demonstration(clock_file: Path) -> None:
    with pytest.raises(ClockRefused):
        Clock(clock_file)


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-01-12T09:00:00"])
def test_a_clock_file_must_hold_an_instant_with_its_zone(clock_file: Path, text: str) -> None:
    clock_file.write_text(text)

    with pytest.raises(BadClockFile):
        Clock(clock_file, is_demonstration=True).now()
