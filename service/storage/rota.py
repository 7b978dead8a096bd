"""The rota: who does what at a meeting beside its two hosts, when staff can, and who was asked to step in."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.roles import MeetingRole
from service.storage.base import Base, OfOrganisation
from service.storage.meetings import Meeting
from service.storage.people import Person


class Duty(OfOrganisation, Base):
    """Somebody's part in a meeting. Lead and co-facilitator stand with the meeting itself, not here."""

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("meeting_id", "role"),
        Index(None, "organisation_id", "person_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    role: Mapped[MeetingRole]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")


class Availability(OfOrganisation, Base):
    """When somebody of the staff can, week by week, or (`is_away`) cannot, from a first to a last day.

    Minutes count from midnight on the wall of the organisation's zone; `until_minute` is not included.
    """

    __tablename__ = "availability"
    __table_args__ = (
        Index(None, "organisation_id", "person_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "0 <= from_minute AND from_minute < until_minute AND until_minute <= 1440",
            name="minutes",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    is_away: Mapped[bool] = mapped_column(default=False)
    weekday: Mapped[int | None]
    from_minute: Mapped[int] = mapped_column(default=0)
    until_minute: Mapped[int] = mapped_column(default=1440)
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]


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
