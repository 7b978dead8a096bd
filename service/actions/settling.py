"""After a meeting: attendance worked out from what rooms told, and a task where nobody noted who came."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from scheduling.time import Slot
from scheduling.ways import Way
from service.actions.attendance import NOTE_AFTER, by_guests
from service.actions.looking_after import LookedAfter, presence_in
from service.actions.permissions import Permission, require
from service.actor import Actor, Role
from service.identifiers import new_id
from service.storage.adding import add_unless_there
from service.storage.attendance import CameBy, drop_unnoted, put_down, put_down_others
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.room_people import guests_of, not_noted, tables_of, to_settle
from service.storage.tasks import Task, TaskKind, TaskState

#: What rooms told, and with it every time at which somebody came or went, is forgotten after this.
KEPT: Final = timedelta(days=7)
#: Rooms that are not ours, and rooms to practise in: nobody will ask about them.
KEPT_OF_OTHERS: Final = timedelta(hours=1)
#: What was told just before attendance was worked out may have been stored just after.
ON_ITS_WAY: Final = timedelta(minutes=5)
#: So long hosts are left alone before they are asked who came, and so long they have for it.
ASK_AFTER: Final = timedelta(days=1)
TO_NOTE: Final = timedelta(days=2)


async def settle_attendance(db: Db, actor: Actor, *, now: datetime) -> int:
    """Work out who took part in meetings that are over, again whenever more was told of them."""
    require(actor, Permission.LOOK_AFTER_ROOM)
    again = now - ON_ITS_WAY
    changed = 0
    for meeting in await to_settle(db, actor, ended=now, since=now - KEPT, again=again):
        changes = await _settle(db, actor, meeting, now=now)
        meeting.settled_at = now
        if changes:
            record(db, actor, "attendance.worked-out", meeting, now=now, changed=changes)
        changed += changes
    return changed


async def ask_who_came(db: Db, actor: Actor, *, now: datetime) -> int:
    """Raise a task, once, for the hosts of each meeting of which nobody noted who came within a day."""
    require(actor, Permission.LOOK_AFTER_ROOM)
    since, ended = now - NOTE_AFTER, now - ASK_AFTER
    found = await not_noted(db, actor, ended=ended, since=since)
    raised = await add_unless_there(db, Task, [_task(meeting, now) for meeting in found])
    if raised:
        record(db, actor, "attendance.asked-for", None, now=now, raised=raised)
    return raised


async def _settle(db: Db, actor: Actor, meeting: Meeting, *, now: datetime) -> int:
    if meeting.starts_at is None or meeting.ends_at is None:
        return 0
    slot = Slot(meeting.starts_at, meeting.ends_at)
    room = LookedAfter(meeting, slot, await tables_of(db, meeting.id))
    presence = await presence_in(db, actor, room, now=now)
    came = by_guests(presence, slot, await guests_of(db, actor, meeting.id), now=now)
    people = [CameBy(UUID(person), way) for person, way in came.people.items()]
    changes = await put_down(db, actor, meeting.id, people, now=now)
    changes += await drop_unnoted(db, meeting.id, but=[each.invitation_id for each in people])
    told = {way: came.others[way] for way in (Way.ONLINE, Way.PHONE)}
    return changes + await put_down_others(db, actor, meeting.id, told)


def _task(meeting: Meeting, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "organisation_id": meeting.organisation_id,
        "kind": TaskKind.NOTE_WHO_CAME,
        "about": "",
        "once": f"{TaskKind.NOTE_WHO_CAME}|{meeting.id}",
        "for_role": Role.FACILITATOR,
        "meeting_id": meeting.id,
        "subject_id": meeting.id,
        "words": "",
        "state": TaskState.OPEN,
        "tries": 0,
        "outcome": "",
        "due_at": now + TO_NOTE,
        "created_at": now,
    }
