"""Read what a guest's calendar program sent back: the bytes of one calendar part into values.

Only what an answer needs is looked at, line by line, so that a broken zone, a rule without end or
a property of some maker's own never costs an answer. Nothing is expanded, and what is too large is
refused before it is read (reliability F6). Whether an answer counts is decided elsewhere.
Sources: RFC 5546, 3.2.3 and 3.2.7; RFC 5545, 3.1 and 3.3; the odd forms of section "COUNTER, REPLY, REFRESH"
of the calendar research.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduling.decoding import decoded
from scheduling.errors import SchedulingError
from scheduling.text import clean
from scheduling.time import WallTime, resolve

MOST_BYTES = 256 * 1024
MOST_LINES = 10_000
MOST_DEPTH = 8
MOST_COMPONENTS = 200
MOST_ATTENDEES = 50
LONGEST_LINE = 8000
LONGEST_VALUE = 1000
LONGEST_COMMENT = 4000
#: A SEQUENCE beyond this is not a number of changes (RFC 5545, 3.3.8).
HIGHEST_SEQUENCE = 2**31 - 1

_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[^:;"]*+(?:"[^"]*+"[^:;"]*+)*+)*+):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^;:"]*)')
_STAMP = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_LENGTH = re.compile(
    r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d+S)?)?"
)
#: What may stand round an address.
_ROUND = "'\"<> \t"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class UnreadableCalendar(SchedulingError):
    """The calendar part cannot or must not be read; `why` is a stable code."""

    code = "unreadable-calendar"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PartStatus(StrEnum):
    """What an attendee said (RFC 5545, 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, slots=True)
class Attendee:
    """One who answers: the address without `mailto:`, in small letters, and to whom it was passed on."""

    address: str = field(repr=False)
    status: PartStatus = PartStatus.NEEDS_ACTION
    delegated_to: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One VEVENT that came back, under the METHOD of its calendar.

    `sequence` and `stamp` are None where they were left out or make no sense. `starts_at` and `ends_at` are
    in UTC; they stay None for a time whose zone is not known, which `start_words` then shows as it came.
    """

    method: str
    uid: str
    sequence: int | None = None
    stamp: datetime | None = None
    attendees: tuple[Attendee, ...] = ()
    recurrence_id: str = ""
    comment: str = field(default="", repr=False)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    start_words: str = ""


def read_calendar(
    content: bytes, *, charset: str = "", method: str = ""
) -> tuple[CalendarEvent, ...]:
    """Give the events of a calendar part in their order; raises UnreadableCalendar.

    `charset` and `method` are what the mail says of the part; a METHOD inside it goes before that.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableCalendar("calendar-too-big")
    lines = _lines(content, charset)
    found: list[CalendarEvent] = []
    for calendar in _calendars(lines):
        found += calendar.events(method)
    if not found:
        raise UnreadableCalendar("calendar-without-event")
    return tuple(found)


@dataclass(slots=True)
class _Component:
    """What was read of one component so far: of a VEVENT its own lines, of a VCALENDAR those and its events."""

    name: str
    lines: list["_Line"] = field(default_factory=list)
    inside: list["_Component"] = field(default_factory=list)

    def first(self, name: str) -> "_Line":
        """Give the first line of this name; an empty one if there is none."""
        return next((line for line in self.lines if line.name == name), _Line(name))

    def events(self, method: str) -> Iterator[CalendarEvent]:
        """Give the events inside, under this calendar's METHOD or else the one said."""
        own = self.first("METHOD").value.strip().upper() or method.strip().upper()
        for each in self.inside:
            if each.name == "VEVENT":
                yield _event(each, own)


@dataclass(frozen=True, slots=True)
class _Line:
    """One content line: its name in capitals, its parameters, and its value as it stands."""

    name: str
    parameters: str = ""
    value: str = ""

    def parameter(self, name: str) -> str:
        """Give the value of a parameter, without quotes; nothing if it is not there."""
        for match in _PARAMETER.finditer(self.parameters):
            if match[1].upper() == name:
                return match[2].strip('"')
        return ""


