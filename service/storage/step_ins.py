"""The question "can someone take this?": about which part of which meeting, and who was asked by which link."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling.roles import MeetingRole
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation, changed_rows
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.people import Person
from service.storage.staff import StaffMember


class StepIn(OfOrganisation, Base):
    """The question "can someone take this?" for one role of one meeting.

    `from_person_id` is who would give it away; None where nobody has it. The first to take it has it.
    `starts_at` is when the meeting was to start as people were asked: a meeting that has moved since is
    not what anybody said they can do.
    """

    __tablename__ = "step_ins"
    __table_args__ = (Index(None, "organisation_id", "meeting_id"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    role: Mapped[MeetingRole]
    from_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(lazy="raise")


class StepInAsked(OfOrganisation, Base):
    """That one person was asked, with the link they can answer by; `said_no_at` if they cannot."""

    __tablename__ = "step_ins_asked"
    __table_args__ = (UniqueConstraint("step_in_id", "person_id"),)

    step_in_id: Mapped[UUID] = mapped_column(ForeignKey("step_ins.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    link_hash: Mapped[str] = mapped_column(unique=True)
    said_no_at: Mapped[datetime | None]

    step_in: Mapped[StepIn] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


async def asked_at(db: Db, actor: Actor, which: ColumnElement[bool]) -> Sequence[StepInAsked]:
    """Who is being asked to step in at those meetings, in questions that are still open; with the persons."""
    query = (
        select(StepInAsked)
        .join(StepInAsked.step_in)
        .join(Meeting, Meeting.id == StepIn.meeting_id)
        .where(StepIn.organisation_id == actor.organisation_id, StepIn.ended_at.is_(None), which)
        .where(StepIn.starts_at == Meeting.starts_at)
        .options(joinedload(StepInAsked.step_in), joinedload(StepInAsked.person))
        .order_by(StepInAsked.id)
    )
    return (await db.scalars(query)).all()


async def asked_by_link(db: Db, link_hash: str) -> StepInAsked | None:
    """Who was asked by the link with this hash, with the question and the whole meeting.

    Somebody who may not sign in any more is not asked any more.
    """
    query = (
        select(StepInAsked)
        .join(StaffMember, StaffMember.person_id == StepInAsked.person_id)
        .where(StepInAsked.link_hash == link_hash, StaffMember.disabled_at.is_(None))
        .options(
            joinedload(StepInAsked.person),
            joinedload(StepInAsked.step_in).joinedload(StepIn.meeting).options(*WHOLE_MEETING),
        )
    )
    return await db.scalar(query)


async def claim_step_in(db: Db, step_in: StepIn, person_id: UUID, now: datetime) -> bool:
    """Take what was asked for, if nobody has and nobody took the question back."""
    claim = update(StepIn).where(StepIn.id == step_in.id, StepIn.ended_at.is_(None))
    return await changed_rows(db, claim.values(taken_by=person_id, ended_at=now)) == 1


async def claim_no(db: Db, asked: StepInAsked, now: datetime) -> bool:
    """Note that somebody cannot, if they have not said so before."""
    no = update(StepInAsked).where(StepInAsked.id == asked.id, StepInAsked.said_no_at.is_(None))
    return await changed_rows(db, no.values(said_no_at=now)) == 1


async def end_step_ins(db: Db, *which: ColumnElement[bool], now: datetime) -> int:
    """Take back these questions, those that are still open; counts them."""
    end = update(StepIn).where(StepIn.ended_at.is_(None), *which)
    return await changed_rows(db, end.values(ended_at=now))


async def asked_by_id(db: Db, actor: Actor, asked_id: UUID) -> StepInAsked:
    """Give who was asked, with the question and its meeting; raises NotFound."""
    query = (
        select(StepInAsked)
        .where(StepInAsked.organisation_id == actor.organisation_id, StepInAsked.id == asked_id)
        .options(
            joinedload(StepInAsked.person),
            joinedload(StepInAsked.step_in).joinedload(StepIn.meeting),
        )
    )
    asked = await db.scalar(query)
    if asked is None:
        raise NotFound
    return asked


async def everybody_said_no(db: Db, step_in: StepIn) -> bool:
    """Tell whether nobody is left who was asked and has not said no."""
    query = select(StepInAsked.id).where(
        StepInAsked.step_in_id == step_in.id, StepInAsked.said_no_at.is_(None)
    )
    return await db.scalar(query.limit(1)) is None
