"""When somebody can: the times of the week they told, less the days they are away.

Told times are wall-clock times and stay so across clock changes: "from 1pm to 4pm" is what the clock on
the wall shows, in winter and in summer. A time the clocks skip is not there; one that comes twice counts
both times. Who told no times of the week has not said, except for the days they are away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.errors import BrokenValue
from scheduling.intervals import common, covers, merged, without
from scheduling.time import Slot, zone_named

DAYS_IN_WEEK = 7
MINUTES_IN_DAY = 24 * 60
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


class Can(StrEnum):
    """Whether somebody can at a time."""

    YES = "yes"
    NOT_SAID = "not-said"
    NO = "no"


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A time of the week: a weekday (Monday is 0), from one minute of the day up to, not including, another."""

    weekday: int
    from_minute: int
    until_minute: int

    def __post_init__(self) -> None:
        """Refuse a day that is not, and a time without length or outside of its day."""
        if not 0 <= self.weekday < DAYS_IN_WEEK:
            raise BrokenValue("weekdays count from 0 to 6")
        if not 0 <= self.from_minute < self.until_minute <= MINUTES_IN_DAY:
            raise BrokenValue("a time of the week begins before it ends, within its day")


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody cannot, both ends included."""

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        """Refuse a last day before the first."""
        if self.last_on < self.first_on:
            raise BrokenValue("the last day comes before the first")


@dataclass(frozen=True, slots=True)
class Times:
    """All that one person told of when they can, in the zone whose clock they meant."""

    zone: str
    weekly: tuple[WeeklyTime, ...] = ()
    away: tuple[Away, ...] = ()

    def can(self, slot: Slot) -> Can:
        """Say whether the person can for the whole of a slot.

        Being away for any part of it means no; having told times of the week that do not hold all of
        it means no as well.
        """
        if common(self._away_in(slot), (slot,)):
            return Can.NO
        if not self.weekly:
            return Can.NOT_SAID
        return Can.YES if covers(self.free_in(slot), slot) else Can.NO

    def free_in(self, window: Slot) -> tuple[Slot, ...]:
        """Give the time within a window for which the person said they can."""
        told = (
            slot
            for day in self._days_of(window)
            for weekly in self.weekly
            if weekly.weekday == day.weekday()
            for slot in _on(day, weekly.from_minute, weekly.until_minute, zone_named(self.zone))
        )
        return without(common(told, (window,)), self._away_in(window))

    def _away_in(self, window: Slot) -> tuple[Slot, ...]:
        zone = zone_named(self.zone)
        days = [
            day
            for day in self._days_of(window)
            if any(each.first_on <= day <= each.last_on for each in self.away)
        ]
        return merged(slot for day in days for slot in _on(day, 0, MINUTES_IN_DAY, zone))

    def _days_of(self, window: Slot) -> Iterator[date]:
        """Give the days on the wall that a window touches, and one more on either side."""
        zone = zone_named(self.zone)
        day = window.starts_at.astimezone(zone).date() - _DAY
        last = window.ends_at.astimezone(zone).date() + _DAY
        while day <= last:
            yield day
            day += _DAY


def _on(day: date, from_minute: int, until_minute: int, zone: ZoneInfo) -> Iterable[Slot]:
    """Give the instants of a day at which the clock on the wall shows a time of the span.

    There is none for a span that the clocks skip, and there are two for one that comes twice.
    """
    midnight = datetime.combine(day, time())
    begins, ends = (midnight + minutes * _MINUTE for minutes in (from_minute, until_minute))
    offsets = {
        each.replace(tzinfo=zone, fold=fold).utcoffset()
        for each in (begins, ends)
        for fold in (0, 1)
    }
    known = [offset for offset in offsets if offset is not None]
    around = Slot(_at(begins, max(known)), _at(ends, min(known)))
    for stretch, offset in _stretches(around, zone):
        span = Slot(_at(begins, offset), _at(ends, offset))
        yield from common((span,), (stretch,))


def _at(local: datetime, offset: timedelta) -> datetime:
    """Give the instant at which a clock with this offset shows a local time."""
    return (local - offset).replace(tzinfo=UTC)


def _stretches(slot: Slot, zone: ZoneInfo) -> Iterator[tuple[Slot, timedelta]]:
    """Cut a slot of a day or so where the clocks change, which they do once in it at most."""
    first = _offset(slot.starts_at, zone)
    last = _offset(slot.ends_at - _MINUTE, zone)
    if first == last:
        yield slot, first
        return
    before, after = 0, int(slot.length / _MINUTE)
    while after - before > 1:
        middle = (before + after) // 2
        is_before = _offset(slot.starts_at + middle * _MINUTE, zone) == first
        before, after = (middle, after) if is_before else (before, middle)
    change = slot.starts_at + after * _MINUTE
    yield Slot(slot.starts_at, change), first
    yield Slot(change, slot.ends_at), last


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
