"""What people said afterwards: could you take part as you wanted?"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.storage.base import Base, OfOrganisation


class TookPart(StrEnum):
    """Whether somebody could take part as they wanted."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Feedback(OfOrganisation, Base):
    """One answer of one person about one meeting, by whatever channel. Own words are sealed elsewhere."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("invitation_id"), Index(None, "organisation_id", "at"))

    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meetings.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[TookPart]
    channel: Mapped[str]
    has_words: Mapped[bool] = mapped_column(default=False)
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
