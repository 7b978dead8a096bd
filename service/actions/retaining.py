"""Removing by night what was kept for long enough, exactly as the schedule says, and saying so beforehand.

Once each night for each organisation, some at a time; what is left over goes on in the next minute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from accessibility.disclosure import shown_count
from accessibility.retention import Held, removed_before
from scheduling.recurrence import instant_of
from scheduling.time import WallTime, on_wall
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.outbound.tray import PostTray
from service.storage.audit import AuditLine, record
from service.storage.base import Db
from service.storage.counts import Counted, sums_of
from service.storage.looks import removals_of
from service.storage.organisations import installation_fact, organisation_by_id, set_fact
from service.storage.retaining import BATCH, DUE, count_due, due_now, forget_troubles, remove_due

#: What a line about one night is called.
REMOVED: Final = "data.removed"
#: The hour of the night, on the organisation's clock, after which it begins.
HOUR: Final = 3
#: How far ahead is said what will go.
AHEAD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many of one sort go tonight, and within thirty days; None: fewer than may be shown."""

    held: Held
    tonight: int | None
    soon: int | None


async def retain(db: Db, actor: Actor, tray: PostTray, *, now: datetime) -> int:
    """Remove the next of what is due tonight, and count it; nothing once the night's work is done."""
    require(actor, Permission.SEE_KEPT)
    organisation = await organisation_by_id(db, actor.organisation_id)
    local = on_wall(now, organisation.zone).local
    name, tonight = f"retained|{organisation.id}", local.date().isoformat()
    if local.hour < HOUR or await installation_fact(db, name) == tonight:
        return 0
    removed, is_done = await _remove_some(db, actor, now)
    if is_done:
        await forget_troubles(db, actor, now)
        letters = await tray.remove_before(removed_before(Held.LETTERS, now))
        removed |= {Held.LETTERS: removed.get(Held.LETTERS, 0) + letters} if letters else {}
        await set_fact(db, name, tonight)
    if removed:
        numbers = {held.value: number for held, number in removed.items()}
        record(db, actor, REMOVED, None, now=now, **numbers)
    return sum(removed.values())


async def foresee_removals(
    db: Db, actor: Actor, tray: PostTray, *, now: datetime
) -> Sequence[Foreseen]:
    """Say how much goes tonight and within thirty days; small numbers are hidden."""
    require(actor, Permission.SEE_KEPT)
    zone = (await organisation_by_id(db, actor.organisation_id)).zone
    tonight = _next_night(now, zone)
    times = [tonight, tonight + AHEAD]
    found = dict(await count_due(db, actor, times))
    letters = [await tray.count_before(removed_before(Held.LETTERS, at)) for at in times]
    found[Held.LETTERS] = [sum(pair) for pair in zip(found[Held.LETTERS], letters, strict=True)]
    return [Foreseen(held, shown(at[0]), shown(at[1])) for held, at in found.items()]


async def earlier_nights(db: Db, actor: Actor) -> Sequence[AuditLine]:
    """Give what the audit says of earlier nights, newest first."""
    require(actor, Permission.SEE_KEPT)
    return await removals_of(db, actor, REMOVED)


async def what_is_left(db: Db, actor: Actor) -> Mapping[Counted, Sequence[tuple[str, int | None]]]:
    """Give what is left only as numbers; small ones are hidden."""
    require(actor, Permission.SEE_KEPT)
    sums = await sums_of(db, actor)
    return {what: [(word, shown(people)) for word, people in sums[what]] for what in sums}


async def _remove_some(db: Db, actor: Actor, now: datetime) -> tuple[dict[Held, int], bool]:
    """Remove one batch of each sort, and say whether that was all; what rests on a full one waits."""
    removed: dict[Held, int] = {}
    for held in DUE:
        ids = await due_now(db, actor, held, now)
        if ids:
            await remove_due(db, actor, held, ids)
            removed[held] = len(ids)
        if len(ids) == BATCH:
            return removed, False
    return removed, True


def shown(count: int) -> int | None:
    """Give a count that may be shown; that there is nothing may be."""
    return 0 if count == 0 else shown_count(count)


def _next_night(now: datetime, zone: str) -> datetime:
    local = on_wall(now, zone).local
    day = local.date() if local.hour < HOUR else local.date() + timedelta(days=1)
    return instant_of(WallTime(datetime.combine(day, time(HOUR)), zone))
