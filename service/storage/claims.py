"""Claims: money people ask for so that they can take part, and the receipts that come with them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessibility.claims import ClaimKind, ClaimState, PayBy
from service.storage.base import Base, OfOrganisation
from service.storage.meetings import Meeting
from service.storage.people import Person


class Claim(OfOrganisation, Base):
    """Money for one person and one meeting, in pence. `hours` (of care) and `miles` are counted in tenths.

    `channel` says how it was asked for: web, phone, paper. `words` are what the person says it is for.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index(None, "organisation_id", "state"),
        Index(None, "organisation_id", "person_id"),
        Index(None, "meeting_id"),
        CheckConstraint("asked_pence >= 0", name="asked"),
        CheckConstraint("agreed_pence IS NULL OR agreed_pence >= 0", name="agreed"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    request_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("access_requests.id", ondelete="SET NULL")
    )
    kind: Mapped[ClaimKind]
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.ASKED)
    pay_by: Mapped[PayBy] = mapped_column(default=PayBy.CASH_AT_THE_DOOR)
    asked_pence: Mapped[int]
    agreed_pence: Mapped[int | None]
    hours_tenths: Mapped[int | None]
    miles_tenths: Mapped[int | None]
    children: Mapped[int | None]
    channel: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
    meeting: Mapped[Meeting] = relationship(lazy="raise")


class Receipt(OfOrganisation, Base):
    """A photo or file that came with a claim, sealed with a key of its own.

    That key is sealed as its person's words are, so that it goes when theirs goes.
    """

    __tablename__ = "receipts"
    __table_args__ = (Index(None, "claim_id"),)

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"))
    media_type: Mapped[str]
    bytes_count: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
