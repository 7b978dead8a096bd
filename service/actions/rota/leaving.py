"""What becomes of somebody's parts when they stop helping: each is a gap, and somebody's task to fill."""

from datetime import datetime

from sqlalchemy import update

from scheduling.meeting import MeetingState
from scheduling.roles import MeetingRole
from service.actions.rota.gaps import part_is_missing
from service.actions.rota.viewing import needed_of
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.people import Person
from service.storage.rota import drop_duties, duties_of
from service.storage.step_ins import StepIn, end_step_ins


async def give_up_parts(db: Db, actor: Actor, person: Person, *, now: datetime) -> int:
    """Take all coming parts from somebody but hosting, which is handed over; counts them.

    What they offered colleagues stays open: now nobody has it until somebody takes it.
    """
    duties = await duties_of(db, actor, person.id, now)
    await drop_duties(db, [duty for duty, _ in duties])
    for duty, meeting in duties:
        if meeting.state is MeetingState.PUBLISHED and duty.role in needed_of(meeting):
            await part_is_missing(db, meeting, duty.role, now=now)
        facts = {"role": duty.role, "old": person.id, "new": None}
        record(db, actor, "part.handed", meeting, now=now, person_id=person.id, **facts)
    theirs = StepIn.from_person_id == person.id
    hosting = StepIn.role.in_([role for role in MeetingRole if role.is_hosting])
    await end_step_ins(db, theirs, hosting, now=now)
    still_open = update(StepIn).where(theirs, StepIn.ended_at.is_(None))
    await db.execute(still_open.values(from_person_id=None))
    return len(duties)
