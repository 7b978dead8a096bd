"""Pairs of people who must not meet. Only the coordinator who looks after one of them may know."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.storage.base import Base, OfOrganisation


class KeptApart(OfOrganisation, Base):
    """That two people must not meet. The smaller id stands first; who asked is in the need, not here."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        Index(None, "second_id"),
        CheckConstraint("first_id <> second_id", name="two"),
    )

    first_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
