"""A part at a meeting goes from one hand to another: the one place where that happens.

Whoever hosts is seen by guests, so their change goes the way every change of hosts goes. Whatever was
asked about the part is settled by it, and a gap that must not wait becomes a task.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from scheduling.roles import MeetingRole
from service.actions.handing_over import change_hosts
from service.actions.rota.gaps import is_soon, part_is_filled, part_is_missing
from service.actions.rota.telling import tell_news
from service.actions.rota.viewing import needed_of
from service.actor import Actor, system_actor
from service.errors import Conflict
from service.identifiers import new_id
from service.storage.adding import add_unless_there
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.rota import Duty, drop_duties, hand_duty
from service.storage.step_ins import StepIn, StepInAsked, end_step_ins
from service.storage.tasks import Task, overtake_tasks


@dataclass(frozen=True, slots=True)
class Handing:
    """One part: who has it as far as was seen (None: nobody), and who is to have it."""

    meeting: Meeting
    role: MeetingRole
    was: UUID | None
    to: Person | None


async def hand(
    db: Db, actor: Actor, handing: Handing, *, tell: Sequence[Person] = (), now: datetime
) -> None:
    """Let a part change hands, settle what hangs on it, and tell these people.

    Raises Conflict if somebody else has it by now. The meeting is loaded whole, its offers locked.
    """
    meeting, role, to = handing.meeting, handing.role, handing.to
    if role.is_hosting:
        await _host(db, handing, now=now)
    else:
        await _duty(db, handing, now=now)
    await settle_questions(db, meeting.id, role, now=now)
    if to is not None or role not in needed_of(meeting):
        await part_is_filled(db, meeting.id, role)
    elif is_soon(meeting, now):
        await part_is_missing(db, meeting, role, now=now)
    facts = {"role": role, "old": handing.was, "new": to.id if to else None}
    person_id = to.id if to else handing.was
    record(db, actor, "part.handed", meeting, now=now, person_id=person_id, **facts)
    await db.flush()
    if tell:
        await tell_news(db, meeting, tell, now=now)


async def settle_questions(db: Db, meeting_id: UUID, role: MeetingRole, *, now: datetime) -> int:
    """Take back what is asked about a part, with the tasks to ask it by hand; counts the questions."""
    mine = StepIn.meeting_id == meeting_id, StepIn.role == role
    by_hand = select(StepInAsked.id).join(StepInAsked.step_in).where(*mine)
    await overtake_tasks(db, Task.meeting_id == meeting_id, Task.subject_id.in_(by_hand))
    return await end_step_ins(db, *mine, now=now)


async def _host(db: Db, handing: Handing, *, now: datetime) -> None:
    """Put a host in the place of another; a date of a series is then one that was changed by hand."""
    meeting, is_lead = handing.meeting, handing.role is MeetingRole.LEAD
    if (meeting.lead_id if is_lead else meeting.second_id) != handing.was:
        raise Conflict
    hosts = (handing.to, meeting.second) if is_lead else (meeting.lead, handing.to)
    await change_hosts(db, system_actor(meeting.organisation_id), meeting, hosts, now=now)
    if meeting.series_id is not None:
        meeting.is_edited = True


async def _duty(db: Db, handing: Handing, *, now: datetime) -> None:
    query = select(Duty).where(Duty.meeting_id == handing.meeting.id, Duty.role == handing.role)
    duty = await db.scalar(query.execution_options(populate_existing=True))
    if (duty.person_id if duty else None) != handing.was:
        raise Conflict
    if duty is None and handing.to is not None:
        if not await add_unless_there(db, Duty, [_row(handing, handing.to, now)]):
            raise Conflict
    elif duty is not None and handing.to is None:
        await drop_duties(db, [duty])
    elif (
        duty is not None and handing.to is not None and not await hand_duty(db, duty, handing.to.id)
    ):
        raise Conflict


def _row(handing: Handing, to: Person, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "organisation_id": handing.meeting.organisation_id,
        "meeting_id": handing.meeting.id,
        "role": handing.role,
        "person_id": to.id,
        "created_at": now,
    }
