"""Places kept for somebody from a waiting list until they say whether they want them.

Ending a hold is one conditional UPDATE: whoever comes second finds that it has ended already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, aliased, contains_eager, mapped_column, relationship

from scheduling.answers import Answer
from scheduling.waiting import HoldState, Turn
from scheduling.ways import Way
from service.actor import Actor
from service.storage.base import Base, Db, OfOrganisation, changed_rows
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.people import Person
from service.storage.tasks import Task, TaskState

#: Of so many meetings places are passed on in one go; the next go comes a minute later.
AT_ONCE = 50


class Hold(OfOrganisation, Base):
    """Seats by one way that are kept for one invitation until `expires_at`; they count as taken meanwhile.

    `waited_since` is when the person's wait began, and stays as it was: later it tells who went
    before whom.
    """

    __tablename__ = "holds"
    __table_args__ = (
        Index(
            "uq_holds_one_open",
            "invitation_id",
            unique=True,
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
        Index(None, "meeting_id", "state"),
        Index(None, "state", "expires_at"),
        CheckConstraint("seats BETWEEN 1 AND 3", name="seats"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    way: Mapped[Way]
    seats: Mapped[int]
    state: Mapped[HoldState] = mapped_column(default=HoldState.OFFERED)
    waited_since: Mapped[datetime]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship(lazy="raise")


async def open_hold(db: Db, invitation: Invitation) -> Hold | None:
    """The place that is kept for an invitation now; None if there is none."""
    query = select(Hold).where(
        Hold.organisation_id == invitation.organisation_id,
        Hold.invitation_id == invitation.id,
        Hold.state == HoldState.OFFERED,
    )
    return await db.scalar(query.execution_options(populate_existing=True))


async def latest_hold(db: Db, invitation: Invitation) -> Hold | None:
    """The place that was kept for an invitation last, whatever became of it; None if never."""
    query = select(Hold).where(
        Hold.organisation_id == invitation.organisation_id, Hold.invitation_id == invitation.id
    )
    return await db.scalar(query.order_by(Hold.offered_at.desc(), Hold.id.desc()).limit(1))


async def hold_of_task(db: Db, task: Task) -> Hold | None:
    """The place a task tells somebody of; None if it tells of something else."""
    if task.about != MessageKind.PLACE_OFFERED or task.subject_id is None:
        return None
    return await db.get(Hold, task.subject_id)


async def open_holds(db: Db, actor: Actor, meeting_id: UUID) -> Sequence[Hold]:
    """The places kept for people of a meeting now, first the one that ends first."""
    query = select(Hold).where(
        Hold.organisation_id == actor.organisation_id,
        Hold.meeting_id == meeting_id,
        Hold.state == HoldState.OFFERED,
    )
    query = query.execution_options(populate_existing=True)
    return (await db.scalars(query.order_by(Hold.expires_at, Hold.id))).all()


async def holds_run_out(db: Db, actor: Actor, now: datetime) -> Sequence[UUID]:
    """The meetings with a place that is kept although its time has run out; not all, if they are many."""
    query = select(Hold.meeting_id).where(
        Hold.organisation_id == actor.organisation_id,
        Hold.state == HoldState.OFFERED,
        Hold.expires_at <= now,
    )
    return (await db.scalars(query.group_by(Hold.meeting_id).limit(AT_ONCE))).all()


async def end_hold(db: Db, hold: Hold, state: HoldState, now: datetime) -> bool:
    """Let a hold have ended in this way; False if it had ended already. Its seats are the caller's."""
    end = (
        update(Hold)
        .where(Hold.id == hold.id, Hold.state == HoldState.OFFERED)
        .values(state=state, ended_at=now)
    )
    if await changed_rows(db, end) != 1:
        return False
    queued = Message.subject_id == hold.id, Message.state == MessageState.WAITING
    await db.execute(update(Message).where(*queued).values(state=MessageState.OVERTAKEN))
    raised = Task.subject_id == hold.id, Task.state == TaskState.OPEN
    await db.execute(update(Task).where(*raised).values(state=TaskState.OVERTAKEN))
    return True


async def was_told_of(db: Db, hold: Hold) -> bool:
    """Tell whether the person can have heard of the place: it was sent, or a human did the telling."""
    sent = exists().where(
        Message.subject_id == hold.id,
        Message.state.in_((MessageState.SENT, MessageState.SENDING)),
    )
    told = exists().where(Task.subject_id == hold.id, Task.state == TaskState.DONE)
    return bool(await db.scalar(select(sent | told)))


