"""Slots, wall times round the clock changes of London, and words for dates and times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scheduling.errors import BrokenValue
from scheduling.time import (
    DoubledTime,
    SkippedTime,
    Slot,
    UnknownZone,
    WallTime,
    clock_words,
    long_date,
    on_wall,
    resolve,
    span_words,
    zone_named,
    zone_words,
)
from tests.unit.scheduling.examples import LONDON, at

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def utc(text: str) -> datetime:
    """Read an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_slot_contains_its_start_and_not_its_end() -> None:
    slot = Slot.of(NOON, 60)

    assert slot.contains(slot.starts_at)
    assert not slot.contains(slot.ends_at)
    assert timedelta(hours=1) == slot.length


def test_a_slot_is_kept_in_utc() -> None:
    starts_at = datetime(2026, 3, 12, 13, tzinfo=timezone(timedelta(hours=1)))

    assert Slot.of(NOON, 30) == Slot.of(starts_at, 30)
    assert UTC is Slot.of(starts_at, 30).starts_at.tzinfo


def test_slots_that_touch_do_not_overlap() -> None:
    first = Slot.of(NOON, 60)

    assert not first.overlaps(Slot.of(first.ends_at, 60))
    assert first.overlaps(Slot.of(first.ends_at - timedelta(minutes=1), 60))


def test_a_slot_without_length_is_refused() -> None:
    with pytest.raises(BrokenValue):
        Slot(NOON, NOON)


def test_a_slot_of_naive_times_is_refused() -> None:
    with pytest.raises(BrokenValue):
        Slot.of(NOON.replace(tzinfo=None), 60)


def test_a_wall_time_with_an_offset_is_refused() -> None:
    with pytest.raises(BrokenValue):
        WallTime(NOON, LONDON)


@pytest.mark.parametrize("year", ["0001", "1970", "9999"])
def test_a_year_nobody_means_is_refused(year: str) -> None:
    with pytest.raises(BrokenValue):
        at(f"{year}-06-01T12:00")


def test_a_wall_time_is_kept_to_the_minute() -> None:
    assert at("2026-03-12T14:00") == at("2026-03-12T14:00:59.5")


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-01-08T18:30", "2026-01-08T18:30"),
        ("2026-07-09T18:30", "2026-07-09T17:30"),
        ("2026-03-29T00:59", "2026-03-29T00:59"),
        ("2026-03-29T02:00", "2026-03-29T01:00"),
        ("2026-10-25T00:59", "2026-10-24T23:59"),
        ("2026-10-25T02:00", "2026-10-25T02:00"),
        ("2027-03-28T02:00", "2027-03-28T01:00"),
        ("2027-10-31T02:00", "2027-10-31T02:00"),
    ],
)
def test_a_wall_time_resolves_to_its_instant(local: str, instant: str) -> None:
    assert utc(instant) == resolve(at(local))


@pytest.mark.parametrize("day", ["2026-03-29", "2027-03-28"])
@pytest.mark.parametrize("minute", ["00", "30", "59"])
def test_a_skipped_time_is_refused_with_a_proposal(day: str, minute: str) -> None:
    with pytest.raises(SkippedTime) as refusal:
        resolve(at(f"{day}T01:{minute}"))

    assert timedelta(hours=1) == refusal.value.gap
    assert at(f"{day}T02:{minute}") == refusal.value.proposal
    assert "skipped-time" == refusal.value.code


@pytest.mark.parametrize("day", ["2026-10-25", "2027-10-31"])
@pytest.mark.parametrize("minute", ["00", "30", "59"])
def test_a_doubled_time_is_refused_with_both_instants(day: str, minute: str) -> None:
    with pytest.raises(DoubledTime) as refusal:
        resolve(at(f"{day}T01:{minute}"))

    assert utc(f"{day}T00:{minute}") == refusal.value.first
    assert utc(f"{day}T01:{minute}") == refusal.value.second


def test_a_gap_of_half_an_hour_moves_by_half_an_hour() -> None:
    with pytest.raises(SkippedTime) as refusal:
        resolve(at("2026-10-04T02:15", "Australia/Lord_Howe"))

    assert at("2026-10-04T02:45", "Australia/Lord_Howe") == refusal.value.proposal


@pytest.mark.parametrize("zone", ["", "Europe", "Mars/One", "../etc/passwd", "/etc/passwd", "a\0b"])
def test_an_unknown_zone_is_refused_and_not_repeated_in_the_message(zone: str) -> None:
    with pytest.raises(UnknownZone) as refusal:
        zone_named(zone)

    assert zone == refusal.value.zone
    assert "no such time zone" == str(refusal.value)


def test_an_instant_is_shown_on_the_wall() -> None:
    assert at("2026-07-09T18:30") == on_wall(utc("2026-07-09T17:30"), LONDON)


def test_a_date_is_written_in_full() -> None:
    assert "Thursday 12 March 2026" == long_date(NOON, LONDON)
    assert "Friday 1 January 2027" == long_date(utc("2026-12-31T20:00"), "Asia/Karachi")


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("00:00", "midnight"),
        ("00:30", "12:30am"),
        ("09:05", "9:05am"),
        ("11:59", "11:59am"),
        ("12:00", "midday"),
        ("12:15", "12:15pm"),
        ("13:30", "1:30pm"),
        ("14:00", "2pm"),
        ("23:00", "11pm"),
    ],
)
def test_a_time_is_written_as_people_say_it(clock: str, words: str) -> None:
    assert words == clock_words(utc(f"2026-03-12T{clock}"), LONDON)


@pytest.mark.parametrize(
    ("starts", "minutes", "words"),
    [
        ("2026-03-12T14:00", 90, "Thursday 12 March 2026, 2pm to 3:30pm"),
        ("2026-07-09T11:00", 60, "Thursday 9 July 2026, midday to 1pm"),
        ("2026-03-12T22:00", 120, "Thursday 12 March 2026, 10pm to midnight"),
        ("2026-03-12T23:00", 120, "Thursday 12 March 2026, 11pm to Friday 13 March 2026, 1am"),
    ],
)
def test_a_span_is_written_in_the_zone(starts: str, minutes: int, words: str) -> None:
    assert words == span_words(Slot.of(utc(starts), minutes), LONDON)


def test_the_zone_is_named_only_if_asked_for() -> None:
    slot = Slot.of(NOON, 60)

    assert "Thursday 12 March 2026, midday to 1pm" == span_words(slot, LONDON)
    assert "London time" in span_words(slot, LONDON, name_zone=True)
    assert "New York time" == zone_words("America/New_York")
