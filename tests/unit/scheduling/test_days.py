"""Whole days out of a council's calendar file, and files that are refused."""

import time
from datetime import date

import pytest

from scheduling.ical.days import LARGEST, MOST_EVENTS, BadDays, NamedDays, days_in


def calendar(*events: str) -> bytes:
    """Write a calendar file of these events."""
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inside}END:VCALENDAR\r\n".encode()


HALF_TERM = "SUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20270531\r\nDTEND;VALUE=DATE:20270605"


def why_not(content: bytes) -> str:
    """Give why a file is refused."""
    with pytest.raises(BadDays) as refused:
        days_in(content)
    return refused.value.why


@pytest.mark.parametrize(
    ("event", "last"),
    [
        (HALF_TERM, date(2027, 6, 4)),
        ("SUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20270531", date(2027, 5, 31)),
        ("SUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20270531\r\nDURATION:P5D", date(2027, 6, 4)),
        (
            "SUMMARY:Half-term\r\nDTSTART:20270531T080000Z\r\nDTEND:20270604T160000Z",
            date(2027, 6, 4),
        ),
        (
            "SUMMARY:Half-term\r\nDTSTART;TZID=Nowhere/Town:20270531T000000\r\n"
            "DTEND;TZID=Nowhere/Town:20270605T000000",
            date(2027, 6, 4),
        ),
    ],
)
def test_the_last_day_is_the_last_day_off(event: str, last: date) -> None:
    assert (NamedDays("Half-term", date(2027, 5, 31), last),) == days_in(calendar(event))


def test_days_come_in_order_and_once() -> None:
    christmas = "SUMMARY:Christmas\r\nDTSTART;VALUE=DATE:20271220\r\nDTEND;VALUE=DATE:20280101"

    found = days_in(calendar(christmas, HALF_TERM, HALF_TERM))

    assert ["Half-term", "Christmas"] == [each.name for each in found]


@pytest.mark.parametrize(
    ("event", "trouble"),
    [
        (f"{HALF_TERM}\r\nRRULE:FREQ=SECONDLY", "days-repeat"),
        ("SUMMARY:Half-term", "days-without-date"),
        ("SUMMARY:Half-term\r\nDTSTART:garbage", "days-without-date"),
        ("DTSTART;VALUE=DATE:20270531", "days-without-name"),
        (
            "SUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20270531\r\nDTEND;VALUE=DATE:20270501",
            "days-end-before",
        ),
        (
            "SUMMARY:Summer term\r\nDTSTART;VALUE=DATE:20270412\r\nDTEND;VALUE=DATE:20270722",
            "days-too-long",
        ),
    ],
)
def test_what_cannot_be_used_is_left_out_with_its_reason(event: str, trouble: str) -> None:
    [found] = days_in(calendar(event))

    assert trouble == found.trouble


def test_names_pass_the_boundary_filter() -> None:
    [found] = days_in(
        calendar("SUMMARY:=?utf-8?q?x?= \u202ehalf\\n term\r\nDTSTART;VALUE=DATE:20270531")
    )

    assert "\u202e" not in found.name
    assert "=?" not in found.name
    assert "\n" not in found.name


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not-a-calendar"),
        (b"Name,First,Last\r\nHalf-term,31 May,4 June\r\n", "not-a-calendar"),
        (b"\xff\xfe\x00\x01", "not-a-calendar"),
        (calendar(), "no-days-in-file"),
        (b"BEGIN:VCALENDAR\r\n" * 4, "not-a-calendar"),
    ],
)
def test_other_files_are_refused(content: bytes, why: str) -> None:
    assert why == why_not(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"x" * (LARGEST + 1), "days-file-too-big"),
        (b"BEGIN:VCALENDAR\r\n" * 30_000, "too-many-days"),
        (calendar(*[HALF_TERM] * (2 * MOST_EVENTS + 1)), "too-many-days"),
        (b"\nBEGIN:A" * 60_000, "too-many-days"),
    ],
)
def test_bombs_are_refused_before_they_are_parsed(content: bytes, why: str) -> None:
    began = time.process_time()

    assert why == why_not(content)
    assert time.process_time() - began < 0.2
