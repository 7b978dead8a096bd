"""Ending a series: dates after its last day are cancelled, and no more are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from scheduling.series import SeriesState
from scheduling.time import on_wall
from service.actions.cancelling import MOST_LETTERS
from service.actions.foreseeing import Forecast, foresee_at
from service.actions.permissions import Permission, require
from service.actions.series.consequences import invitations_in
from service.actions.series.dropping import cancel_dates
from service.actions.series.guests import coming_dates, running_series
from service.actions.series.standing import lock_dates
from service.actions.series.working_out import dates_reached
from service.actions.telling import told_and_safe
from service.actor import Actor
from service.errors import Invalid
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.series import Series, claim_series


@dataclass(frozen=True, slots=True)
class End:
    """The last day a series may take place on, and what is said to those invited to the dates after it."""

    series_id: UUID
    last_day: date
    message: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ending would do: how many dates to come are cancelled and kept, and who is told how."""

    series: Series
    cancelled: int
    kept: int
    forecast: Forecast


async def foresee_ending(db: Db, actor: Actor, end: End, *, now: datetime) -> Ending:
    """Say what ending a series after a day would do; raises NotFound, Invalid or Refused."""
    require(actor, Permission.PLAN_MEETINGS)
    series = await running_series(db, actor, end.series_id)
    coming = await coming_dates(db, series, now)
    gone = _after(coming, _checked(series, end, now))
    near = [each for each in gone if not each.is_held and each.starts_at is not None]
    invitations = await invitations_in(db, [each.id for each in near])
    ids = [one.id for there in invitations.values() for one in there]
    known, _ = await told_and_safe(db, actor.organisation_id, ids, [])
    told: dict[UUID, tuple[Person, datetime | None]] = {}
    for each in near:
        for one in invitations[each.id]:
            if one.id in known:
                told.setdefault(one.person_id, (one.person, each.starts_at))
    forecast = await foresee_at(db, actor.organisation_id, told, now=now)
    return Ending(series, len(gone), len(coming) - len(gone), forecast)


async def end_series(db: Db, actor: Actor, end: End, *, version: int, now: datetime) -> Series:
    """End a series after a day, with a message to everybody invited to what comes after it.

    Raises Conflict if it changed since it was looked at. The dates until then stay; without any the series
    has ended at once.
    """
    require(actor, Permission.PLAN_MEETINGS)
    series = await running_series(db, actor, end.series_id)
    last_day = _checked(series, end, now)
    await claim_series(db, series, version)
    await lock_dates(db, await dates_reached(db, series, now))
    coming = await coming_dates(db, series, now)
    gone = _after(coming, last_day)
    series.ends_on = last_day
    await cancel_dates(db, actor, gone, end.message, now=now)
    if len(gone) == len(coming):
        series.state, series.ended_at = SeriesState.ENDED, now
    record(db, actor, "series.ended", series, now=now, cancelled=len(gone))
    await db.flush()
    return series


def _checked(series: Series, end: End, now: datetime) -> date:
    """Give the last day, which no one can set back into the past: what was held stays held."""
    if len(end.message) > MOST_LETTERS:
        raise Invalid({"message": "too-long"})
    return max(end.last_day, on_wall(now, series.zone).local.date())


def _after(coming: Sequence[Meeting], last_day: date) -> list[Meeting]:
    return [
        each
        for each in coming
        if each.starts_local is not None and each.starts_local.date() > last_day
    ]
