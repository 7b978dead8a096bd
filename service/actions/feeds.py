"""A person's calendar feeds: getting an address, choosing what it shows, a new address, stopping one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.actions.permissions import Permission, require
from service.actions.telling import may_write_to
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.identifiers import new_id
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db
from service.storage.feeds import Feed, FeedKind, own_feed, own_feeds

LONGEST_NAME = 60
#: Nobody has more calendars than this; a list without end would be no help.
MOST_FEEDS = 8


@dataclass(frozen=True, slots=True)
class FeedWish:
    """What a person wants of a feed: a name to tell it by, plain titles, and no dates twice."""

    name: str
    is_neutral: bool = True
    leaves_out_mailed: bool = False

    def check(self) -> None:
        """Raise Invalid if it cannot be kept."""
        if not self.name:
            raise Invalid({"name": "feed-name-needed"})
        if len(self.name) > LONGEST_NAME:
            raise Invalid({"name": "too-long"})


async def make_feed(
    db: Db, actor: Actor, keys: Keys, kind: FeedKind, wish: FeedWish, *, now: datetime
) -> Feed:
    """Give a person one more address; raises Invalid or Refused.

    Somebody whom only a human may contact gets none here: whoever holds their phone could read it.
    """
    _require(actor, kind)
    if actor.person_id is None:
        raise NotFound
    if not await may_write_to(db, actor.organisation_id, actor.person_id):
        raise Refused("ring-to-change")
    wish.check()
    if len(await own_feeds(db, actor, kind)) >= MOST_FEEDS:
        raise Refused("too-many-feeds", field="name", most=MOST_FEEDS)
    feed = Feed(
        id=new_id(),
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        kind=kind,
        link_generation=1,
        created_at=now,
    )
    _fill(feed, wish)
    feed.link_hash = keys.hashed("feed", keys.feed_secret(feed.id, feed.link_generation))
    db.add(feed)
    record(db, actor, "feed.made", feed, now=now, kind=kind.value)
    await db.flush()
    return feed


async def change_feed(
    db: Db, actor: Actor, kind: FeedKind, feed_id: UUID, wish: FeedWish, *, now: datetime
) -> None:
    """Change a feed's name and what it shows; raises NotFound or Invalid."""
    _require(actor, kind)
    feed = await own_feed(db, actor, kind, feed_id)
    wish.check()
    _fill(feed, wish)
    feed.version += 1
    record(db, actor, "feed.changed", feed, now=now)


async def renew_feed(
    db: Db, actor: Actor, keys: Keys, kind: FeedKind, feed_id: UUID, *, now: datetime
) -> None:
    """Give a feed a new address; the old one opens nothing from now on. Raises NotFound."""
    _require(actor, kind)
    feed = await own_feed(db, actor, kind, feed_id)
    feed.link_generation += 1
    feed.link_hash = keys.hashed("feed", keys.feed_secret(feed.id, feed.link_generation))
    record(db, actor, "feed.renewed", feed, now=now)


async def stop_feed(db: Db, actor: Actor, kind: FeedKind, feed_id: UUID, *, now: datetime) -> None:
    """Stop a feed for good; raises NotFound."""
    _require(actor, kind)
    feed = await own_feed(db, actor, kind, feed_id)
    feed.revoked_at = now
    record(db, actor, "feed.stopped", feed, now=now)


async def feeds_of(db: Db, actor: Actor, kind: FeedKind) -> Sequence[Feed]:
    """Give the actor's own feeds of one kind, oldest first."""
    _require(actor, kind)
    return await own_feeds(db, actor, kind)


def _require(actor: Actor, kind: FeedKind) -> None:
    """Ask for what a feed of this kind needs: one's own invitation, or to see meetings."""
    is_own = kind is FeedKind.OWN
    require(actor, Permission.OWN_INVITATION if is_own else Permission.SEE_MEETINGS)


def _fill(feed: Feed, wish: FeedWish) -> None:
    feed.name, feed.is_neutral = wish.name, wish.is_neutral
    feed.leaves_out_mailed = wish.leaves_out_mailed
