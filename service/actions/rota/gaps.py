"""Gaps that must be filled soon: a task for the coordinators, which closes itself once somebody is found."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from scheduling.deadlines import tell_by
from scheduling.roles import MeetingRole
from service.actions.permissions import Permission, require
from service.actions.rota.viewing import gatherings
from service.actor import Actor, Role
from service.identifiers import new_id
from service.storage.adding import add_unless_there
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.tasks import Task, TaskKind, TaskState, overtake_tasks

#: So long before a meeting somebody must look for whoever is missing.
SOON = timedelta(days=5)

_Gap = tuple[UUID, str]


async def notice_gaps(db: Db, actor: Actor, *, now: datetime) -> int:
    """Raise a task for each gap at a meeting of the coming days, once, and close those that are filled.

    What a coordinator has settled by hand stays settled, until the gap was filled and comes again.
    """
    require(actor, Permission.KEEP_ROTA)
    raised = {(task.meeting_id, task.about): task.id for task in await _open_gap_tasks(db, actor)}
    soon = and_(Meeting.starts_at > now, Meeting.starts_at <= now + SOON)
    known = Meeting.id.in_([meeting_id for meeting_id, _ in raised])
    found = await gatherings(db, actor, or_(soon, known))
    gaps = {
        (meeting.id, role.value): meeting
        for meeting, gathering in found
        for role in gathering.gaps
        if gathering.slot.ends_at > now
    }
    filled = [id_ for key, id_ in raised.items() if key not in gaps]
    if filled:
        await overtake_tasks(db, Task.id.in_(filled))
    fresh = [key for key in sorted(gaps, key=str) if key not in raised and is_soon(gaps[key], now)]
    count = await _raise(db, {key: gaps[key] for key in fresh}, now=now)
    if filled or count:
        record(db, actor, "gaps.noticed", None, now=now, raised=count, closed=len(filled))
    return len(filled) + count


async def part_is_missing(db: Db, meeting: Meeting, role: MeetingRole, *, now: datetime) -> None:
    """Raise a task at once for a part that has just become free."""
    await part_is_filled(db, meeting.id, role)
    db.add(Task(**_task(meeting, role.value, str(new_id()), now=now)))


async def part_is_filled(db: Db, meeting_id: UUID, role: MeetingRole) -> None:
    """Close what was raised because nobody had this part."""
    mine = Task.meeting_id == meeting_id
    gap = and_(Task.kind == TaskKind.ROTA_GAP, Task.about == role.value)
    second = and_(Task.kind == TaskKind.HAND_OVER, Task.about == "second")
    is_second = role is MeetingRole.CO_FACILITATOR
    await overtake_tasks(db, mine, or_(gap, second) if is_second else gap)


def is_soon(meeting: Meeting, now: datetime) -> bool:
    """Tell whether a gap at this meeting cannot wait."""
    return meeting.starts_at is not None and now < meeting.starts_at <= now + SOON


async def _open_gap_tasks(db: Db, actor: Actor) -> Iterable[Task]:
    query = select(Task).where(
        Task.organisation_id == actor.organisation_id,
        Task.state == TaskState.OPEN,
        Task.kind == TaskKind.ROTA_GAP,
        Task.subject_id == Task.meeting_id,
    )
    return await db.scalars(query)


async def _raise(db: Db, gaps: dict[_Gap, Meeting], *, now: datetime) -> int:
    """Raise the tasks that were not raised before; two processes at once make the same names."""
    if not gaps:
        return 0
    meetings = {meeting_id for meeting_id, _ in gaps}
    earlier = await _earlier(db, meetings)
    rows = []
    for (meeting_id, about), meeting in gaps.items():
        before = earlier.get((meeting_id, about), [])
        if not before or before[-1] is TaskState.OVERTAKEN:
            rows.append(_task(meeting, about, str(len(before)), now=now))
    return await add_unless_there(db, Task, rows)


async def _earlier(db: Db, meetings: Collection[UUID]) -> dict[_Gap, list[TaskState]]:
    """Give the states of the tasks raised before about these meetings' gaps, oldest first.

    A co-host who is looked for because somebody's sessions were handed over is not looked for twice.
    """
    query = select(Task).where(
        Task.meeting_id.in_(meetings),
        or_(
            Task.kind == TaskKind.ROTA_GAP,
            and_(Task.about == "second", Task.kind == TaskKind.HAND_OVER),
        ),
    )
    found: dict[_Gap, list[TaskState]] = {}
    for task in await db.scalars(query.order_by(Task.id)):
        is_gap = task.kind is TaskKind.ROTA_GAP
        about = task.about if is_gap else MeetingRole.CO_FACILITATOR.value
        if task.meeting_id is not None:
            found.setdefault((task.meeting_id, about), []).append(task.state)
    return found


def _task(meeting: Meeting, about: str, mark: str, *, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "organisation_id": meeting.organisation_id,
        "kind": TaskKind.ROTA_GAP,
        "about": about,
        "once": f"{TaskKind.ROTA_GAP}|{meeting.id}|{about}|{mark}",
        "for_role": Role.COORDINATOR,
        "meeting_id": meeting.id,
        "subject_id": meeting.id,
        "words": "",
        "state": TaskState.OPEN,
        "tries": 0,
        "outcome": "",
        "due_at": tell_by(now, meeting.starts_at or now),
        "created_at": now,
    }
