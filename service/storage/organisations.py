"""Organisations and what belongs to the installation as a whole."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from service.errors import NotFound
from service.storage.base import Base, Db, HasId


class Organisation(HasId, Base):
    """One organisation. It owns its people and meetings; no other sees them."""

    __tablename__ = "organisations"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    contact_phone: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="Europe/London")
    jitsi_url: Mapped[str] = mapped_column(default="")
    dial_in_number: Mapped[str] = mapped_column(default="")
    mail_server_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class InstallationFact(Base):
    """A fact about the whole installation: which keys it was made with, whether it is a demonstration."""

    __tablename__ = "installation_facts"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


async def organisation_by_id(db: Db, organisation_id: UUID) -> Organisation:
    """Give the organisation; raises NotFound."""
    organisation = await db.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


async def organisation_by_slug(db: Db, slug: str) -> Organisation:
    """Give the organisation with this name in addresses; raises NotFound."""
    organisation = await db.scalar(select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise NotFound
    return organisation


async def installation_fact(db: Db, name: str) -> str | None:
    """Give the value of one fact about the installation."""
    return await db.scalar(select(InstallationFact.value).where(InstallationFact.name == name))
