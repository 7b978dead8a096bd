"""Who took part, by which way: worked out from room events or noted by a facilitator, and kept."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.ways import Way
from service.storage.base import Base, OfOrganisation


class AttendanceSource(StrEnum):
    """How we know: from the room's events, or because somebody noted it. What is noted goes before."""

    EVENTS = "events"
    NOTED = "noted"


class Attendance(OfOrganisation, Base):
    """That one invited person took part in a meeting by a way, or (`was_there` false) did not."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("meeting_id", "invitation_id"),
        Index(None, "organisation_id", "meeting_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    way: Mapped[Way]
    was_there: Mapped[bool]
    source: Mapped[AttendanceSource]
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    noted_at: Mapped[datetime]


class OthersThere(OfOrganisation, Base):
    """How many took part by a way whom nobody invited by name."""

    __tablename__ = "others_there"
    __table_args__ = (
        UniqueConstraint("meeting_id", "way"),
        CheckConstraint("people >= 0", name="people"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    way: Mapped[Way]
    people: Mapped[int]
    source: Mapped[AttendanceSource]
