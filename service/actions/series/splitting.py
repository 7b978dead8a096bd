"""Splitting a series: from one date on it is another one, with the same people; what was stays as it was."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from service.actions.series.making import Rows, decided_by_rule
from service.actions.series.template import plan_of_series
from service.actions.series.working_out import Work
from service.identifiers import new_id
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.series import Series, SeriesDate, SeriesGuest

#: What the series that follows does not take over as it is.
OF_ITS_OWN: Final = frozenset({"id", "version", "created_at", "started_at", "follows_id"})
PARTS: Final = ("kind", "lead", "second", "place", "outdoor_place")


async def split_off(db: Db, work: Work, *, now: datetime) -> Series:
    """End the series the day before the edit begins, and begin another with its people."""
    old = work.series
    alike = {
        column.key: getattr(old, column.key)
        for column in Series.__table__.columns
        if column.key not in OF_ITS_OWN
    }
    parts = {name: getattr(old, name) for name in PARTS}
    new = Series(
        **alike,
        **parts,
        id=new_id(),
        version=1,
        created_at=now,
        started_at=now,
        follows_id=old.id,
        dates=[],
    )
    db.add(new)
    old.ends_on = plan_of_series(old).split(work.since)[0].ends_on
    await db.flush()
    guests = await db.scalars(
        select(SeriesGuest).where(SeriesGuest.series_id == old.id, SeriesGuest.left_at.is_(None))
    )
    columns = SeriesGuest.__table__.columns.keys()
    rows = [
        {name: getattr(each, name) for name in columns} | {"id": new_id(), "series_id": new.id}
        for each in guests
    ]
    if rows:
        await db.execute(insert(SeriesGuest), rows)
    return new


async def give_places(db: Db, work: Work, series: Series, rows: Rows) -> None:
    """Give the dates that were made their places in the new rule, and write down what was decided.

    All places are taken away first, because one date may move to where another one was.
    """
    ids = [row.id for row in work.rows]
    if (
        any(work.places[row.id] != row.series_on for row in work.rows)
        or series.id != work.series.id
    ):
        moved = update(Meeting).where(Meeting.id.in_(ids))
        moved = moved.values(series_on=None, series_id=series.id)
        await db.execute(moved.execution_options(synchronize_session=False))
        for row in work.rows:
            set_committed_value(row, "series_on", None)
            set_committed_value(row, "series_id", series.id)
            row.series_on = work.places[row.id]
        await db.flush()
    later = delete(SeriesDate).where(
        SeriesDate.series_id == work.series.id, SeriesDate.on >= work.since
    )
    await db.execute(later.execution_options(synchronize_session=False))
    rows.add_decisions(series, {**decided_by_rule(work.decided), **work.plan.by_hand})
