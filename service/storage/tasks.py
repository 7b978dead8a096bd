"""Tasks: one thing a human must do by a date. Whatever the software cannot do for a person lands here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from service.actor import Actor, Role
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.invitations import Invitation
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.messages import Announcement, MessageKind
from service.storage.needs import AccessRequest
from service.storage.people import Person


class TaskKind(StrEnum):
    """What is to be done."""

    RING = "ring"
    TEXT = "text"
    POST = "post"
    THROUGH = "through"
    SAFE_CONTACT = "safe_contact"
    KEEP_APART = "keep_apart"
    MAIL_FAILED = "mail_failed"
    PLACE_FREE = "place_free"
    NO_WAY_LEFT = "no_way_left"
    DECIDE = "decide"
    LINK_AGAIN = "link_again"
    HAND_OVER = "hand_over"
    ASK_TO_JOIN = "ask_to_join"
    READ_MAIL = "read_mail"
    ANSWER_BY_MAIL = "answer_by_mail"
    ADDRESS_FAILED = "address_failed"
    ROTA_GAP = "rota_gap"
    LOOK_AT_DATE = "look_at_date"
    ROOM_TROUBLE = "room_trouble"
    NOTE_WHO_CAME = "note_who_came"
    ACCESS = "access"
    CHECK_SAFE = "check_safe"
    PAY = "pay"
    KIT = "kit"
    AFTER_SESSION = "after_session"
    SAFEGUARDING = "safeguarding"
    MANY_READ = "many_read"
    OWN_DATA = "own_data"


#: What a task to tell somebody is about, if it has done its work as soon as they answer.
ASKING = (
    MessageKind.INVITATION.value,
    MessageKind.REMINDER.value,
    MessageKind.NUDGE.value,
)


class TaskState(StrEnum):
    """Whether it is still to be done. Overtaken: a newer task says the same thing better."""

    OPEN = "open"
    DONE = "done"
    OVERTAKEN = "overtaken"


class Task(OfOrganisation, Base):
    """One thing to do, for whom, about which meeting, by when.

    `about` names what is to be told ("invitation", "update", "cancel", ...); `once` makes raising the
    same task twice harmless. `words` holds facts for the doer, such as the mail server's own words;
    `tries` counts how often somebody tried and did not reach the person.
    """

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "organisation_id", "state", "due_at"), Index(None, "person_id"))

    kind: Mapped[TaskKind]
    about: Mapped[str] = mapped_column(default="")
    once: Mapped[str] = mapped_column(unique=True)
    for_role: Mapped[Role] = mapped_column(default=Role.COORDINATOR)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    meeting_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("meetings.id", ondelete="CASCADE"), index=True
    )
    subject_id: Mapped[UUID | None]
    words: Mapped[str] = mapped_column(default="")
    state: Mapped[TaskState] = mapped_column(default=TaskState.OPEN)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str] = mapped_column(default="")

    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=person_id)
    meeting: Mapped[Meeting | None] = relationship(lazy="raise")


def visible_tasks(actor: Actor) -> Select[Task]:
    """Select tasks for the actor's roles; a coordinator sees also those for facilitators."""
    roles = set(actor.roles)
    if Role.COORDINATOR in roles:
        roles.add(Role.FACILITATOR)
    query = select(Task).where(
        Task.organisation_id == actor.organisation_id, Task.for_role.in_(roles)
    )
    if actor.has(Role.COORDINATOR) or actor.person_id is None:
        return query
    me = actor.person_id
    own = select(Meeting.id).where(
        or_(Meeting.lead_id == me, Meeting.second_id == me, Meeting.created_by == me)
    )
    return query.where(or_(Task.for_role != Role.FACILITATOR, Task.meeting_id.in_(own)))


async def open_tasks(
    db: Db, actor: Actor, *, kinds: Sequence[TaskKind] | None = None, limit: int = 200
) -> Sequence[Task]:
    """Open tasks the actor may see, the soonest due first, with person and meeting."""
    query = visible_tasks(actor).where(Task.state == TaskState.OPEN)
    if kinds is not None:
        query = query.where(Task.kind.in_(kinds))
    query = query.options(joinedload(Task.person), joinedload(Task.meeting))
    return (await db.scalars(query.order_by(Task.due_at, Task.id).limit(limit))).all()


