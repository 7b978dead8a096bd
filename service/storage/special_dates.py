"""Days an organisation knows of itself: school breaks, local customs, and when a place cannot be used."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.dates import DateKind
from service.storage.base import Base, OfOrganisation


class SpecialDate(OfOrganisation, Base):
    """A school break or a local custom, from first to last day; `source` tells where we know it from."""

    __tablename__ = "special_dates"
    __table_args__ = (
        Index(None, "organisation_id", "last_on"),
        CheckConstraint("first_on <= last_on", name="order"),
    )

    kind: Mapped[DateKind]
    name: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    source: Mapped[str] = mapped_column(default="")


class PlaceTrouble(OfOrganisation, Base):
    """That a place is closed, or lacks one thing it usually has, from a first to a last day.

    `fact` is the word of what fails ("lift"); it is empty if the whole place cannot be used.
    """

    __tablename__ = "place_troubles"
    __table_args__ = (
        Index(None, "organisation_id", "last_on"),
        CheckConstraint("first_on <= last_on", name="order"),
    )

    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"), index=True)
    fact: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    first_on: Mapped[date]
    last_on: Mapped[date]
