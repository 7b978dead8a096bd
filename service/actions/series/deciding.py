"""The dates of a series before they are made: what each falls on, and what becomes of it.

A date is kept, left out or moved by a person, or by the series' rules for what dates fall on. Dates that
were made into sessions are changed on the sessions' own pages.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from scheduling.dates import DateKind, Finding
from scheduling.recurrence import Window, instant_of
from scheduling.series import (
    Decision,
    PlannedDate,
    SeriesPlan,
    SeriesState,
    dates_in,
    dates_to_look_at,
)
from scheduling.time import WallTime
from scheduling.ways import Way
from service.actions.looking_at_dates import Looked, findings_for
from service.actions.permissions import Permission, require
from service.actions.plans import Around, Details, around_of, details_of
from service.actions.series.template import plan_of_series
from service.actor import Actor
from service.errors import Invalid, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.series import Series, SeriesDate, claim_series, series_by_id

Findings = Mapping[datetime, tuple[Finding, ...]]
OF_PLACES_AND_HOSTS = frozenset(
    {DateKind.PLACE_CLOSED, DateKind.PLACE_CHECK, DateKind.PLACE_TAKEN, DateKind.HOST_TAKEN}
)
#: Nobody decides about single dates further off than this.
FURTHEST = timedelta(days=10 * 366)
NOBODY_NOWHERE = Around(place=None, outdoor_place=None, lead=None, second=None)


async def look_at_dates(
    db: Db,
    actor: Actor,
    series: Series,
    window: Window,
    also: Iterable[datetime],
    *,
    now: datetime,
) -> tuple[tuple[PlannedDate, ...], Findings]:
    """List the dates in a window with everything found about them, where they move, and `also` others."""
    require(actor, Permission.SEE_MEETINGS)
    plan = plan_of_series(series)
    moved = {each.moved_to for each in plan.by_hand.values() if each.moved_to is not None}
    starts = {*dates_to_look_at(plan, window), *also, *filter(window.contains, moved)}
    known = await findings_for(db, actor, looked_of_series(series), sorted(starts))
    return dates_in(plan, window, _kinds(known)), known


async def decided_dates(
    db: Db, actor: Actor, looked: Looked, plan: SeriesPlan, window: Window
) -> tuple[PlannedDate, ...]:
    """List the dates of a plan in a window; nothing is looked up if no rule asks what they fall on."""
    require(actor, Permission.SEE_MEETINGS)
    if not plan.date_rules:
        return dates_in(plan, window, {})
    asked = _asked_about(looked, plan.date_rules.keys())
    known = await findings_for(db, actor, asked, dates_to_look_at(plan, window))
    return dates_in(plan, window, _kinds(known))


def _asked_about(looked: Looked, kinds: Collection[DateKind]) -> Looked:
    """Leave out places, hosts and the sky where no rule asks about them: they cost the most to look up."""
    if OF_PLACES_AND_HOSTS.isdisjoint(kinds):
        looked = replace(looked, around=NOBODY_NOWHERE)
    return (
        looked if DateKind.DARKNESS in kinds else replace(looked, ways=looked.ways - {Way.OUTDOORS})
    )


def looked_of_series(series: Series) -> Looked:
    """Give a series (loaded whole) as what findings depend on; its own dates are no double booking."""
    return looked_with_series(series, series.zone, details_of(series), around_of(series))


def looked_with_series(series: Series, zone: str, details: Details, around: Around) -> Looked:
    """Give a series as it would be with other details."""
    return Looked(
        kind=series.kind,
        zone=zone,
        minutes=details.minutes,
        ways=frozenset(details.limits),
        around=around,
        but=[series.id],
    )


async def decide_date(
    db: Db,
    actor: Actor,
    series_id: UUID,
    on: datetime,
    decision: Decision,
    *,
    now: datetime,
) -> Series:
    """Keep, leave out or move one date by hand; raises Refused for one that was made into a session."""
    series, plan = await _undecided(db, actor, series_id, on, now=now)
    if decision.moved_to is not None:
        _check_move(series, plan, decision.moved_to, now=now)
    row = next((each for each in series.dates if each.on == on), None)
    if row is None:
        row = SeriesDate(organisation_id=series.organisation_id, series_id=series.id, on=on)
        series.dates.append(row)
    row.choice, row.moved_to, row.because = decision.choice, decision.moved_to, ""
    await claim_series(db, series, series.version)
    record(db, actor, "series.dated", series, now=now, on=on.isoformat(), choice=decision.choice)
    await db.flush()
    return series


async def undecide_date(
    db: Db, actor: Actor, series_id: UUID, on: datetime, *, now: datetime
) -> Series:
    """Forget what was decided about a date by hand, and let the rules decide again."""
    series, _ = await _undecided(db, actor, series_id, on, now=now)
    for row in [each for each in series.dates if each.on == on]:
        series.dates.remove(row)
    await claim_series(db, series, series.version)
    record(db, actor, "series.dated", series, now=now, on=on.isoformat(), choice="")
    await db.flush()
    return series


async def _undecided(
    db: Db, actor: Actor, series_id: UUID, on: datetime, *, now: datetime
) -> tuple[Series, SeriesPlan]:
    """Give a series and its plan, if it is not too late to decide about this date of it."""
    require(actor, Permission.PLAN_MEETINGS)
    series = await series_by_id(db, actor, series_id)
    plan = plan_of_series(series)
    is_too_far = on - max(plan.first, now.replace(tzinfo=None)) > FURTHEST
    if is_too_far or on not in plan.on_rule(Window.of_days(on.date(), on.date())):
        raise Invalid({"on": "not-a-choice"})
    if instant_of(WallTime(on, series.zone)) <= now:
        raise Refused("starts-in-past", field="on")
    is_made = series.made_until is not None and on.date() <= series.made_until
    if series.state is not SeriesState.DRAFT and is_made:
        raise Refused("date-is-made", field="on")
    return series, plan


def _check_move(series: Series, plan: SeriesPlan, moved_to: datetime, *, now: datetime) -> None:
    """Refuse the past, and a time at which the series takes place anyway."""
    if instant_of(WallTime(moved_to, series.zone)) <= now:
        raise Refused("starts-in-past", field="moved_to")
    if moved_to in plan.on_rule(Window.of_days(moved_to.date(), moved_to.date())):
        raise Refused("is-own-date", field="moved_to")


def _kinds(known: Findings) -> dict[datetime, frozenset[DateKind]]:
    return {start: frozenset(each.kind for each in found) for start, found in known.items()}
