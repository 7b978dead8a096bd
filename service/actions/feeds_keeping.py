"""Store the events of feeds after a change, so that whoever asks next gets them joined and not made."""

from datetime import datetime

from service.actions.feeds_showing import Scribe, Show, show_of, shown
from service.actor import Actor
from service.storage.base import Db
from service.storage.feeds import KeptBlock, feeds_behind, keep_blocks, mark_kept

#: So many feeds are looked at in one go, and so many events made at most.
FEEDS, EVENTS = 50, 200


async def keep_feeds(db: Db, actor: Actor, scribe: Scribe, *, now: datetime) -> int:
    """Store the events of feeds that changed since, some at a time; gives how many were made."""
    made, whole = 0, []
    for feed in await feeds_behind(db, actor.organisation_id, limit=FEEDS):
        show = await show_of(db, scribe, feed, now=now)
        fresh, is_whole = await _fresh(db, show, EVENTS - made, now)
        await keep_blocks(db, fresh)
        made += len(fresh)
        if not is_whole:
            break
        whole.append(feed)
    # Last, and in the order of their ids, as whoever touches feeds locks them.
    for feed in whole:
        await mark_kept(db, feed)
    return made


async def _fresh(db: Db, show: Show, most: int, now: datetime) -> tuple[list[KeptBlock], bool]:
    """Make the events of a feed that are not stored, so many at most; tell whether that is all."""
    fresh: list[KeptBlock] = []
    async for event in shown(db, show, most=most):
        if event.is_new:
            row = event.row
            fresh.append(KeptBlock(row.subject_id, show.made_for, row.key, event.text, now))
    return fresh, len(fresh) < most
