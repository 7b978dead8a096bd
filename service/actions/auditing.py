"""Keeping the audit's chain: linking what was written, signing its end, checking it, and forgetting the old.

Linking and forgetting are jobs; checking is what `manyways check` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Final
from uuid import UUID

from dateutil.relativedelta import relativedelta

from service.actor import Actor
from service.identifiers import new_id
from service.keys import Keys
from service.storage.audit_chain import (
    AuditCheckpoint,
    add_links,
    checkpoints_of,
    count_unlinked,
    has_lines_before,
    links_after,
    newest_link,
    remove_lines,
    take_chain,
    unlinked_lines,
)
from service.storage.audit_hash import (
    AT,
    Broken,
    Link,
    Point,
    Signed,
    Trouble,
    after,
    beginning,
    follow,
    signed_words,
)
from service.storage.base import Db

PURPOSE: Final = "audit-checkpoint"
#: How long lines are kept.
KEPT: Final = relativedelta(months=24)
#: So many lines are linked, checked or forgotten at once.
BATCH: Final = 5000
#: In this minute of each hour all lines are looked at, not only the latest.
WHOLE_LOOK: Final = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of a chain that holds: its lines, and those that have no link yet."""

    lines: int
    unlinked: int
    earliest_unlinked: datetime | None


async def link_lines(db: Db, actor: Actor, keys: Keys, *, now: datetime) -> int:
    """Link the lines written since the last time, and sign the chain's end once a day.

    A line that was committed later than others with a later time is linked later, wherever it is dated.
    """
    house = actor.organisation_id
    if not await take_chain(db, house):
        return 0
    newest = await newest_link(db, house)
    signed = await checkpoints_of(db, house)
    beside = newest.line_id if newest is not None and now.minute != WHOLE_LOOK else None
    lines = await unlinked_lines(db, house, beside=beside, limit=BATCH)
    end = Point(newest.number, newest.hash) if newest is not None else _start(house, signed)
    points = []
    for line in lines:
        end = after(end, line)
        points.append((line, end))
    await add_links(db, house, points)
    if len(lines) < BATCH and _is_to_be_signed(end, signed, now):
        db.add(_checkpoint(keys, house, end, now=now))
    return len(lines)


async def check_chain(db: Db, keys: Keys, organisation_id: UUID, *, is_dated: bool) -> Checked:
    """Follow the chain from its newest checkpoint to its end; raises Broken.

    `is_dated` is false where the clock may have been turned back, as in a demonstration.
    """
    signed = await checkpoints_of(db, organisation_id)
    _check_signatures(keys, organisation_id, signed)
    heads, point, number = _heads(signed), _start(organisation_id, signed), 0
    while links := await links_after(db, organisation_id, point.number, limit=BATCH):
        point = follow(point, links, heads, is_dated=is_dated)
        number += len(links)
    if signed and point.number < signed[-1].number:
        raise Broken(Trouble.CUT_OFF, point.number + 1, point.at)
    unlinked, earliest = await count_unlinked(db, organisation_id)
    return Checked(number, unlinked, earliest)


async def forget_audit_before(
    db: Db, actor: Actor, keys: Keys, before: datetime, *, now: datetime
) -> int:
    """Remove the beginning of the chain that is dated earlier, behind a signed checkpoint; count the lines.

    What is removed is checked first: raises Broken, and removes nothing, if it was touched.
    """
    house = actor.organisation_id
    if not await has_lines_before(db, house, before) or not await take_chain(db, house):
        return 0
    signed = await checkpoints_of(db, house)
    _check_signatures(keys, house, signed)
    start = _start(house, signed)
    old = _dated_before(await links_after(db, house, start.number, limit=BATCH), before)
    if not old:
        return 0
    end = follow(start, old, _heads(signed), is_dated=False)
    db.add(_checkpoint(keys, house, end, now=now, lines_before=before))
    await db.flush()
    await remove_lines(db, house, end.number)
    return len(old)


async def forget_old_lines(db: Db, actor: Actor, keys: Keys, *, now: datetime) -> int:
    """Remove what is older than two years, counted from the last midnight in UTC: once a day."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return await forget_audit_before(db, actor, keys, midnight - KEPT, now=now)


def _dated_before(links: Sequence[Link], before: datetime) -> list[Link]:
    """Give the links up to the first line that is dated later; a line that is gone ends it too."""
    old = []
    for link in links:
        at = link.line[AT] if link.line is not None else None
        if not isinstance(at, datetime) or at >= before:
            break
        old.append(link)
    return old


def _start(organisation_id: UUID, signed: Sequence[AuditCheckpoint]) -> Point:
    """Give where the lines that are kept begin: after the newest that were let go, or with the first."""
    let_go = [each.point for each in signed if each.lines_before is not None]
    return let_go[-1] if let_go else beginning(organisation_id)


def _heads(signed: Sequence[AuditCheckpoint]) -> dict[int, Signed]:
    return {
        each.number: Signed(each.number, each.hash, each.made_at)
        for each in signed
        if each.lines_before is None
    }


def _is_to_be_signed(end: Point, signed: Sequence[AuditCheckpoint], now: datetime) -> bool:
    """Tell whether the chain has grown, and was not signed today."""
    if not signed:
        return end.number > 0
    return end.number > signed[-1].number and signed[-1].made_at.date() != now.date()


def _checkpoint(
    keys: Keys,
    organisation_id: UUID,
    point: Point,
    *,
    now: datetime,
    lines_before: datetime | None = None,
) -> AuditCheckpoint:
    return AuditCheckpoint(
        id=new_id(),
        organisation_id=organisation_id,
        number=point.number,
        hash=point.hash,
        signature=keys.signature(PURPOSE, signed_words(organisation_id, point, now, lines_before)),
        lines_before=lines_before,
        made_at=now,
    )


def _check_signatures(keys: Keys, organisation_id: UUID, signed: Sequence[AuditCheckpoint]) -> None:
    for each in signed:
        words = signed_words(organisation_id, each.point, each.made_at, each.lines_before)
        if not compare_digest(keys.signature(PURPOSE, words), each.signature):
            raise Broken(Trouble.FORGED, each.number)
