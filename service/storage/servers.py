"""Jitsi servers, which belong to the installation: one or more organisations use each of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from scheduling.online import ForeignRooms, KeyUse, ServerKind
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, HasId
from service.storage.organisations import Organisation
from service.storage.room_events import StoredEvent


class JitsiServer(HasId, Base):
    """A Jitsi server. `slug` stands in the addresses it asks us at; `version` grows with every change.

    `url` is where people meet (for JaaS without the AppID, which is `app_id`). `audience` and `subject` are
    the claims its tokens carry. `muc_domain` is where its rooms live ("muc.meet.jitsi"). `abilities` are
    the Ability values that are switched on there. One that `is_retired` opens no new rooms.
    """

    __tablename__ = "jitsi_servers"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[ServerKind]
    url: Mapped[str]
    app_id: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    muc_domain: Mapped[str] = mapped_column(default="")
    abilities: Mapped[list[str]] = mapped_column(default=list)
    foreign_rooms: Mapped[ForeignRooms] = mapped_column(default=ForeignRooms.REFUSE)
    is_retired: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    keys: Mapped[list["ServerKey"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="ServerKey.made_at"
    )
    numbers: Mapped[list["DialInNumber"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="DialInNumber.rank"
    )


class ServerKey(HasId, Base):
    """A secret shared with a server, sealed. One without an end is used; older ones are still good.

    `name` is the key id of tokens (`kid`). `public_pem` is what we serve of an RSA key. `ends_at` is when an
    older key stops being good. Of two keys that sign and have no end, the newer one waits.
    """

    __tablename__ = "jitsi_server_keys"
    __table_args__ = (UniqueConstraint("server_id", "use", "name"),)

    server_id: Mapped[UUID] = mapped_column(ForeignKey("jitsi_servers.id", ondelete="CASCADE"))
    use: Mapped[KeyUse]
    name: Mapped[str]
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    public_pem: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class DialInNumber(HasId, Base):
    """A number people dial to get into a server's rooms. The one with the lowest rank is told first."""

    __tablename__ = "dial_in_numbers"
    __table_args__ = (UniqueConstraint("server_id", "number"),)

    server_id: Mapped[UUID] = mapped_column(ForeignKey("jitsi_servers.id", ondelete="CASCADE"))
    number: Mapped[str]
    country: Mapped[str] = mapped_column(default="GB")
    is_toll_free: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int] = mapped_column(default=0)


#: What opening a server needs beside its own columns: two queries in all.
WHOLE_SERVER = (selectinload(JitsiServer.keys), selectinload(JitsiServer.numbers))


async def all_servers(db: Db) -> Sequence[JitsiServer]:
    """Every server of the installation, whole, by name."""
    query = select(JitsiServer).options(*WHOLE_SERVER).order_by(JitsiServer.name, JitsiServer.id)
    return (await db.scalars(query)).all()


async def server_by_slug(db: Db, slug: str) -> JitsiServer:
    """Give the server with this name in addresses, whole; raises NotFound."""
    return await _found(db, select(JitsiServer).where(JitsiServer.slug == slug))


async def server_to_change(db: Db, slug: str) -> JitsiServer:
    """Give the server as `server_by_slug` does; whoever else changes it waits until we have."""
    query = select(JitsiServer).where(JitsiServer.slug == slug)
    return await _found(db, query.with_for_update(of=JitsiServer))


async def server_of_house(db: Db, actor: Actor) -> JitsiServer | None:
    """Give the server that the actor's organisation has its rooms on, whole."""
    query = (
        select(JitsiServer)
        .join(Organisation, Organisation.server_id == JitsiServer.id)
        .where(Organisation.id == actor.organisation_id)
    )
    return await db.scalar(query.options(*WHOLE_SERVER))


async def houses_on(db: Db, server_id: UUID) -> Sequence[Organisation]:
    """The organisations that have their rooms on a server, by name. For whoever runs the installation."""
    query = select(Organisation).where(Organisation.server_id == server_id)
    return (await db.scalars(query.order_by(Organisation.name, Organisation.id))).all()


async def houses_by_server(db: Db) -> dict[UUID, int]:
    """Count the organisations on each server that has any."""
    query = select(Organisation.server_id, func.count()).group_by(Organisation.server_id)
    return {row[0]: row[1] for row in await db.execute(query) if row[0] is not None}


async def servers_with_ended_keys(db: Db, now: datetime) -> Sequence[JitsiServer]:
    """Every server that keeps a key which is good no more, whole, to be changed."""
    ended = select(ServerKey.server_id).where(ServerKey.ends_at <= now)
    query = select(JitsiServer).where(JitsiServer.id.in_(ended)).order_by(JitsiServer.id)
    query = query.options(*WHOLE_SERVER).with_for_update(of=JitsiServer)
    return (await db.scalars(query.execution_options(populate_existing=True))).all()


async def last_told_at(db: Db, server_id: UUID) -> datetime | None:
    """Say when a server last told us of a room, as far as that is still kept."""
    query = select(StoredEvent.received_at).where(StoredEvent.server_id == server_id)
    return await db.scalar(query.order_by(StoredEvent.received_at.desc()).limit(1))


async def _found(db: Db, query: Select[JitsiServer]) -> JitsiServer:
    query = query.options(*WHOLE_SERVER).execution_options(populate_existing=True)
    found = await db.scalar(query)
    if found is None:
        raise NotFound
    return found