async def task_by_id(db: Db, actor: Actor, task_id: UUID) -> Task:
    """Give one task the actor may see, with person and meeting; raises NotFound."""
    query = visible_tasks(actor).where(Task.id == task_id)
    task = await db.scalar(query.options(joinedload(Task.person), joinedload(Task.meeting)))
    if task is None:
        raise NotFound
    return task


async def task_was_raised(db: Db, once: str) -> bool:
    """Tell whether a task was raised under this name before."""
    return await db.scalar(select(Task.id).where(Task.once == once)) is not None


async def subjects_of_tasks(
    db: Db, organisation_id: UUID, kind: TaskKind, *, since: datetime
) -> frozenset[UUID]:
    """What tasks of this kind that were raised since then are about."""
    query = select(Task.subject_id).where(
        Task.organisation_id == organisation_id, Task.kind == kind, Task.created_at > since
    )
    return frozenset(id_ for id_ in await db.scalars(query) if id_ is not None)


async def overtake_tasks(db: Db, *which: ColumnElement[bool]) -> None:
    """Take those of these tasks that are still open off the lists; what was done stays done."""
    still_open = update(Task).where(*which, Task.state == TaskState.OPEN)
    await db.execute(still_open.values(state=TaskState.OVERTAKEN))


async def meetings_with_task(db: Db, actor: Actor, kind: TaskKind) -> Sequence[UUID]:
    """The meetings about which a task of this kind is open."""
    query = select(Task.meeting_id).where(
        Task.organisation_id == actor.organisation_id,
        Task.state == TaskState.OPEN,
        Task.kind == kind,
        Task.meeting_id.is_not(None),
    )
    return [id_ for id_ in await db.scalars(query.distinct()) if id_ is not None]


async def let_go_of_addresses(db: Db, people: Sequence[UUID]) -> None:
    """Let go of the tasks about addresses of those people who are written to again."""
    mended = select(Person.id).where(Person.id.in_(people), Person.email_stopped_at.is_(None))
    await overtake_tasks(db, Task.person_id.in_(mended), Task.kind == TaskKind.ADDRESS_FAILED)


async def let_go_of_inviting(db: Db, meeting_id: UUID, person_id: UUID) -> None:
    """Let go of tasks to invite, remind or ask somebody who has answered; a letter is still posted."""
    await overtake_tasks(
        db,
        Task.meeting_id == meeting_id,
        Task.person_id == person_id,
        Task.about.in_(ASKING),
        Task.kind != TaskKind.POST,
    )


async def invitation_of_task(db: Db, actor: Actor, task: Task) -> Invitation | None:
    """The invitation a task is about, whole, also of somebody taken off the list; None if there is none."""
    if task.meeting_id is None or task.person_id is None:
        return None
    query = (
        select(Invitation)
        .where(Invitation.organisation_id == actor.organisation_id)
        .where(Invitation.meeting_id == task.meeting_id, Invitation.person_id == task.person_id)
        .options(
            joinedload(Invitation.person),
            joinedload(Invitation.meeting).options(*WHOLE_MEETING),
        )
    )
    return await db.scalar(query)


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task with what is to be said: a facilitator's words to everyone, or the answer to a request."""

    task: Task
    said: str = ""


async def task_to_do(db: Db, actor: Actor, task_id: UUID) -> ToDo:
    """Give one task the actor may see, with person, meeting and what is to be said; raises NotFound."""
    query = (
        visible_tasks(actor)
        .where(Task.id == task_id)
        .outerjoin(Announcement, Announcement.id == Task.subject_id)
        .outerjoin(AccessRequest, AccessRequest.id == Task.subject_id)
        .options(joinedload(Task.person), joinedload(Task.meeting))
        .add_columns(Announcement.words, AccessRequest.answer_words)
    )
    row = (await db.execute(query)).first()
    if row is None:
        raise NotFound
    return ToDo(row[0], row[1] or row[2] or "")
