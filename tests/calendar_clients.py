"""Calendar programs as far as an invitation's thread goes, on parsers that are not ours.

What they do with what arrives is what standards and trials say of real ones (RFC 5546, 2.1.5): entries are
matched by UID; the newer SEQUENCE wins, then the newer DTSTAMP; CANCEL takes the entry out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import icalendar
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a calendar shows it."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str

    @property
    def line(self) -> str:
        """Say it in one line."""
        return f"{self.starts_at:%Y-%m-%d %H:%M}-{self.ends_at:%H:%M}Z {self.summary} | {self.location}"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a mail's calendar part asks for, and whom it names."""

    method: str
    entry: Entry
    attendees: tuple[str, ...]


Read = Callable[[bytes], Arrived]


@dataclass(slots=True)
class Client:
    """One person's calendar, as one program keeps it."""

    read: Read
    entries: dict[str, Entry] = field(default_factory=dict)
    _newest: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def receive(self, raw: bytes) -> None:
        """Do what a mail's calendar part asks for, unless something newer was done already."""
        arrived = self.read(raw)
        entry = arrived.entry
        version = (entry.sequence, entry.stamp)
        known = self._newest.get(entry.uid)
        if known is not None and version < known:
            return
        self._newest[entry.uid] = version
        if arrived.method == "CANCEL":
            self.entries.pop(entry.uid, None)
        else:
            self.entries[entry.uid] = entry

    @property
    def state(self) -> list[str]:
        """List what stands in the calendar, earliest first."""
        shown = sorted(self.entries.values(), key=lambda entry: (entry.starts_at, entry.uid))
        return [entry.line for entry in shown]


def by_vobject(raw: bytes) -> Arrived:
    """Read by vobject."""
    calendar: Any = vobject.readOne(raw.decode())
    event = calendar.vevent
    entry = Entry(
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        stamp=event.dtstamp.value.astimezone(UTC),
        starts_at=event.dtstart.value.astimezone(UTC),
        ends_at=event.dtend.value.astimezone(UTC),
        summary=event.summary.value,
        location=event.location.value,
    )
    named = tuple(each.value for each in event.contents.get("attendee", []))
    return Arrived(calendar.method.value, entry, named)


def by_ical(raw: bytes) -> Arrived:
    """Read by ical, which is strict and typed."""
    calendar = IcsCalendarStream.calendar_from_ics(raw.decode())
    (event,) = calendar.events
    entry = Entry(
        uid=event.uid,
        sequence=event.sequence or 0,
        stamp=_instant(event.dtstamp),
        starts_at=_instant(event.dtstart),
        ends_at=_instant(event.end),
        summary=event.summary or "",
        location=event.location or "",
    )
    return Arrived(str(calendar.method), entry, tuple(str(each.uri) for each in event.attendees))


def by_recurring_ical_events(raw: bytes) -> Arrived:
    """Read by recurring-ical-events, which expands what it finds; ours is one event, once."""
    calendar = icalendar.Calendar.from_ical(raw)
    (event,) = recurring_ical_events.of(calendar).all()
    entry = Entry(
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        stamp=_instant(event.DTSTAMP),
        starts_at=_instant(event.start),
        ends_at=_instant(event.end),
        summary=str(event["SUMMARY"]),
        location=str(event["LOCATION"]),
    )
    return Arrived(str(calendar["METHOD"]), entry, tuple(map(str, event.attendees)))


CLIENTS: dict[str, Read] = {
    "vobject": by_vobject,
    "ical": by_ical,
    "recurring-ical-events": by_recurring_ical_events,
}


def _instant(value: object) -> datetime:
    """Give an instant in UTC; ours always have a time of day and a zone."""
    assert isinstance(value, datetime)
    assert value.tzinfo is not None
    return value.astimezone(UTC)
