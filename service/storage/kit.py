"""Kit: things the organisation owns, brings to meetings and lends to people."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessibility.kit import KitKind
from service.storage.base import Base, OfOrganisation
from service.storage.people import Person


class KitItem(OfOrganisation, Base):
    """One thing. `is_lendable`: people may take it home; the others come to meetings only."""

    __tablename__ = "kit_items"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    name: Mapped[str]
    kind: Mapped[KitKind]
    is_lendable: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(default="")
    is_retired: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Loan(OfOrganisation, Base):
    """One thing lent to one person, and to nobody else meanwhile.

    What holds people's data is wiped when it comes back (`wiped_at`). What is given for good never does.
    """

    __tablename__ = "loans"
    __table_args__ = (
        Index(None, "organisation_id", "person_id"),
        Index(None, "organisation_id", "due_on"),
        Index(None, "kit_id"),
        Index(
            "uq_loans_one_open",
            "kit_id",
            unique=True,
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
    )

    kit_id: Mapped[UUID] = mapped_column(ForeignKey("kit_items.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    request_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("access_requests.id", ondelete="SET NULL")
    )
    lent_at: Mapped[datetime]
    lent_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date]
    with_charger: Mapped[bool] = mapped_column(default=False)
    with_guide: Mapped[bool] = mapped_column(default=False)
    returned_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]

    kit: Mapped[KitItem] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
