"""Read whole days out of a calendar file that somebody else made: a council's school holidays.

Only single days and spans with a name are read. What repeats is named and left out: nothing is expanded.
A file that is too large or too deep is refused before it is parsed (reliability F6).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from icalendar import Calendar, Event

from scheduling.errors import SchedulingError
from scheduling.text import clean

LARGEST = 512 * 1024
MOST_EVENTS = 400
MOST_DEPTH = 5
LONGEST_NAME = 120
#: A break lasts no longer than this; what does is no break but a term.
LONGEST = timedelta(days=70)

_BEGIN_OR_END = re.compile(rb"^(BEGIN|END):", re.MULTILINE | re.IGNORECASE)


class BadDays(SchedulingError):
    """The file cannot or must not be read; `why` is the code of why."""

    code = "bad-days"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class NamedDays:
    """What a file calls some days, from the first to the last of them; `trouble` is why they are left out."""

    name: str
    first: date | None
    last: date | None
    trouble: str = ""


def days_in(content: bytes) -> tuple[NamedDays, ...]:
    """Give what a calendar file names, by the first day; raises BadDays."""
    _refuse_bombs(content)
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        if not calendars:
            raise BadDays("not-a-calendar")
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, IndexError, KeyError) as error:
        raise BadDays("not-a-calendar") from error
    found = [_named(event) for event in events if isinstance(event, Event)]
    if not found:
        raise BadDays("no-days-in-file")
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.first or date.max, each.name)))


def _refuse_bombs(content: bytes) -> None:
    if len(content) > LARGEST:
        raise BadDays("days-file-too-big")
    depth = begun = 0
    for match in _BEGIN_OR_END.finditer(content):
        is_begin = match[1].upper() == b"BEGIN"
        depth += 1 if is_begin else -1
        begun += is_begin
        if depth > MOST_DEPTH or begun > 2 * MOST_EVENTS:
            raise BadDays("too-many-days")


def _named(event: Event) -> NamedDays:
    name = clean(str(event.get("SUMMARY", "")))[:LONGEST_NAME]
    starts, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if starts is None:
        return NamedDays(name, None, None, "days-without-date")
    first = _day(starts)
    last = _last(starts, ends, event)
    return NamedDays(name, first, last, next(_troubles(event, name, first, last), ""))


def _troubles(event: Event, name: str, first: date, last: date) -> Iterator[str]:
    if not name:
        yield "days-without-name"
    if "RRULE" in event or "RDATE" in event:
        yield "days-repeat"
    if last < first:
        yield "days-end-before"
    if last - first > LONGEST:
        yield "days-too-long"


def _moment(event: Event, name: str) -> date | datetime | None:
    """Read a date or time; None if it is missing, doubled or no date."""
    try:
        found = getattr(event.get(name), "dt", None)
    except ValueError:  # icalendar keeps what it cannot read, and says so when it is asked for it.
        return None
    return found if isinstance(found, date) else None


def _last(starts: date | datetime, ends: date | datetime | None, event: Event) -> date:
    """Give the last day: the end of whole days is the day after (RFC 5545, 3.6.1), midnight likewise."""
    if ends is None:
        length = getattr(event.get("DURATION"), "dt", None)
        ends = starts + length if isinstance(length, timedelta) else starts
    last = _day(ends)
    is_whole = not isinstance(ends, datetime) or ends.time() == time()
    return last - timedelta(days=1) if is_whole and last > _day(starts) else last


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
