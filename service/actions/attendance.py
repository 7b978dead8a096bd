"""Who took part: what rooms tell, filled in beforehand, and what hosts note, which goes before it.

No times are kept, only that somebody took part and by which way.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update

from accessibility.disclosure import NAMES_AFTER
from scheduling.answers import Answer
from scheduling.joining import HOST_JOIN_BEFORE
from scheduling.presence import Presence, TookPart, took_part
from scheduling.time import Slot
from scheduling.ways import EASE, Way
from service.actions.looking_after import LookedAfter, host_in, looked_after, presence_in
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, Refused
from service.storage.attendance import (
    AttendanceSource,
    CameBy,
    attendance_of,
    confirm_others,
    others_of,
    put_down,
    put_down_others,
)
from service.storage.audit import record
from service.storage.base import Db
from service.storage.room_people import Guest, guests_of
from service.storage.tasks import Task, TaskKind, TaskState

#: Hosts note who came while they welcome people, and for as long afterwards as they see names.
NOTE_BEFORE: Final = HOST_JOIN_BEFORE
NOTE_AFTER: Final = NAMES_AFTER
MOST_OTHERS: Final = 999
NOTED: Final = "noted"


@dataclass(frozen=True, slots=True)
class Line:
    """One invited person: whether they took part, by which way, and how we know (None: we do not)."""

    guest: Guest
    was_there: bool = False
    way: Way | None = None
    source: AttendanceSource | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The list of who came: those who said yes first, by name; and how many others by each way."""

    lines: Sequence[Line]
    others: Mapping[Way, int]

    def counts(self) -> Counter[Way]:
        """Count who took part by each way, others included."""
        found = Counter({way: count for way, count in self.others.items() if count})
        found.update(line.way for line in self.lines if line.was_there and line.way)
        return found


@dataclass(frozen=True, slots=True)
class Notes:
    """What somebody changed on the list: a way for who was there, None for who was not.

    `confirmed` are numbers of others they saw and left as they were.
    """

    people: Mapping[UUID, Way | None] = field(default_factory=dict)
    others: Mapping[Way, int] = field(default_factory=dict)
    confirmed: Mapping[Way, int] = field(default_factory=dict)


def may_note(slot: Slot, now: datetime) -> bool:
    """Say whether who came can be noted now."""
    return slot.starts_at - NOTE_BEFORE <= now < slot.ends_at + NOTE_AFTER


async def sheet_of(db: Db, actor: Actor, room: LookedAfter, *, now: datetime) -> Sheet:
    """Give the list of who came: what is kept, and until it is worked out, what rooms tell now."""
    require(actor, Permission.LOOK_AFTER_ROOM)
    guests = await guests_of(db, actor, room.meeting.id)
    kept = {row.invitation_id: row for row in await attendance_of(db, room.meeting.id)}
    others = {row.way: row.people for row in await others_of(db, room.meeting.id)}
    told: TookPart = TookPart({}, Counter())
    if room.meeting.settled_at is None:
        told = by_guests(await presence_in(db, actor, room, now=now), room.slot, guests, now=now)
    lines = []
    for guest in sorted(guests, key=lambda each: each.answer is not Answer.YES):
        row = kept.get(guest.invitation_id)
        if row is not None:
            lines.append(Line(guest, row.was_there, row.way, row.source))
        elif way := told.people.get(guest.invitation_id.hex):
            lines.append(Line(guest, True, way, AttendanceSource.EVENTS))
        else:
            lines.append(Line(guest))
    return Sheet(lines, dict(told.others) | others)


async def note_who_came(
    db: Db, actor: Actor, meeting_id: UUID, notes: Notes, *, now: datetime
) -> int:
    """Keep what somebody noted, over whatever rooms tell, and give how much of it was new.

    Only what is in the notes is written, so two who note at once keep each other's. Raises Refused
    "attendance-not-now" long before and after, and Invalid for ways the meeting does not offer.
    """
    require(actor, Permission.LOOK_AFTER_ROOM)
    room = await looked_after(db, actor, meeting_id, now=now)
    if not may_note(room.slot, now):
        raise Refused("attendance-not-now")
    guests = {each.invitation_id: each for each in await guests_of(db, actor, meeting_id)}
    people = [_noted(guests[id_], way) for id_, way in notes.people.items() if id_ in guests]
    offered = {offer.way for offer in room.meeting.offers}
    numbers = {**notes.confirmed, **notes.others}
    if not {each.way for each in people if each.was_there} | set(numbers) <= offered:
        raise Invalid({"form": "not-a-choice"})
    if not all(0 <= count <= MOST_OTHERS for count in numbers.values()):
        raise Invalid({"form": "too-big"})
    changed = await put_down(db, actor, meeting_id, people, now=now)
    changed += await put_down_others(db, actor, meeting_id, notes.others)
    await confirm_others(db, actor, meeting_id, notes.confirmed)
    await _close_task(db, actor, meeting_id, now=now)
    record(db, actor, "attendance.noted", room.meeting, now=now, changed=changed)
    return changed


def by_guests(
    presence: Presence, slot: Slot, guests: Sequence[Guest], *, now: datetime
) -> TookPart:
    """Say who of those invited took part so far, and how many others by each way; hosts are left out."""
    if now <= slot.starts_at:
        return TookPart({}, Counter())
    found = took_part(presence, Slot(slot.starts_at, min(slot.ends_at, now)))
    invited = {each.invitation_id.hex for each in guests}
    others = found.others + Counter(
        way
        for person, way in found.people.items()
        if person not in invited and host_in(person) is None
    )
    return TookPart({who: way for who, way in found.people.items() if who in invited}, others)


def _noted(guest: Guest, way: Way | None) -> CameBy:
    """Say what is kept of somebody; who was not there keeps the way by which they would have come."""
    return CameBy(guest.invitation_id, way or guest.way or EASE[0], way is not None)


async def _close_task(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> None:
    mine = update(Task).where(
        Task.meeting_id == meeting_id,
        Task.kind == TaskKind.NOTE_WHO_CAME,
        Task.state == TaskState.OPEN,
    )
    done = {"state": TaskState.DONE, "done_at": now, "done_by": actor.person_id, "outcome": NOTED}
    await db.execute(mine.values(done))
