"""Suppliers: who can be booked to interpret, caption, drive or look after somebody."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation


class Supplier(OfOrganisation, Base):
    """Somebody who can be booked. `codes` are the terms they help with.

    Calling off within `full_fee_days` days before a meeting costs the whole fee, within `half_fee_days`
    half of it. `price_pence` is what they usually ask for one meeting (None: not known).
    """

    __tablename__ = "suppliers"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    name: Mapped[str]
    codes: Mapped[list[str]] = mapped_column(default=list)
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    price_pence: Mapped[int | None]
    half_fee_days: Mapped[int] = mapped_column(default=0)
    full_fee_days: Mapped[int] = mapped_column(default=0)
    is_retired: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


async def suppliers_of(db: Db, actor: Actor, *, retired_too: bool = False) -> Sequence[Supplier]:
    """The organisation's suppliers by name."""
    query = select(Supplier).where(Supplier.organisation_id == actor.organisation_id)
    if not retired_too:
        query = query.where(Supplier.is_retired.is_(False))
    return (await db.scalars(query.order_by(Supplier.name))).all()


async def supplier_by_id(db: Db, actor: Actor, supplier_id: UUID) -> Supplier:
    """Give one supplier; raises NotFound."""
    query = select(Supplier).where(
        Supplier.organisation_id == actor.organisation_id, Supplier.id == supplier_id
    )
    supplier = await db.scalar(query)
    if supplier is None:
        raise NotFound
    return supplier


async def name_of_supplier_is_taken(db: Db, actor: Actor, name: str, *, but: UUID | None) -> bool:
    """Tell whether another supplier of the organisation than this one has the name."""
    query = select(Supplier.id).where(
        Supplier.organisation_id == actor.organisation_id, Supplier.name == name
    )
    if but is not None:
        query = query.where(Supplier.id != but)
    return await db.scalar(query.limit(1)) is not None
