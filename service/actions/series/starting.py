"""Starting a series: its dates are made, and people are told of those that are near."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from scheduling.recurrence import Window, instant_of
from scheduling.series import DateChoice, PlannedDate, SeriesPlan, SeriesState, told_of
from scheduling.time import WallTime
from service.actions.foreseeing import Forecast, foresee_at
from service.actions.inviting import Issuer, Outcome
from service.actions.keeping_apart import is_unchecked
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.readiness import known_line, refuse_unless_ready
from service.actions.series.deciding import decided_dates, looked_of_series
from service.actions.series.drafting import draft_of_series
from service.actions.series.making import Rows, decided_by_rule, horizon
from service.actions.series.opening import open_dates_of
from service.actions.series.template import plan_of_series, series_findings
from service.actor import Actor
from service.errors import Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.series import Series, claim_series
from service.storage.series_guests import guests_of_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Starting:
    """What starting would do: how many people are invited to how many dates, and are told how of which.

    `told_now` counts the dates people hear of at once; `skipped` and `moved` those the rule gives
    otherwise.
    """

    series: Series
    people: int
    dates: int
    told_now: int
    skipped: int
    moved: int
    forecast: Forecast


async def foresee_starting(db: Db, actor: Actor, series_id: UUID, *, now: datetime) -> Starting:
    """Say what starting a draft would do; raises Refused without a rule or a first date."""
    series = await draft_of_series(db, actor, series_id)
    dates = await _dates(db, actor, series, now)
    starts = _starts(series, dates, now)
    people = [each.person for each in (await guests_of_many(db, actor, [series.id]))[series.id]]
    choices = [each.decision.choice for each in dates]
    near = told_of(starts, now=now, weeks_ahead=series.weeks_ahead)
    told = {each.id: (each, near[0]) for each in people} if near else {}
    return Starting(
        series=series,
        people=len(people),
        dates=len(starts),
        told_now=len(near),
        skipped=choices.count(DateChoice.SKIP),
        moved=choices.count(DateChoice.MOVE),
        forecast=await foresee_at(db, actor.organisation_id, told, now=now),
    )


async def start_series(
    db: Db, actor: Actor, issuer: Issuer, series_id: UUID, *, now: datetime
) -> Outcome:
    """Make the dates of a draft and tell everybody of those that are near.

    Raises Invalid with everything still to put right, Refused if there would be no date at all. WAITS if a
    coordinator must look at the list first: a task says so, and nothing else has changed.
    """
    require(actor, Permission.PLAN_MEETINGS)
    series = await draft_of_series(db, actor, series_id)
    refuse_unless_ready(series_findings(series, await known_line(db, series), now=now))
    guests = (await guests_of_many(db, actor, [series.id]))[series.id]
    dates = await _dates(db, actor, series, now)
    if not _starts(series, dates, now):
        raise Refused("no-dates", field="rule")
    if await is_unchecked(db, series, [each.person for each in guests], now=now):
        return Outcome.WAITS
    await claim_series(db, series, series.version)
    series.state, series.started_at = SeriesState.RUNNING, now
    series.made_until = _made_until(plan_of_series(series), now)
    await db.flush()
    rows = Rows(issuer, now)
    rows.add_decisions(series, decided_by_rule(dates))
    made = rows.add_dates(series, dates, guests)
    await rows.write(db)
    await give_pins(db, actor.organisation_id, made)
    await open_dates_of(db, actor, series, now=now)
    record(db, actor, "series.started", series, now=now, dates=len(made), people=len(guests))
    return Outcome.DONE


async def _dates(db: Db, actor: Actor, series: Series, now: datetime) -> tuple[PlannedDate, ...]:
    plan = plan_of_series(series)
    window = Window.of_days(plan.first.date(), _made_until(plan, now))
    return await decided_dates(db, actor, looked_of_series(series), plan, window)


def _made_until(plan: SeriesPlan, now: datetime) -> date:
    """Give the day up to which dates are made: the first is, however far away."""
    return max(plan.first.date(), horizon(now))


def _starts(series: Series, dates: tuple[PlannedDate, ...], now: datetime) -> list[datetime]:
    walls = [WallTime(each.starts, series.zone) for each in dates if each.starts is not None]
    return [starts_at for wall in walls if (starts_at := instant_of(wall)) > now]
