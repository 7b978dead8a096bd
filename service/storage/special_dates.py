"""Days an organisation knows of itself: school breaks, local customs, and when a place cannot be used."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.dates import DateKind
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.organisations import Organisation


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


async def special_dates_between(
    db: Db, actor: Actor, first: date, last: date
) -> Sequence[SpecialDate]:
    """The organisation's own dates of which a day lies between two days, by their first day."""
    query = select(SpecialDate).where(
        SpecialDate.organisation_id == actor.organisation_id,
        SpecialDate.last_on >= first,
        SpecialDate.first_on <= last,
    )
    return (await db.scalars(query.order_by(SpecialDate.first_on, SpecialDate.name))).all()


async def house_and_dates(
    db: Db, actor: Actor, first: date, last: date
) -> tuple[Organisation, Sequence[SpecialDate]]:
    """The organisation with those of its own dates that have a day between two days, in one query."""
    its_own = and_(
        SpecialDate.organisation_id == Organisation.id,
        SpecialDate.last_on >= first,
        SpecialDate.first_on <= last,
    )
    query = select(Organisation, SpecialDate).outerjoin(SpecialDate, its_own)
    query = query.where(Organisation.id == actor.organisation_id)
    query = query.order_by(SpecialDate.first_on, SpecialDate.name)
    rows = (await db.execute(query)).all()
    if not rows:
        raise NotFound
    dates: list[SpecialDate | None] = [row[1] for row in rows]
    return rows[0][0], [each for each in dates if each is not None]


async def special_date_by_id(db: Db, actor: Actor, date_id: UUID) -> SpecialDate:
    """Give one of the organisation's own dates; raises NotFound."""
    query = select(SpecialDate).where(
        SpecialDate.organisation_id == actor.organisation_id, SpecialDate.id == date_id
    )
    found = await db.scalar(query)
    if found is None:
        raise NotFound
    return found


async def troubles_between(
    db: Db, actor: Actor, place_ids: Collection[UUID], first: date, last: date
) -> Sequence[PlaceTrouble]:
    """What is wrong at these places on a day between two days, the earliest first."""
    query = select(PlaceTrouble).where(
        PlaceTrouble.organisation_id == actor.organisation_id,
        PlaceTrouble.last_on >= first,
        PlaceTrouble.first_on <= last,
        PlaceTrouble.place_id.in_(place_ids),
    )
    return (await db.scalars(query.order_by(PlaceTrouble.first_on, PlaceTrouble.id))).all()


async def trouble_by_id(db: Db, actor: Actor, trouble_id: UUID) -> PlaceTrouble:
    """Give one trouble of a place; raises NotFound."""
    query = select(PlaceTrouble).where(
        PlaceTrouble.organisation_id == actor.organisation_id, PlaceTrouble.id == trouble_id
    )
    found = await db.scalar(query)
    if found is None:
        raise NotFound
    return found
