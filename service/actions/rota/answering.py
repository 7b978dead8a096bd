"""Answering "can someone take this?" by a link of one's own: who takes it first has it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from scheduling.deadlines import tell_by
from scheduling.meeting import MeetingState
from scheduling.roles import MeetingRole
from service.actions.permissions import Permission, require
from service.actions.rota.handing import Handing, hand
from service.actions.rota.telling import coordinators_of
from service.actor import Actor, system_actor
from service.errors import NotFound
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting, lock_offers
from service.storage.people import Person
from service.storage.rota import Duty
from service.storage.step_ins import StepIn, StepInAsked, claim_no, claim_step_in, everybody_said_no
from service.storage.tasks import Task, TaskKind


class Standing(StrEnum):
    """How a question stands for one who was asked."""

    OPEN = "open"
    SAID_NO = "said-no"
    YOURS = "yours"
    QUICKER = "quicker"
    SETTLED = "settled"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OVER = "over"


async def standing_of(db: Db, asked: StepInAsked, now: datetime) -> Standing:
    """Tell how the question stands for this person (with question, meeting and person)."""
    meeting = asked.step_in.meeting
    if meeting.state is not MeetingState.PUBLISHED or meeting.ends_at is None:
        return Standing.CANCELLED
    if meeting.ends_at <= now:
        return Standing.OVER
    holder_id = await _holder(db, asked.step_in)
    return Standing.YOURS if holder_id == asked.person_id else _of_question(asked, holder_id)


def _of_question(asked: StepInAsked, holder_id: UUID | None) -> Standing:
    """Tell how the question stands for somebody who does not have the part."""
    question = asked.step_in
    if question.taken_by not in (None, asked.person_id):
        return Standing.QUICKER
    if question.ended_at is not None or holder_id != question.from_person_id:
        return Standing.SETTLED
    if question.meeting.starts_at != question.starts_at:
        return Standing.MOVED
    return Standing.SAID_NO if asked.said_no_at else Standing.OPEN


async def take(db: Db, actor: Actor, asked: StepInAsked, *, now: datetime) -> Standing:
    """Take the part, if nobody was quicker; giver, taker and coordinators are told. Gives how it stands then.

    Who said no before may think again. Raises NotFound for what somebody else was asked.
    """
    require(actor, Permission.TAKE_PART)
    _refuse_others(actor, asked)
    system = system_actor(actor.organisation_id)
    question, meeting = asked.step_in, asked.step_in.meeting
    await lock_offers(db, system, meeting.id)
    standing = await standing_of(db, asked, now)
    if standing not in (Standing.OPEN, Standing.SAID_NO):
        return standing
    if not await claim_step_in(db, question, asked.person_id, now):
        return Standing.QUICKER
    handing = Handing(meeting, question.role, question.from_person_id, asked.person)
    told = [asked.person, *await _concerned(db, system, question)]
    await hand(db, actor, handing, tell=told, now=now)
    record(db, actor, "step-in.taken", question, now=now, person_id=asked.person_id)
    return Standing.YOURS


async def say_no(db: Db, actor: Actor, asked: StepInAsked, *, now: datetime) -> Standing:
    """Write down that somebody cannot; raises NotFound for what somebody else was asked."""
    require(actor, Permission.TAKE_PART)
    _refuse_others(actor, asked)
    await lock_offers(db, system_actor(actor.organisation_id), asked.step_in.meeting_id)
    standing = await standing_of(db, asked, now)
    if standing is not Standing.OPEN:
        return standing
    await note_no(db, actor, asked, now=now)
    return Standing.SAID_NO


async def note_no(db: Db, actor: Actor, asked: StepInAsked, *, now: datetime) -> None:
    """Note a no, once; when everybody has said it, a coordinator has a task to find somebody.

    The offers of the meeting are locked, so that of the last two to say it one is the last.
    """
    if not await claim_no(db, asked, now):
        return
    record(db, actor, "step-in.declined", asked, now=now)
    question = asked.step_in
    if question.ended_at is None and await everybody_said_no(db, question):
        db.add(_nobody_can(question, question.meeting, now))


def _nobody_can(question: StepIn, meeting: Meeting, now: datetime) -> Task:
    return Task(
        organisation_id=question.organisation_id,
        kind=TaskKind.ROTA_GAP,
        about=question.role.value,
        once=f"{TaskKind.ROTA_GAP}|{question.id}|{now.isoformat()}",
        meeting_id=meeting.id,
        subject_id=question.id,
        due_at=tell_by(now, meeting.starts_at or now),
        created_at=now,
    )


def _refuse_others(actor: Actor, asked: StepInAsked) -> None:
    if asked.person_id != actor.person_id:
        raise NotFound


async def _holder(db: Db, question: StepIn) -> UUID | None:
    """Give who has the part now."""
    match question.role:
        case MeetingRole.LEAD:
            return question.meeting.lead_id
        case MeetingRole.CO_FACILITATOR:
            return question.meeting.second_id
        case role:
            query = select(Duty.person_id).where(
                Duty.meeting_id == question.meeting_id, Duty.role == role
            )
            return await db.scalar(query)


async def _concerned(db: Db, actor: Actor, question: StepIn) -> list[Person]:
    """Give who else is told that it was taken: who gave it away, who asked, and the coordinators."""
    ids = {id_ for id_ in (question.from_person_id, question.asked_by) if id_ is not None}
    query = select(Person).where(Person.id.in_(ids), Person.left_at.is_(None))
    return [*await db.scalars(query.order_by(Person.id)), *await coordinators_of(db, actor)]
