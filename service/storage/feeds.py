"""Calendar feeds: addresses a calendar program asks again and again, and the stored events they are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.hot import Query
from service.storage.people import Person

Insert = postgresql.Insert | sqlite.Insert
_INSERT: Final[Mapping[str, Callable[[type[Base]], Insert]]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
#: Feeds whose stored events are older than what they show.
IS_BEHIND = "kept_version < version"


class FeedKind(StrEnum):
    """Whose meetings a feed shows: those a person is invited to, or those a facilitator may see."""

    OWN = "own"
    HOSTING = "hosting"


class Feed(OfOrganisation, Base):
    """One secret address of one person. `version` grows whenever anything it shows may have changed.

    Only a keyed hash of the address is stored; raising `link_generation` makes a new one. The events it
    shows have been stored up to `kept_version`.
    """

    __tablename__ = "feeds"
    __table_args__ = (
        Index(None, "organisation_id", "person_id"),
        Index(
            "ix_feeds_behind",
            "organisation_id",
            sqlite_where=text(IS_BEHIND),
            postgresql_where=text(IS_BEHIND),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[FeedKind]
    name: Mapped[str] = mapped_column(default="")
    link_hash: Mapped[str] = mapped_column(unique=True)
    link_generation: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    kept_version: Mapped[int] = mapped_column(default=0)
    leaves_out_mailed: Mapped[bool] = mapped_column(default=False)
    is_neutral: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class CalendarBlock(Base):
    """One event as calendar text, made once for a version: of an invitation, or of a meeting.

    `made_for` says for whom and how plainly ("guest-full", "host-plain"); `key` names the facts it was
    made from, so a block with another key than the facts give is old.
    """

    __tablename__ = "calendar_blocks"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    made_for: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    block: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class KeptBlock:
    """A block to be stored."""

    subject_id: UUID
    made_for: str
    key: str
    block: bytes
    made_at: datetime


#: By the hash of the address: which feed, at which version, and whether it is still open. A feed of
#: meetings one hosts opens nothing once its person may not sign in any more.
FEED_BY_HASH = Query(
    "SELECT feeds.id, feeds.version, feeds.revoked_at IS NULL AND "
    "(feeds.kind = 'own' OR staff.person_id IS NOT NULL AND staff.disabled_at IS NULL) "
    "FROM feeds LEFT JOIN staff ON staff.person_id = feeds.person_id WHERE feeds.link_hash = $1"
)
#: By the name in addresses: which organisation, and the version of what it shows in public.
PUBLIC_BY_SLUG = Query("SELECT id, public_version FROM organisations WHERE slug = $1 AND is_public")


async def feed_by_id(db: Db, feed_id: UUID) -> Feed:
    """Give the feed, whoever asks: its secret address was checked before. Raises NotFound."""
    feed = await db.get(Feed, feed_id)
    if feed is None:
        raise NotFound
    return feed


async def own_feeds(db: Db, actor: Actor, kind: FeedKind) -> Sequence[Feed]:
    """The actor's own feeds of one kind that were not stopped, oldest first."""
    query = select(Feed).where(
        Feed.organisation_id == actor.organisation_id,
        Feed.person_id == actor.person_id,
        Feed.kind == kind,
        Feed.revoked_at.is_(None),
    )
    return (await db.scalars(query.order_by(Feed.created_at, Feed.id))).all()


async def own_feed(db: Db, actor: Actor, kind: FeedKind, feed_id: UUID) -> Feed:
    """Give one of the actor's own feeds, so that nobody else changes it meanwhile; raises NotFound."""
    query = select(Feed).where(
        Feed.organisation_id == actor.organisation_id,
        Feed.person_id == actor.person_id,
        Feed.kind == kind,
        Feed.id == feed_id,
        Feed.revoked_at.is_(None),
    )
    feed = await db.scalar(query.with_for_update())
    if feed is None:
        raise NotFound
    return feed


async def feeds_behind(db: Db, organisation_id: UUID, *, limit: int) -> Sequence[Feed]:
    """Open feeds that may show something else than what was stored of them."""
    query = (
        select(Feed)
        .where(Feed.organisation_id == organisation_id, Feed.kept_version < Feed.version)
        .where(Feed.revoked_at.is_(None))
    )
    return (await db.scalars(query.order_by(Feed.id).limit(limit))).all()


async def keep_blocks(db: Db, blocks: Sequence[KeptBlock]) -> None:
    """Store blocks, in the place of older ones of the same subjects made for the same.

    Doing it in two processes at once does it twice, with the same result.
    """
    rows = [
        asdict(block) for block in sorted(blocks, key=lambda one: (one.subject_id, one.made_for))
    ]
    if not rows:
        return
    insert = _INSERT[db.get_bind().dialect.name](CalendarBlock)
    newer = {name: insert.excluded[name] for name in ("key", "block", "made_at")}
    await db.execute(
        insert.on_conflict_do_update(index_elements=["subject_id", "made_for"], set_=newer), rows
    )


async def mark_kept(db: Db, feed: Feed) -> None:
    """Write down that the events of this version of a feed are stored."""
    mark = update(Feed).where(Feed.id == feed.id).values(kept_version=feed.version)
    await db.execute(mark.execution_options(synchronize_session=False))
