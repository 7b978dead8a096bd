"""People we do not know yet, who asked on the public page to join a meeting."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.ways import Way
from service.storage.base import Base, OfOrganisation
from service.storage.meetings import Meeting


class Asking(OfOrganisation, Base):
    """Somebody asked to join; `handled_at` once a coordinator has added them or rung them back."""

    __tablename__ = "askings"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meetings.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    way: Mapped[Way | None]
    words: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(lazy="raise")
