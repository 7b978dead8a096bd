"""Giving somebody's series to another host, so that new dates are not made for one who has stopped."""

from datetime import datetime

from service.actions.keeping_apart import is_unchecked
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.people import Person
from service.storage.series import claim_series, series_hosted_by
from service.storage.series_guests import guests_of_many


async def hand_over_series(
    db: Db, actor: Actor, *, old: Person, new: Person | None, now: datetime
) -> int:
    """Put `new` in the place of `old` in every series that has not ended; counts them.

    Who hosts it already cannot take both places, so the second one falls free. The dates that were made
    are handed over by themselves.
    """
    require(actor, Permission.SET_UP)
    theirs = await series_hosted_by(db, actor, old.id)
    guests = await guests_of_many(db, actor, [each.id for each in theirs])
    for series in theirs:
        await claim_series(db, series, series.version)
        lead, second = (
            new if host is not None and host.id == old.id else host
            for host in (series.lead, series.second)
        )
        is_both = lead is not None and second is not None and lead.id == second.id
        series.lead, series.second = lead, None if is_both else second
        await db.flush()
        await is_unchecked(db, series, [each.person for each in guests[series.id]], now=now)
        facts = {"old": old.id, "new": new.id if new else ""}
        record(db, actor, "series.handed-over", series, now=now, **facts)
    return len(theirs)
