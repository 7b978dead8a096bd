"""What the timer that reminds people must know: the meetings to come, their guests, what they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CompoundSelect, or_, select, union_all
from sqlalchemy.orm import joinedload

from accessibility.contact import SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actor import Actor
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind
from service.storage.needs import Need
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState, overtake_tasks

#: What tasks to remind somebody, or to ask them once more, are about.
PROMPTS: Final = (MessageKind.REMINDER.value, MessageKind.NUDGE.value)
#: Tasks by which somebody is told something anyway.
TOLD_BY: Final = (
    TaskKind.RING,
    TaskKind.TEXT,
    TaskKind.POST,
    TaskKind.THROUGH,
    TaskKind.SAFE_CONTACT,
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the guests of one meeting beside their rows, by invitation or by person.

    `nudged` were asked once more already, about this or another date of its series; of `to_be_told`
    somebody has still to tell them something else.
    """

    ways: frozenset[Way]
    safe: frozenset[UUID]
    nudged: frozenset[UUID | None]
    to_be_told: frozenset[UUID | None]


async def meetings_to_come(
    db: Db, actor: Actor, now: datetime, until: datetime
) -> Sequence[Meeting]:
    """Published meetings that start in that time and whose guests have been told, without their parts."""
    query = select(Meeting).where(
        Meeting.organisation_id == actor.organisation_id,
        Meeting.starts_at > now,
        Meeting.starts_at <= until,
        Meeting.state == MeetingState.PUBLISHED,
        Meeting.is_held.is_(False),
    )
    return (await db.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()


async def guests_to_remind(db: Db, meeting: Meeting) -> Sequence[Invitation]:
    """Those of a meeting whom it fits to remind or to ask once more, always in one order, with the person."""
    fits = Invitation.answer.in_((Answer.YES, Answer.UNANSWERED))
    query = (
        select(Invitation)
        .join(Person, Invitation.person_id == Person.id)
        .where(
            Invitation.meeting_id == meeting.id,
            Invitation.removed_at.is_(None),
            Person.left_at.is_(None),
            or_(fits, Invitation.asked_again),
        )
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
    )
    return (await db.scalars(query)).all()


async def known_of(db: Db, meeting: Meeting) -> Known:
    """Find the ways offered, who is contacted safely only, and who was or is still to be told something."""
    ways = select(Offer.way).where(Offer.meeting_id == meeting.id)
    safe = select(Need.person_id).where(
        Need.organisation_id == meeting.organisation_id,
        Need.code == SAFE_CONTACT,
        Need.ended_at.is_(None),
    )
    same = Meeting.id == meeting.id
    if meeting.series_id is not None:
        same = Meeting.series_id == meeting.series_id
    nudge = MessageKind.NUDGE
    mailed = select(Message.person_id).join(Meeting, Message.meeting_id == Meeting.id)
    asked = select(Task.person_id).join(Meeting, Task.meeting_id == Meeting.id)
    nudged: CompoundSelect[UUID | None] = union_all(
        mailed.where(same, Message.kind == nudge), asked.where(same, Task.about == nudge.value)
    )
    open_ones = select(Task.subject_id).where(
        Task.meeting_id == meeting.id, Task.state == TaskState.OPEN, Task.kind.in_(TOLD_BY)
    )
    return Known(
        ways=frozenset(await db.scalars(ways)),
        safe=frozenset(await db.scalars(safe)),
        nudged=frozenset(await db.scalars(nudged)),
        to_be_told=frozenset(await db.scalars(open_ones)),
    )


async def let_go_of_late_prompts(db: Db, actor: Actor, now: datetime) -> None:
    """Take tasks to remind people off the lists once the meeting has begun: nobody can do them any more."""
    begun = select(Meeting.id).where(Meeting.starts_at <= now)
    await overtake_tasks(
        db,
        Task.organisation_id == actor.organisation_id,
        Task.due_at <= now,
        Task.about.in_(PROMPTS),
        Task.meeting_id.in_(begun),
    )
