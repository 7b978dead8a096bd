"""Waiting for a place: whose turn it is, and how long a place is kept for them.

Who waits by which way is handed in; nothing here takes or gives a seat. A turn is an invitation with
all who come along: a supporter counts as one, and is never parted from the person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.errors import BrokenValue
from scheduling.time import clock_words, in_utc, long_date, zone_named

#: So many may be offered a place before somebody who needs more seats than were free. Then the next
#: seats are kept until there are enough for them.
MOST_PASSED_OVER = 2
#: Nothing is kept together any more when the meeting is as near as this: a chair would stay empty.
TOO_LATE_TO_KEEP = timedelta(days=1)
#: A letter needs two days there and three to be read, and the answer comes back by letter too.
LETTER_NEEDS = timedelta(days=14)
WAKES, SLEEPS = time(8), time(21)

_DAY = timedelta(days=1)
_STEP = timedelta(microseconds=1)


class HoldState(StrEnum):
    """What became of a place kept for somebody. The values are what the database keeps."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Means(StrEnum):
    """How somebody hears that a place is free: at once, from a human who must reach them, by post."""

    MAIL = "mail"
    HUMAN = "human"
    POST = "post"


#: How long a place is kept, by how far off the meeting is at least. Under a day: hours awake.
_KEPT: dict[Means, tuple[tuple[timedelta, timedelta], ...]] = {
    Means.MAIL: (
        (timedelta(days=7), timedelta(days=2)),
        (timedelta(days=2), timedelta(days=1)),
        (timedelta(hours=12), timedelta(hours=3)),
        (timedelta(0), timedelta(hours=1)),
    ),
    Means.HUMAN: (
        (timedelta(days=14), timedelta(days=4)),
        (timedelta(days=4), timedelta(days=2)),
        (timedelta(days=2), timedelta(days=1)),
        (timedelta(hours=12), timedelta(hours=6)),
        (timedelta(0), timedelta(hours=2)),
    ),
    Means.POST: ((LETTER_NEEDS, timedelta(days=7)),),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One who waits: the seats they need, since when, and how they fared until now.

    `passed_over` counts places that went to somebody who came after them. One who `is_resting` let a
    place go and it has not been taken since: they keep their turn, and are not asked the same again.
    """

    id: UUID
    seats: int
    since: datetime
    passed_over: int = 0
    is_resting: bool = False

    def __post_init__(self) -> None:
        """Refuse a turn for nobody."""
        if self.seats < 1 or self.passed_over < 0:
            raise BrokenValue(f"a turn for {self.seats}, passed over {self.passed_over} times")


def in_order(line: Iterable[Turn]) -> tuple[Turn, ...]:
    """Sort a line: who has waited longest comes first."""
    return tuple(sorted(line, key=lambda turn: (turn.since, turn.id)))


def to_be_offered(
    line: Iterable[Turn], *, free: int | None, places: int | None, is_kept_together: bool = True
) -> tuple[Turn, ...]:
    """Say who of the line is offered a place now, in order; together never more than are `free`.

    The first whose party fits comes first. One who does not fit keeps their turn; when so many after
    them went before, what is free is kept until it is enough, if it ever can be (`places`) and
    `is_kept_together`.
    """
    offered: list[Turn] = []
    patience: int | None = None
    for turn in in_order(line):
        if turn.is_resting:
            continue
        if patience == 0:
            break
        if free is None or turn.seats <= free:
            offered.append(turn)
            free = None if free is None else free - turn.seats
            patience = None if patience is None else patience - 1
        elif is_kept_together and (places is None or turn.seats <= places):
            left = max(0, MOST_PASSED_OVER - turn.passed_over)
            patience = left if patience is None else min(patience, left)
    return tuple(offered)


def keeps_together(now: datetime, starts_at: datetime) -> bool:
    """Say whether free seats may still be kept until there are enough for a larger party."""
    return starts_at - now > TOO_LATE_TO_KEEP


def end_of_line(now: datetime, last: datetime | None) -> datetime:
    """Give since when one waits who joins a line now: after everybody who is there."""
    return now if last is None else max(now, last + _STEP)


def letter_is_too_slow(now: datetime, starts_at: datetime) -> bool:
    """Say whether a place cannot wait for a letter and its answer, so that somebody should ring."""
    return starts_at - now < LETTER_NEEDS


def kept_until(now: datetime, starts_at: datetime, zone: str, means: Means) -> datetime | None:
    """Say until when a place offered now is kept; None if there is nothing left to offer.

    Longer when the meeting is far off, and for those a human must reach first; a full hour by the
    clock on the wall, and never past the start. Night does not count: who sleeps cannot answer.
    """
    left = starts_at - now
    if left <= timedelta(0):
        return None
    where = zone_named(zone)
    begins = _awake(in_utc(now).astimezone(where).replace(tzinfo=None))
    allowed = _allowed(left, means)
    ends = begins + allowed if allowed >= _DAY else _after_hours_awake(begins, allowed)
    return min(_instant(_full_hour(ends), where), starts_at)


def until_words(until: datetime, zone: str) -> str:
    """Say until when a place is kept: "6pm on Tuesday 24 November"."""
    day, _, _ = long_date(until, zone).rpartition(" ")
    return f"{clock_words(until, zone)} on {day}"


def beyond_limit(taken: int, places: int | None) -> int:
    """Count the seats taken beyond a limit: nobody loses theirs, and nobody new comes in before."""
    return 0 if places is None else max(0, taken - places)


def _allowed(left: timedelta, means: Means) -> timedelta:
    steps = (*_KEPT[means], *(_KEPT[Means.HUMAN] if means is Means.POST else ()))
    return next(allowed for least, allowed in steps if left >= least)


def _awake(local: datetime) -> datetime:
    """Give the first moment from here on at which people are awake."""
    if local.time() < WAKES:
        return datetime.combine(local.date(), WAKES)
    if local.time() >= SLEEPS:
        return datetime.combine(local.date() + _DAY, WAKES)
    return local


def _after_hours_awake(local: datetime, hours: timedelta) -> datetime:
    """Add less than a day, of which only the hours awake count; `local` is one of them."""
    tonight = datetime.combine(local.date(), SLEEPS)
    if local + hours <= tonight:
        return local + hours
    tomorrow = datetime.combine(local.date() + _DAY, WAKES)
    return tomorrow + (hours - (tonight - local))


def _full_hour(local: datetime) -> datetime:
    full = local.replace(minute=0, second=0, microsecond=0)
    return local if full == local else full + timedelta(hours=1)


def _instant(local: datetime, where: ZoneInfo) -> datetime:
    """Give the instant of a time by day, which no clock change of our zones skips or doubles."""
    return in_utc(local.replace(tzinfo=where))
