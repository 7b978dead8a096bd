"""Kinds of meeting, held as data: what a new meeting of the kind begins with."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation


class Kind(OfOrganisation, Base):
    """A kind of meeting. `ways` maps Way values to the usual limit (None: no limit).

    `is_open` allows the real title in mails and calendars; otherwise only the neutral one leaves the house.
    `roles` are the MeetingRole values a meeting needs beside the lead (and the second host, by
    `needs_second`); `date_levels` maps DateKind values to the Level at which this kind takes them, where
    that is not the usual one.
    """

    __tablename__ = "kinds"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    neutral_title: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=60)
    ways: Mapped[dict[str, int | None]] = mapped_column(default=dict)
    needs_second: Mapped[bool] = mapped_column(default=True)
    is_open: Mapped[bool] = mapped_column(default=False)
    ground_rules: Mapped[str] = mapped_column(default="")
    running_order: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[str]] = mapped_column(default=list)
    date_levels: Mapped[dict[str, str]] = mapped_column(default=dict)
    is_retired: Mapped[bool] = mapped_column(default=False)


async def kinds_of(db: Db, actor: Actor, *, retired_too: bool = False) -> Sequence[Kind]:
    """The organisation's kinds by name."""
    query = select(Kind).where(Kind.organisation_id == actor.organisation_id)
    if not retired_too:
        query = query.where(Kind.is_retired.is_(False))
    return (await db.scalars(query.order_by(Kind.name))).all()


async def kind_by_id(db: Db, actor: Actor, kind_id: UUID) -> Kind:
    """Give one kind; raises NotFound."""
    query = select(Kind).where(Kind.organisation_id == actor.organisation_id, Kind.id == kind_id)
    kind = await db.scalar(query)
    if kind is None:
        raise NotFound
    return kind


async def code_is_taken(db: Db, actor: Actor, code: str, *, but: UUID | None) -> bool:
    """Tell whether another kind of the organisation than this one has the code."""
    query = select(Kind.id).where(Kind.organisation_id == actor.organisation_id, Kind.code == code)
    found = await db.scalar(query)
    return found is not None and found != but
