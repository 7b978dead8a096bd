"""Write a time zone as two yearly rules, the only form that all calendar programs read alike.

The rules come from the POSIX text in the last line of a zone's TZif file; reading that file is the
caller's. The library's own VTIMEZONE is not used: Thunderbird shows its winters an hour early
(icalendar, section 0).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from scheduling.errors import SchedulingError

LONDON = "Europe/London"
LONDON_RULE = "GMT0BST,M3.5.0/1,M10.5.0"

_NAME = r"<[^<>]+>|[A-Za-z]+"
_CLOCK = r"[+-]?\d+(?::\d+){0,2}"
_RULE = re.compile(
    rf"(?P<name>{_NAME})(?P<offset>{_CLOCK})"
    rf"(?:(?P<other_name>{_NAME})(?P<other_offset>{_CLOCK})?,(?P<to_other>[^,]+),(?P<back>[^,]+))?"
)
_DATE = re.compile(
    rf"M(?P<month>\d+)\.(?P<week>[1-5])\.(?P<weekday>[0-6])(?:/(?P<clock>{_CLOCK}))?"
)

_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_LAST_WEEK = 5
_MARCH, _DECEMBER = 3, 12

# Since when a rule has stood nearly everywhere that has it: London's pair is 1981 and 1996, which
# all of Europe shares; 2007 is North America's. Others start at 1970, as files by others do.
_SINCE = {(3, 5, 0): 1981, (10, 5, 0): 1996, (3, 2, 0): 2007, (11, 1, 0): 2007}
_SINCE_EVER = 1970
_START_OF_DAYS = datetime.combine(date(_SINCE_EVER, 1, 1), time())
_COMMON_YEAR = 2001


class UnreadableRule(SchedulingError):
    """The text is not a POSIX time zone rule of the form that zones use today."""

    code = "unreadable-zone-rule"


@dataclass(frozen=True, slots=True)
class _YearDay:
    """When the clocks are changed each year: so long after a weekday of a month begins."""

    month: int
    week: int
    weekday: int
    after: timedelta

    def in_year(self, year: int) -> datetime:
        """Find the wall time of the change in a year."""
        first, length = monthrange(year, self.month)
        day = 1 + (self.weekday - 1 - first) % 7 + 7 * (self.week - 1)
        in_month = date(year, self.month, day if day <= length else day - 7)
        return datetime.combine(in_month, time()) + self.after

    @property
    def first(self) -> datetime:
        """Find the wall time to count from, which lies on the rule itself."""
        return self.in_year(_SINCE.get((self.month, self.week, self.weekday), _SINCE_EVER))

    @property
    def rule(self) -> vRecur:
        """Write the day as a recurrence rule: one ordinal weekday, but for the shifted few."""
        if self.after.days:
            return _shifted(self.month, self.week, self.weekday, self.after.days)
        ordinal = -1 if self.week == _LAST_WEEK else self.week
        day = f"{ordinal}{_WEEKDAYS[self.weekday]}"
        return vRecur({"FREQ": "YEARLY", "BYMONTH": self.month, "BYDAY": day})


@dataclass(frozen=True, slots=True)
class _Side:
    """One half of a zone's year: its name and offset, and when it begins."""

    name: str
    offset: timedelta
    begins: _YearDay | None = None


def posix_rule(tzif: bytes) -> str:
    """Take the rule out of the bytes of a TZif file: its last line (RFC 8536, 3.3)."""
    lines = tzif.rstrip(b"\n").rsplit(b"\n", 1)
    if not tzif.startswith(b"TZif") or len(lines) == 1 or not lines[-1].isascii():
        raise UnreadableRule("no rule at the end")
    return lines[-1].decode("ascii")


def vtimezone(tzid: str, rule: str) -> Timezone:
    """Make the VTIMEZONE of a zone from its POSIX rule: one STANDARD, and one DAYLIGHT if needed.

    The side with the smaller offset is STANDARD, also where a law says the opposite (Dublin).
    Raises UnreadableRule.
    """
    low, high = _sides(rule)
    zone = Timezone()
    zone.add("TZID", tzid)
    zone.add_component(_fill(TimezoneStandard(), low, high))
    if high is not low:
        zone.add_component(_fill(TimezoneDaylight(), high, low))
    return zone


