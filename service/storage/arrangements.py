"""Arrangements: what was booked or done for a meeting, shared by all the requests it serves."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessibility.bookings import ArrangementState
from service.storage.base import Base, OfOrganisation
from service.storage.kit import KitItem
from service.storage.meetings import Meeting
from service.storage.suppliers import Supplier


class Arrangement(OfOrganisation, Base):
    """One thing booked or done for one meeting: an interpreter team, a loop, a taxi. Requests point at it.

    `people` is how many come to do it (two interpreters if over an hour). `reference` is the supplier's
    booking number. Sums are in pence; `half_fee_from` and `full_fee_from` are the first days on which
    calling it off costs half, or all.
    """

    __tablename__ = "arrangements"
    __table_args__ = (
        Index(None, "organisation_id", "meeting_id"),
        CheckConstraint("people >= 1", name="people"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    code: Mapped[str]
    state: Mapped[ArrangementState] = mapped_column(default=ArrangementState.PLANNED)
    supplier_id: Mapped[UUID | None] = mapped_column(ForeignKey("suppliers.id"), index=True)
    kit_id: Mapped[UUID | None] = mapped_column(ForeignKey("kit_items.id"), index=True)
    people: Mapped[int] = mapped_column(default=1)
    reference: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    estimate_pence: Mapped[int | None]
    actual_pence: Mapped[int | None]
    half_fee_from: Mapped[date | None]
    full_fee_from: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    meeting: Mapped[Meeting] = relationship(lazy="raise")
    supplier: Mapped[Supplier | None] = relationship(lazy="raise")
    kit: Mapped[KitItem | None] = relationship(lazy="raise")
