"""What people said afterwards: could you take part as you wanted?"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from service.actor import Actor
from service.storage.base import Base, Db, OfOrganisation


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


async def feedback_on(db: Db, actor: Actor, invitation_id: UUID) -> Feedback | None:
    """What somebody said of the session that an invitation was to; None if nothing."""
    query = select(Feedback).where(
        Feedback.organisation_id == actor.organisation_id, Feedback.invitation_id == invitation_id
    )
    return await db.scalar(query)
