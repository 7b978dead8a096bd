"""Raising the versions of many invitations in a few statements, where nobody is told of it.

The rule is that of `scheduling.versions`: SEQUENCE by one, the stamp forward by a second at least.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true, update

from scheduling.answers import Answer
from scheduling.notices import Change
from scheduling.ways import Way
from service.storage.base import Db
from service.storage.invitations import Invitation

SECOND = timedelta(seconds=1)


async def raise_versions(
    db: Db,
    meeting_ids: Collection[UUID],
    alike: Collection[tuple[Way | None, Answer]] | None,
    changes: Collection[Change],
    *,
    asks_again: bool = False,
    now: datetime,
) -> None:
    """Raise the versions of all invited to these meetings, or of those with one of these ways and answers."""
    stamp = now.replace(microsecond=0)
    whose = (
        Invitation.meeting_id.in_(meeting_ids),
        Invitation.removed_at.is_(None),
        *([_is_one_of(alike)] if alike is not None else []),
    )
    values: dict[str, object] = {
        "sequence": Invitation.sequence + 1,
        "what_changed": " ".join(sorted(changes)),
    }
    if Change.TIME in changes:
        values["time_sequence"] = Invitation.sequence + 1
    if asks_again:
        values["asked_again"] = true()
    not_older = select(Invitation.stamp).where(*whose, Invitation.stamp >= stamp).distinct()
    latest_first = not_older.order_by(Invitation.stamp.desc())
    for taken in (await db.scalars(latest_first)).all():
        await _raise(db, (*whose, Invitation.stamp == taken), values, taken + SECOND)
    await _raise(db, (*whose, Invitation.stamp < stamp), values, stamp)


async def _raise(
    db: Db, whose: Collection[ColumnElement[bool]], values: dict[str, object], stamp: datetime
) -> None:
    raised = update(Invitation).where(*whose).values(stamp=stamp, **values)
    await db.execute(raised.execution_options(synchronize_session=False))


def _is_one_of(alike: Collection[tuple[Way | None, Answer]]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = false()
    for way, answer in alike:
        has_way = Invitation.way.is_(None) if way is None else Invitation.way == way
        found = found | (has_way & (Invitation.answer == answer))
    return found
