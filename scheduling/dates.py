"""What a date and time falls on that matters to people, and how much it matters.

Nothing here knows a meeting's guests; what people need is `accessibility`. What is found never stops
anybody: at the level *block* whoever plans is asked to say "yes, then".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from scheduling.daylight import Spot
from scheduling.time import Slot


class DateKind(StrEnum):
    """What a date can fall on. The values are what the database keeps."""

    BANK_HOLIDAY = "bank_holiday"
    RAMADAN = "ramadan"
    FEAST = "feast"
    SCHOOL_BREAK = "school_break"
    LOCAL = "local"
    CLOCK_CHANGE = "clock_change"
    DARKNESS = "darkness"
    PLACE_CLOSED = "place_closed"
    PLACE_CHECK = "place_check"
    PLACE_TAKEN = "place_taken"
    HOST_TAKEN = "host_taken"


class Level(StrEnum):
    """How much it matters: good to know, better look again, or not then."""

    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"


#: How much each usually matters; a kind of meeting may say otherwise.
USUAL_LEVELS: Mapping[DateKind, Level] = {
    DateKind.BANK_HOLIDAY: Level.BLOCK,
    DateKind.RAMADAN: Level.WARN,
    DateKind.FEAST: Level.WARN,
    DateKind.SCHOOL_BREAK: Level.WARN,
    DateKind.LOCAL: Level.NOTE,
    DateKind.CLOCK_CHANGE: Level.NOTE,
    DateKind.DARKNESS: Level.BLOCK,
    DateKind.PLACE_CLOSED: Level.BLOCK,
    DateKind.PLACE_CHECK: Level.WARN,
    DateKind.PLACE_TAKEN: Level.BLOCK,
    DateKind.HOST_TAKEN: Level.BLOCK,
}
#: What an organisation may enter as a date of its own.
OWN_KINDS = (DateKind.SCHOOL_BREAK, DateKind.LOCAL)
#: The heaviest first.
WEIGHT = (Level.BLOCK, Level.WARN, Level.NOTE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a date falls on: which sentence says it, with its facts as words, and what else to offer.

    `offer` is another start on the same wall clock, if there is one that avoids this.
    """

    kind: DateKind
    level: Level
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    offer: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date as it is planned: when, on which wall clock, where, and who hosts."""

    slot: Slot
    zone: str
    is_outdoors: bool = False
    place_ids: frozenset[UUID] = frozenset()
    host_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A school break or a local custom an organisation entered, from its first to its last day."""

    kind: DateKind
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Trouble:
    """That a place cannot be used, or lacks what `fact` names, from a first to a last day."""

    place_id: UUID
    fact: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Booking:
    """Another meeting's time, places and hosts."""

    slot: Slot
    place_ids: frozenset[UUID]
    host_ids: frozenset[UUID]


Bookings = Mapping[date, Sequence[Booking]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known round the dates of one plan: of the region, the sky, the places and other meetings.

    `names` gives the words for places and hosts; `shut` are places closed until further notice;
    `levels` holds what differs from the usual.
    """

    region: str = ""
    spot: Spot | None = None
    special: Sequence[SpecialDay] = ()
    troubles: Sequence[Trouble] = ()
    shut: frozenset[UUID] = frozenset()
    bookings: Bookings = field(default_factory=dict)
    names: Mapping[UUID, str] = field(default_factory=dict)
    levels: Mapping[DateKind, Level] = field(default_factory=dict)

    def level(self, kind: DateKind) -> Level:
        """Say how much this matters here."""
        return self.levels.get(kind, USUAL_LEVELS[kind])


def by_day(bookings: Iterable[Booking]) -> Bookings:
    """Sort bookings by the days, in UTC, that they touch."""
    found: dict[date, list[Booking]] = defaultdict(list)
    for booking in bookings:
        for day in days_of(booking.slot):
            found[day].append(booking)
    return found


def days_of(slot: Slot) -> Iterator[date]:
    """Yield the days, in UTC, that a span touches."""
    day, last = slot.starts_at.date(), (slot.ends_at - timedelta.resolution).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def heaviest_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put what matters most first; what matters the same stays in its order."""
    return tuple(sorted(found, key=lambda each: WEIGHT.index(each.level)))


def blocks(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give those at which whoever plans is asked to say "yes, then"."""
    return tuple(each for each in found if each.level is Level.BLOCK)
