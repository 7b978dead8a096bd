"""Rules by which a series repeats, their dates on the wall clock, and what clock changes do to them.

Only rules that every calendar program expands alike: every so many weeks on chosen weekdays, and every
so many months on one weekday of the month ("second Thursday") or one day of it. Anything else is planned
as two series (icalendar, section 2). Dates are wall-clock times without a zone until the very end, so
that a session at 1pm stays at 1pm whatever the clocks do; `instant_of` alone turns them into instants.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from dateutil.rrule import MO, MONTHLY, WEEKLY, rrule, weekday

from scheduling.errors import BrokenValue
from scheduling.time import Slot, WallTime, on_wall, zone_named

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The last of a month, and the first to fourth; a fifth is missing in most months.
ORDINALS = (1, 2, 3, 4, -1)
MOST_WEEKS, MOST_MONTHS = 26, 12
#: Every month has this day.
LAST_SAFE_DAY = 28
#: Nobody looks further, and so no rule is ever expanded without end.
LONGEST_WINDOW = timedelta(days=366 * 60)
WEEK = timedelta(weeks=1)


class Frequency(StrEnum):
    """What a rule counts. The values are those of RFC 5545, 3.3.10."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: weekly by `weekdays`, or monthly by `ordinal` and one weekday, or by `month_day`.

    Weekdays count from Monday as 0; an ordinal of -1 means the last of the month.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    ordinal: int | None = None
    month_day: int | None = None

    def __post_init__(self) -> None:
        """Sort the weekdays; refuse what not every program expands alike."""
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        most = MOST_WEEKS if self.frequency is Frequency.WEEKLY else MOST_MONTHS
        if not 1 <= self.interval <= most:
            raise BrokenValue(f"an interval lies between 1 and {most}")
        if not set(self.weekdays) <= set(range(len(WEEKDAYS))):
            raise BrokenValue("weekdays count from 0 to 6")
        if not (self._is_weekly() or self._is_by_ordinal() or self._is_by_day()):
            raise BrokenValue("not a rule that every program expands alike")

    def _is_weekly(self) -> bool:
        is_plain = self.ordinal is None and self.month_day is None
        return self.frequency is Frequency.WEEKLY and bool(self.weekdays) and is_plain

    def _is_by_ordinal(self) -> bool:
        is_one = len(self.weekdays) == 1 and self.month_day is None
        return self.frequency is Frequency.MONTHLY and is_one and self.ordinal in ORDINALS

    def _is_by_day(self) -> bool:
        is_day = self.month_day is not None and 1 <= self.month_day <= LAST_SAFE_DAY
        is_plain = not self.weekdays and self.ordinal is None
        return self.frequency is Frequency.MONTHLY and is_day and is_plain

    @property
    def text(self) -> str:
        """Write the rule as RFC 5545 does, without an end: "FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE"."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            days = (f"{self.ordinal or ''}{WEEKDAYS[day]}" for day in self.weekdays)
            parts.append(f"BYDAY={','.join(days)}")
        if self.month_day is not None:
            parts.append(f"BYMONTHDAY={self.month_day}")
        return ";".join(parts)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a rule as `text` writes it; raises BrokenValue for anything else."""
        try:
            parts = dict(part.split("=", 1) for part in text.split(";"))
            frequency = Frequency(parts.pop("FREQ"))
            interval = int(parts.pop("INTERVAL", "1"))
            days = [day for day in parts.pop("BYDAY", "").split(",") if day]
            month_day = parts.pop("BYMONTHDAY", None)
            weekdays = tuple(WEEKDAYS.index(day[-2:]) for day in days)
            ordinals = {int(day[:-2]) for day in days if day[:-2]}
        except (KeyError, ValueError) as error:
            raise BrokenValue("not a rule") from error
        if parts or len(ordinals) > 1:
            raise BrokenValue("not a rule that every program expands alike")
        return cls(
            frequency=frequency,
            interval=interval,
            weekdays=weekdays,
            ordinal=ordinals.pop() if ordinals else None,
            month_day=int(month_day) if month_day else None,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A span on the wall clock from `begins` up to, not including, `ends`."""

    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        """Refuse times with a zone, and windows so long that expanding a rule would never end."""
        if self.begins.tzinfo is not None or self.ends.tzinfo is not None:
            raise BrokenValue("a window lies on the wall clock")
        if self.ends - self.begins > LONGEST_WINDOW:
            raise BrokenValue("a window of more than sixty years")

    @classmethod
    def of_days(cls, first: date, last: date) -> Self:
        """Make the window of whole days, the last included."""
        ends = datetime.combine(last, time.min) + timedelta(days=1)
        return cls(datetime.combine(first, time.min), ends)

    @classmethod
    def of_month(cls, year: int, month: int) -> Self:
        """Make the window of one month."""
        begins = datetime.combine(date(year, month, 1), time.min)
        return cls(begins, _months_after(begins, 1))

    def contains(self, local: datetime) -> bool:
        """Say whether a wall-clock time lies in the window; its end does not."""
        return self.begins <= local < self.ends


class OffRule(BrokenValue):
    """A series was to begin on a date that its own rule does not give."""

    code = "off-rule"


def first_on(rule: Rule, typed: datetime) -> datetime:
    """Give the first date of a rule on or after what somebody typed; the rule counts from there."""
    if rule.frequency is Frequency.WEEKLY:
        return next(typed + timedelta(days=d) for d in range(7) if _is_on(rule, typed, d))
    return next(
        local for months in range(3) if (local := _in_month(rule, typed, months=months)) >= typed
    )


def occurrences(
    rule: Rule,
    first: datetime,
    window: Window,
    *,
    ends_on: date | None = None,
    exceptions: Collection[datetime] = (),
) -> Iterator[datetime]:
    """Yield the dates of a rule that lie in the window, earliest first, on the wall clock.

    `first` is the first date ever and must lie on the rule, or OffRule is raised: programs disagree about
    what comes of it otherwise. Nothing comes after the day `ends_on`; `exceptions` are left out.
    """
    if first_on(rule, first) != first:
        raise OffRule("the first date does not lie on the rule")
    ends = window.ends
    if ends_on is not None:
        ends = min(ends, datetime.combine(ends_on, time.max))
    if first >= ends:
        return
    for local in _expanded(rule, _shortly_before(rule, first, window.begins), ends):
        if local >= first and window.contains(local) and local not in exceptions:
            yield local


def settled(wall: WallTime) -> WallTime:
    """Give what clocks show when a date of a series begins: a time they skip moves forward by the gap."""
    return on_wall(instant_of(wall), wall.zone)


def instant_of(wall: WallTime) -> datetime:
    """Give the instant at which a date of a series begins, in UTC.

    A time that a clock change skips moves forward by the gap; one that comes twice is taken at its
    first time (RFC 5545, 3.3.5). For what somebody types there is `time.resolve`, which asks instead.
    """
    return wall.local.replace(tzinfo=zone_named(wall.zone), fold=0).astimezone(UTC)


def slot_of(wall: WallTime, minutes: int) -> Slot:
    """Give the span of one date of a series; it lasts as long as ever, whatever the clocks do in it."""
    return Slot.of(instant_of(wall), minutes)


def _is_on(rule: Rule, typed: datetime, days: int) -> bool:
    return (typed.weekday() + days) % 7 in rule.weekdays


def _in_month(rule: Rule, typed: datetime, *, months: int) -> datetime:
    """Give the rule's date in the month that is so many after the one of `typed`."""
    begins = _months_after(typed, months)
    if rule.month_day is not None:
        return begins.replace(day=rule.month_day)
    return next(_expanded(rule, begins, _months_after(typed, months + 1)))


def _shortly_before(rule: Rule, first: datetime, begins: datetime) -> datetime:
    """Give where to begin counting: whole intervals after the first, so that old series are not slow."""
    if begins <= first:
        return first if rule.frequency is Frequency.WEEKLY else _months_after(first, 0)
    if rule.frequency is Frequency.WEEKLY:
        interval = rule.interval * WEEK
        return first + max(0, (begins - first) // interval - 1) * interval
    months = (begins.year - first.year) * 12 + begins.month - first.month
    whole = max(0, months // rule.interval - 1) * rule.interval
    return _months_after(first, whole)


def _months_after(local: datetime, months: int) -> datetime:
    """Give the same time on the first day of the month that is so many after."""
    years, month = divmod(local.month - 1 + months, 12)
    return local.replace(year=local.year + years, month=month + 1, day=1)


def _expanded(rule: Rule, begins: datetime, ends: datetime) -> Iterator[datetime]:
    days = tuple(weekday(day, rule.ordinal) for day in rule.weekdays)
    found: Iterator[datetime] = iter(
        rrule(
            WEEKLY if rule.frequency is Frequency.WEEKLY else MONTHLY,
            dtstart=begins,
            interval=rule.interval,
            wkst=MO,
            until=ends - datetime.resolution,
            byweekday=days or None,
            bymonthday=rule.month_day,
        )
    )
    return found
