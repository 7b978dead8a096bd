"""The safeguarding lead's own store. Others write into it and never read it; all words are sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.storage.base import Base, OfOrganisation
from service.storage.people import Person


class SafeguardingNote(OfOrganisation, Base):
    """One note: when it happened, about whom and at which meeting, if known. Its words are sealed apart.

    They are sealed with a key of the note itself, so that they outlive no decision of the lead, and are
    not erased by anybody else's.
    """

    __tablename__ = "safeguarding_notes"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meetings.id", ondelete="SET NULL"))
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    happened_at: Mapped[datetime]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    about: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=about_id)
    writer: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=written_by)