async def line_for(
    db: Db, meeting_id: UUID, way: Way, *, but: UUID | None = None
) -> tuple[Turn, ...]:
    """Those who wait for a place by this way and are offered none now, longest wait first.

    `but` leaves one invitation out.
    """
    passed_over = (
        select(func.count())
        .where(
            Hold.meeting_id == Invitation.meeting_id,
            Hold.way == Invitation.way,
            Hold.waited_since > Invitation.waiting_since,
            Hold.state.in_((HoldState.OFFERED, HoldState.TAKEN)),
        )
        .correlate(Invitation)
        .scalar_subquery()
    )
    query = (
        select(
            Invitation.id,
            Invitation.supporters,
            Invitation.waiting_since,
            passed_over,
            is_resting(),
        )
        .where(Invitation.meeting_id == meeting_id, Invitation.way == way, *waits_for_offer())
        .order_by(Invitation.waiting_since, Invitation.id)
    )
    rows = await db.execute(query)
    return tuple(
        Turn(id_, 1 + supporters, since, passed_over=passed, is_resting=bool(rests))
        for id_, supporters, since, passed, rests in rows
        if id_ != but and since is not None
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits, and the place that is kept for them, if one is."""

    invitation: Invitation
    hold: Hold | None


async def listed_and_waiting(
    db: Db, actor: Actor, meeting_id: UUID, *, skip: int, limit: int
) -> tuple[Sequence[Invitation], Sequence[Waiting]]:
    """A page of those invited, by name, and everybody who waits, longest first; both with the person.

    One query for both; the caller has made sure that the actor may see the meeting, and who waits.
    """
    by_name = (
        select(Invitation.id)
        .join(Person, Invitation.person_id == Person.id)
        .where(
            Invitation.organisation_id == actor.organisation_id,
            Invitation.meeting_id == meeting_id,
            Invitation.removed_at.is_(None),
        )
        .order_by(Person.name_key, Person.id)
    )
    is_listed = Invitation.id.in_(by_name.offset(skip).limit(limit).subquery().select())
    is_theirs = (Hold.invitation_id == Invitation.id) & (Hold.state == HoldState.OFFERED)
    waits = and_(Invitation.meeting_id == meeting_id, *_WAITS)
    query = (
        select(Invitation, Hold, is_listed)
        .join(Person, Invitation.person_id == Person.id)
        .outerjoin(Hold, is_theirs)
        .where(Invitation.organisation_id == actor.organisation_id, or_(is_listed, waits))
        .options(contains_eager(Invitation.person))
        .order_by(Person.name_key, Person.id)
    )
    rows = (await db.execute(query)).all()
    waiting = [Waiting(each, hold) for each, hold, _ in rows if each.answer is Answer.WAITING]
    in_line = sorted(
        waiting, key=lambda each: each.invitation.waiting_since or each.invitation.created_at
    )
    return [each for each, _, listed in rows if listed], in_line


async def last_in_line(db: Db, meeting_id: UUID, way: Way) -> datetime | None:
    """Since when the last one waits who waits for a place by this way; None if nobody does."""
    query = select(func.max(Invitation.waiting_since)).where(
        Invitation.meeting_id == meeting_id, Invitation.way == way, *_WAITS
    )
    return await db.scalar(query)


_WAITS = (Invitation.answer == Answer.WAITING, Invitation.removed_at.is_(None))


def waits_for_offer() -> tuple[ColumnElement[bool], ...]:
    """Choose invitations that wait for a place and are offered none now."""
    is_theirs = Hold.invitation_id == Invitation.id
    offered = exists().where(is_theirs, Hold.state == HoldState.OFFERED)
    return (*_WAITS, ~offered.correlate(Invitation))


def is_resting() -> ColumnElement[bool]:
    """Choose those who let a place by their way go, and nobody has taken one since.

    The place stood open to them and to everybody after that, so it is not offered the same again.
    """
    taker, taken = aliased(Invitation), aliased(Hold)
    place = (taker.meeting_id == Invitation.meeting_id, taker.way == Invitation.way)
    by_answer = exists().where(
        *place, taker.answer == Answer.YES, taker.answered_at > Hold.ended_at
    )
    place = (taken.meeting_id == Invitation.meeting_id, taken.way == Invitation.way)
    since = exists().where(*place, taken.state == HoldState.TAKEN, taken.ended_at > Hold.ended_at)
    let_go = exists().where(
        Hold.invitation_id == Invitation.id,
        Hold.way == Invitation.way,
        Hold.state.in_((HoldState.EXPIRED, HoldState.DECLINED)),
        ~by_answer.correlate(Invitation, Hold),
        ~since.correlate(Invitation, Hold),
    )
    return let_go.correlate(Invitation)