def _lines(content: bytes, charset: str) -> Iterator[str]:
    """Join what was folded, also inside a character, and give the lines; refuse too many of them."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = decoded(content).encode("utf-8", errors="replace")
    if content.count(b"\n") + content.count(b"\r") > 2 * MOST_LINES:
        raise UnreadableCalendar("calendar-too-many-lines")
    for line in _LINE_END.split(_FOLD.sub(b"", content.removeprefix(b"\xef\xbb\xbf"))):
        if line.strip():
            yield decoded(line, charset)


def _calendars(lines: Iterable[str]) -> list[_Component]:
    """Sort the lines into calendars and their components; what was never closed does not count."""
    found: list[_Component] = []
    open_now: list[_Component] = []
    count = 0
    for text in lines:
        line = _line(text)
        if line.name == "BEGIN":
            count += 1
            if len(open_now) >= MOST_DEPTH or count > MOST_COMPONENTS:
                raise UnreadableCalendar("calendar-too-deep")
            open_now.append(_Component(line.value.strip().upper()))
        elif line.name == "END" and open_now:
            _close(open_now, found)
        elif open_now and line.name in _WANTED:
            open_now[-1].lines.append(line)
    # A calendar that was cut off after a whole event still holds that event.
    return [*found, *open_now[:1]]


def _close(open_now: list[_Component], found: list[_Component]) -> None:
    done = open_now.pop()
    (open_now[-1].inside if open_now else found).append(done)


_WANTED = frozenset(
    {
        *("METHOD", "UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "RECURRENCE-ID", "COMMENT"),
        *("DTSTART", "DTEND", "DURATION"),
    }
)


def _line(text: str) -> _Line:
    """Take a line apart; quotes that do not close are taken for letters."""
    text = text[:LONGEST_LINE]
    match = _LINE.match(text)
    if match is not None:
        return _Line(match[1].upper(), match[2], match[3])
    head, _, value = text.partition(":")
    name, _, parameters = head.partition(";")
    return _Line(name.strip().upper(), f";{parameters}" if parameters else "", value)


def _event(component: _Component, method: str) -> CalendarEvent:
    start, recurrence = component.first("DTSTART"), component.first("RECURRENCE-ID")
    starts_at = _moment(start)
    return CalendarEvent(
        method=clean(method[:40]),
        uid=clean(component.first("UID").value[:LONGEST_VALUE]),
        sequence=_number(component.first("SEQUENCE").value),
        stamp=_moment(component.first("DTSTAMP")),
        attendees=tuple(_attendees(component)),
        recurrence_id=clean(recurrence.value[:100]),
        comment=_comment(component),
        starts_at=starts_at,
        ends_at=_moment(component.first("DTEND"))
        or _after(starts_at, component.first("DURATION").value),
        start_words=clean(f"{start.value[:40]} {start.parameter('TZID')[:80]}"),
    )


def _attendees(component: _Component) -> Iterator[Attendee]:
    lines = [line for line in component.lines if line.name == "ATTENDEE"]
    for line in lines[:MOST_ATTENDEES]:
        yield Attendee(
            _address(line.value) or _address(line.parameter("EMAIL")),
            _status(line.parameter("PARTSTAT")),
            _address(line.parameter("DELEGATED-TO")),
        )


def _status(text: str) -> PartStatus:
    try:
        return PartStatus(text.strip().upper())
    except ValueError:
        return PartStatus.NEEDS_ACTION


def _address(value: str) -> str:
    """Give a bare address: Google quotes it, Exchange may put MAILTO in capitals or twice."""
    bare = value[:LONGEST_VALUE].strip(_ROUND)
    while bare[:7].casefold() == "mailto:":
        bare = bare[7:].strip(_ROUND)
    return clean(bare).casefold() if "@" in bare else ""


def _comment(component: _Component) -> str:
    said = [line.value for line in component.lines if line.name == "COMMENT"]
    plain = _ESCAPED.sub(_unescaped, "\n".join(said)[:LONGEST_COMMENT])
    return clean(plain, lines=True)


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def _number(text: str) -> int | None:
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(HIGHEST_SEQUENCE)):
        return None
    return min(int(digits), HIGHEST_SEQUENCE)


def _moment(line: _Line) -> datetime | None:
    """Give a time in UTC; None for a day without a time, nonsense, or a zone nobody knows by its name."""
    match = _STAMP.fullmatch(line.value.strip())
    if match is None or match[2] is None:
        return None
    try:
        local = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    zone = line.parameter("TZID").strip().lstrip("/")
    if match[3] or not zone:
        return local if match[3] or line.name == "DTSTAMP" else None
    wall = local.replace(tzinfo=None)
    try:
        return resolve(WallTime(wall, WINDOWS_TO_OLSON.get(zone, zone)))
    except (SchedulingError, ValueError):
        return None


def _after(starts_at: datetime | None, length: str) -> datetime | None:
    match = _LENGTH.fullmatch(length.strip().upper())
    if starts_at is None or match is None:
        return None
    weeks, days, hours, minutes = (int(number or 0) for number in match.groups())
    try:
        return starts_at + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    except OverflowError:
        return None
