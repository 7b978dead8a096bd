"""Places kept for somebody from a waiting list until they say whether they want them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.storage.base import Base, OfOrganisation
from service.storage.invitations import Invitation


class Hold(OfOrganisation, Base):
    """Seats by one way that are kept for one invitation until `expires_at`; they count as taken meanwhile."""

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
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship(lazy="raise")