def offset_at(rule: str, instant: datetime) -> timedelta:
    """Give the offset that a rule has at an instant, which may not be what a zone has.

    Cuba left its clocks alone in the winter of 2026: such a year stands in the zone's table, and
    no yearly rule tells it. Raises UnreadableRule.
    """
    low, high = _sides(rule)
    begun = [
        (day.in_year(year).replace(tzinfo=UTC) - before.offset, side.offset)
        for side, before in ((low, high), (high, low))
        if (day := side.begins)
        for year in (instant.year - 1, instant.year, instant.year + 1)
    ]
    return max((each for each in begun if each[0] <= instant), default=(instant, low.offset))[1]


@lru_cache(maxsize=64)
def _sides(rule: str) -> tuple[_Side, _Side]:
    found = _RULE.fullmatch(rule)
    if found is None:
        raise UnreadableRule(rule)
    name, offset = found["name"].strip("<>"), -_span(found["offset"])
    if found["other_name"] is None:
        only = _Side(name, offset)
        return only, only
    # An offset left out means one hour more than the other (POSIX, 8.3).
    other = found["other_offset"]
    other_offset = -_span(other) if other else offset + timedelta(hours=1)
    sides = (
        _Side(name, offset, _year_day(found["back"])),
        _Side(found["other_name"].strip("<>"), other_offset, _year_day(found["to_other"])),
    )
    return min(sides, key=_offset), max(sides, key=_offset)


def _offset(side: _Side) -> timedelta:
    return side.offset


def _span(clock: str) -> timedelta:
    hours, minutes, seconds = [*map(int, clock.lstrip("+-").split(":")), 0, 0][:3]
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if clock.startswith("-") else span


def _year_day(text: str) -> _YearDay:
    found = _DATE.fullmatch(text)
    if found is None:
        raise UnreadableRule(text)
    month, week, weekday = (int(found[part]) for part in ("month", "week", "weekday"))
    span = _span(found["clock"] or "2")
    # A shifted day near the end of February would depend on leap years; no zone has one.
    if not (_MARCH if span.days else 1) <= month <= _DECEMBER:
        raise UnreadableRule(text)
    return _YearDay(month, week, weekday, span)


def _shifted(month: int, week: int, weekday: int, days: int) -> vRecur:
    """Move a rule by whole days, for the few zones that count hours below 0 or above 23.

    "The day after the last Thursday" is no ordinal weekday; it is the one Friday among seven days.
    Where those run over the end of the month (Cairo) they are counted back from the end of the
    year, which leap years leave alone.
    """
    length = monthrange(_COMMON_YEAR, month)[1]
    first = (length - 6 if week == _LAST_WEEK else 7 * week - 6) + days
    day = {"FREQ": "YEARLY", "BYDAY": _WEEKDAYS[(weekday + days) % 7]}
    if first >= 1 and first + 6 <= length:
        return vRecur({**day, "BYMONTH": month, "BYMONTHDAY": [*range(first, first + 7)]})
    to_year_end = (date(_COMMON_YEAR + 1, 1, 1) - date(_COMMON_YEAR, month, 1)).days
    from_end = first - 1 - to_year_end
    return vRecur({**day, "BYYEARDAY": [*range(from_end, from_end + 7)]})


def _fill(part: Component, side: _Side, before: _Side) -> Component:
    """Write down when a side begins, which is told in the wall time of the side before it."""
    if side.begins is None:
        part.add("DTSTART", _START_OF_DAYS)
    else:
        part.add("DTSTART", side.begins.first)
        part.add("RRULE", side.begins.rule)
    part.add("TZOFFSETFROM", before.offset)
    part.add("TZOFFSETTO", side.offset)
    part.add("TZNAME", side.name)
    return part
