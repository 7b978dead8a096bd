"""Physical places and what is known about them, each fact with the day it was checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, TypeDecorator, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.types import JsonValue


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """One thing known about a place ("step-free"): whether it is so, and when that was checked."""

    word: str
    is_so: bool = True
    detail: str = ""
    checked_on: date | None = None


class Facts(TypeDecorator[list[PlaceFact]]):
    """Facts about a place, kept as JSON with the place: they are always read together."""

    impl = JsonValue
    cache_ok = True

    def process_bind_param(self, value: list[PlaceFact] | None, dialect: Dialect) -> Any:
        """Store plain JSON."""
        return [
            {
                "word": fact.word,
                "is_so": fact.is_so,
                "detail": fact.detail,
                "checked_on": fact.checked_on.isoformat() if fact.checked_on else None,
            }
            for fact in value or []
        ]

    def process_result_value(self, value: Any, dialect: Dialect) -> list[PlaceFact]:
        """Give the facts back as values."""
        return [
            PlaceFact(
                word=fact["word"],
                is_so=fact["is_so"],
                detail=fact["detail"],
                checked_on=date.fromisoformat(fact["checked_on"]) if fact["checked_on"] else None,
            )
            for fact in value or []
        ]


class Place(OfOrganisation, Base):
    """A place people can meet at: a room, somewhere outdoors, or both (a limit for each).

    Give `facts` a new list to change it; a list changed in place is not noticed.
    """

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    directions: Mapped[str] = mapped_column(default="")
    room_limit: Mapped[int | None]
    outdoor_limit: Mapped[int | None]
    is_closed: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[list[PlaceFact]] = mapped_column(Facts(), default=list)


async def places_of(db: Db, actor: Actor, *, closed_too: bool = False) -> Sequence[Place]:
    """The organisation's places by name."""
    query = select(Place).where(Place.organisation_id == actor.organisation_id)
    if not closed_too:
        query = query.where(Place.is_closed.is_(False))
    return (await db.scalars(query.order_by(Place.name))).all()


async def place_by_id(db: Db, actor: Actor, place_id: UUID) -> Place:
    """Give one place; raises NotFound."""
    query = select(Place).where(
        Place.organisation_id == actor.organisation_id, Place.id == place_id
    )
    place = await db.scalar(query)
    if place is None:
        raise NotFound
    return place


async def name_is_taken(db: Db, actor: Actor, name: str, *, but: UUID | None) -> bool:
    """Tell whether another place of the organisation than this one has the name."""
    query = select(Place.id).where(
        Place.organisation_id == actor.organisation_id, Place.name == name
    )
    found = await db.scalar(query)
    return found is not None and found != but
