"""Spans of time, wall-clock times with their zone, and words for both.

Instants are aware and in UTC; spans are half-open. Times as people know them are a wall clock and
an IANA zone, kept so, and turned into instants here only. Nothing here knows what time it is now.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from scheduling.errors import BrokenValue, SchedulingError

FIRST_YEAR, LAST_YEAR = 1971, 2999

# Not strftime's: those follow the locale of the process.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class UnknownZone(SchedulingError):
    """The name is not one of an IANA time zone."""

    code = "unknown-zone"

    def __init__(self, zone: str) -> None:
        super().__init__("no such time zone")
        self.zone = zone


class SkippedTime(SchedulingError):
    """The clocks go forward over this time, so it never comes.

    `gap` is how far they go; `proposal` is the same time moved forward by it.
    """

    code = "skipped-time"

    def __init__(self, wall: "WallTime", gap: timedelta) -> None:
        super().__init__(f"{wall.local:%Y-%m-%dT%H:%M} does not exist in {wall.zone}")
        self.wall, self.gap = wall, gap
        self.proposal = WallTime(wall.local + gap, wall.zone)


class DoubledTime(SchedulingError):
    """The clocks go back over this time, so it comes twice: at `first` and again at `second`."""

    code = "doubled-time"

    def __init__(self, wall: "WallTime", first: datetime, second: datetime) -> None:
        super().__init__(f"{wall.local:%Y-%m-%dT%H:%M} comes twice in {wall.zone}")
        self.wall, self.first, self.second = wall, first, second


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time from `starts_at` up to, not including, `ends_at`; kept in UTC."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        """Move both ends to UTC; refuse naive times and spans without length."""
        object.__setattr__(self, "starts_at", in_utc(self.starts_at))
        object.__setattr__(self, "ends_at", in_utc(self.ends_at))
        if self.ends_at <= self.starts_at:
            raise BrokenValue("a slot must end after it starts")

    @classmethod
    def of(cls, starts_at: datetime, minutes: int) -> Self:
        """Make the span of so many minutes from an instant."""
        return cls(starts_at, in_utc(starts_at) + timedelta(minutes=minutes))

    @property
    def length(self) -> timedelta:
        """Measure the span."""
        return self.ends_at - self.starts_at

    def contains(self, instant: datetime) -> bool:
        """Say whether the instant lies in the span; its end does not."""
        return self.starts_at <= instant < self.ends_at

    def overlaps(self, other: "Slot") -> bool:
        """Say whether the spans share time; touching ends do not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class WallTime:
    """A date and time as a clock on the wall in a zone shows it, to the minute."""

    local: datetime
    zone: str

    def __post_init__(self) -> None:
        """Cut seconds and the fold off; refuse an aware time or a year nobody can mean."""
        if self.local.tzinfo is not None:
            raise BrokenValue("a wall time has no offset of its own")
        if not FIRST_YEAR <= self.local.year <= LAST_YEAR:
            raise BrokenValue(f"the year must be between {FIRST_YEAR} and {LAST_YEAR}")
        object.__setattr__(self, "local", self.local.replace(second=0, microsecond=0, fold=0))


def in_utc(instant: datetime) -> datetime:
    """Give the same instant in UTC; refuse one without an offset."""
    if instant.tzinfo is None:
        raise BrokenValue("an instant needs an offset")
    return instant.astimezone(UTC)


def zone_named(name: str) -> ZoneInfo:
    """Find a time zone, or raise UnknownZone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def resolve(wall: WallTime) -> datetime:
    """Give the instant of a wall time, in UTC.

    Raises SkippedTime or DoubledTime round a clock change, and UnknownZone. The standard library
    moves such times in silence, so both readings are made and read back (reliability F10).
    """
    zone = zone_named(wall.zone)
    first = wall.local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    read_back = _on_wall(first, zone)
    if read_back != wall.local:
        raise SkippedTime(wall, read_back - wall.local)
    if second != first:
        raise DoubledTime(wall, first, second)
    return first


def on_wall(instant: datetime, zone: str) -> WallTime:
    """Give what the clock on the wall in the zone shows at an instant."""
    return WallTime(_on_wall(instant, zone_named(zone)), zone)


def long_date(instant: datetime, zone: str) -> str:
    """Write a date in full: "Thursday 12 March 2026"."""
    return date_words(_on_wall(instant, zone_named(zone)).date())


def date_words(day: date) -> str:
    """Write a day in full: "Thursday 12 March 2026"."""
    return f"{DAYS[day.weekday()]} {day_words(day)} {day.year}"


def day_words(day: date) -> str:
    """Write a day without its year: "12 March"."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def clock_words(instant: datetime, zone: str) -> str:
    """Write a time of day as people say it: "2pm", "1:30pm", "midday", "midnight"."""
    return wall_clock_words(_on_wall(instant, zone_named(zone)).time())


def wall_clock_words(clock: time) -> str:
    """Write what a clock on the wall shows as people say it."""
    if clock.hour % 12 == 0 and clock.minute == 0:
        return "midday" if clock.hour else "midnight"
    past = f":{clock.minute:02}" if clock.minute else ""
    return f"{(clock.hour + 11) % 12 + 1}{past}{('am', 'pm')[clock.hour // 12]}"


def span_words(slot: Slot, zone: str, *, name_zone: bool = False) -> str:
    """Write a span: "Thursday 12 March 2026, 2pm to 3:30pm".

    A span over midnight names both days; one that ends at midnight is still the same evening.
    The zone is named only if asked for, by its town: "(London time)".
    """
    starts, ends = long_date(slot.starts_at, zone), long_date(_just_before(slot.ends_at), zone)
    until = clock_words(slot.ends_at, zone)
    span = f"{starts}, {clock_words(slot.starts_at, zone)} to "
    span += until if starts == ends else f"{long_date(slot.ends_at, zone)}, {until}"
    return f"{span} ({zone_words(zone)})" if name_zone else span


def zone_words(zone: str) -> str:
    """Name a zone by its town: "London time"."""
    return f"{zone.rsplit('/', 1)[-1].replace('_', ' ')} time"


def _on_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return in_utc(instant).astimezone(zone).replace(tzinfo=None, fold=0)


def _just_before(instant: datetime) -> datetime:
    return instant - timedelta(microseconds=1)
