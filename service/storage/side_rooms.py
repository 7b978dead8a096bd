"""Rooms beside a meeting's own: tables for people on the phone, and rooms to try things out in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.online import SideRoomUse
from service.storage.base import Base, OfOrganisation
from service.storage.people import Person


class SideRoom(OfOrganisation, Base):
    """A second room of a meeting, with a host of its own; or one guest's room to try things out in.

    A table has the times of its meeting; a room to practise in is open until `closes_at`.
    """

    __tablename__ = "side_rooms"
    __table_args__ = (Index(None, "organisation_id", "meeting_id"),)

    name: Mapped[str] = mapped_column(unique=True)
    use: Mapped[SideRoomUse]
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    invitation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("invitations.id", ondelete="CASCADE"), index=True
    )
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str] = mapped_column(default="")
    pin: Mapped[str | None] = mapped_column(unique=True)
    closes_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    host: Mapped[Person | None] = relationship(lazy="raise")
