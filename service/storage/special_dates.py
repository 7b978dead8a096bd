"""Days an organisation knows of itself: school breaks, local customs, and when a place cannot be used."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class HouseDates:
    """An organisation with its own dates, and with what is wrong at some places."""

    organisation: Organisation
    dates: Sequence[SpecialDate]
    troubles: Sequence[PlaceTrouble]


async def house_dates(
    db: Db, actor: Actor, place_ids: Collection[UUID], first: date, last: date
) -> HouseDates:
    """The organisation with what it knows of the days between two, in one query: both lists are short."""
    its_own = and_(
        SpecialDate.organisation_id == Organisation.id,
        SpecialDate.last_on >= first,
        SpecialDate.first_on <= last,
    )
    at_places = and_(
        PlaceTrouble.organisation_id == Organisation.id,
        PlaceTrouble.last_on >= first,
        PlaceTrouble.first_on <= last,
        PlaceTrouble.place_id.in_(place_ids),
    )
    query = select(Organisation, SpecialDate, PlaceTrouble)
    query = query.outerjoin(SpecialDate, its_own).outerjoin(PlaceTrouble, at_places)
    query = query.where(Organisation.id == actor.organisation_id)
    in_order = (SpecialDate.first_on, SpecialDate.name, PlaceTrouble.first_on, PlaceTrouble.id)
    rows = (await db.execute(query.order_by(*in_order))).all()
    if not rows:
        raise NotFound
    dates: dict[SpecialDate | None, None] = dict.fromkeys(row[1] for row in rows)
    troubles: dict[PlaceTrouble | None, None] = dict.fromkeys(row[2] for row in rows)
    return HouseDates(rows[0][0], list(filter(None, dates)), list(filter(None, troubles)))


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
