"""Organisations and what belongs to the installation as a whole."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from service.errors import NotFound, ServiceError
from service.storage.base import Base, Db, HasId


class Organisation(HasId, Base):
    """One organisation. It owns its people and meetings; no other sees them.

    `region` names whose bank holidays count ("GB-ENG"); `latitude` and `longitude`, in degrees, say where
    the sun sets. `server_id` is the Jitsi server its rooms are on. `public_version` grows with every change
    of what the public page may show. `access_settings` are the service times in working days and the most
    that is paid, in pence, by name; what is not in it is as we ship it.
    """

    __tablename__ = "organisations"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    contact_phone: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="Europe/London")
    server_id: Mapped[UUID | None] = mapped_column(ForeignKey("jitsi_servers.id"), index=True)
    dial_in_number: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="GB-ENG")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    public_words: Mapped[str] = mapped_column(default="")
    public_version: Mapped[int] = mapped_column(default=1)
    mail_server_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    mailbox_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    access_settings: Mapped[dict[str, int | None]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class WrongKeys(ServiceError):
    """The keys in this folder are not those the database was made with: put the right ones back."""

    code = "wrong-keys"


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


async def lock_organisation(db: Db, organisation_id: UUID) -> None:
    """Let one after the other do what only one may do at a time; whatever else goes on is not held up."""
    locked = select(Organisation.id).where(Organisation.id == organisation_id)
    await db.execute(locked.with_for_update(key_share=True))


async def only_organisation(db: Db) -> Organisation | None:
    """The organisation, if there is only one here: then a wrong link must be one of its own."""
    found = (await db.scalars(select(Organisation).limit(2))).all()
    return found[0] if len(found) == 1 else None


async def organisation_by_slug(db: Db, slug: str) -> Organisation:
    """Give the organisation with this name in addresses; raises NotFound."""
    organisation = await db.scalar(select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise NotFound
    return organisation


async def set_fact(db: Db, name: str, value: str) -> None:
    """Write a fact down, in the place of what was said before."""
    await db.merge(InstallationFact(name=name, value=value))


async def installation_fact(db: Db, name: str) -> str | None:
    """Give the value of one fact about the installation."""
    return await db.scalar(select(InstallationFact.value).where(InstallationFact.name == name))


async def claim_fact(db: Db, name: str, value: str) -> bool:
    """Write a fact down and say True, unless it is there already; raises Conflict if two do so at once."""
    if await installation_fact(db, name) is not None:
        return False
    db.add(InstallationFact(name=name, value=value))
    await db.flush()
    return True


async def check_keys(db: Db, fingerprint: str) -> bool:
    """Tell whether the database knows its keys; raises WrongKeys if they are others than these."""
    known = await installation_fact(db, "keys_fingerprint")
    if known is not None and known != fingerprint:
        raise WrongKeys
    return known is not None


async def remember_keys(db: Db, fingerprint: str) -> None:
    """Write down which keys the database is used with, the first time; raises WrongKeys for others."""
    if not await check_keys(db, fingerprint):
        db.add(InstallationFact(name="keys_fingerprint", value=fingerprint))


async def all_organisations(db: Db) -> Sequence[Organisation]:
    """Every organisation of the installation, by name. For whoever runs it and for timers, never for a page."""
    return (await db.scalars(select(Organisation).order_by(Organisation.name))).all()


async def first_organisation(db: Db) -> Organisation | None:
    """The organisation that was made first: what is done for the whole installation is written down there."""
    query = select(Organisation).order_by(Organisation.created_at, Organisation.id).limit(1)
    return await db.scalar(query)
