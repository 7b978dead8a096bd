"""The series of the demonstration, planned and started by its own people, and who comes each time."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from accessibility.requests import RequestState
from scheduling.dates import DateKind
from scheduling.recurrence import Rule, Window, first_on
from scheduling.series import DateChoice, Decision
from scheduling.time import on_wall
from service.actions.arranging import take_on
from service.actions.series.deciding import decide_date, look_at_dates
from service.actions.series.drafting import save_series, start_series_draft
from service.actions.series.guests import choose_guests
from service.actions.series.joining import Standing, count_in
from service.actions.series.starting import start_series
from service.actions.series.template import Template, template_of
from service.actor import Actor
from service.demonstration.playing import all_told
from service.demonstration.scenes import Repeating
from service.demonstration.stage import Stage
from service.storage.invitations import Choice, Invitation
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.planned import PhoneJoining
from service.storage.series import Series, meetings_of_series, series_by_id

#: What falls so far away is not decided yet.
LOOKED_AHEAD = timedelta(days=200)


async def repeat(stage: Stage, scene: Repeating) -> None:
    """Let a series come about, as far as it has come; everybody was told of its first dates."""
    planned = stage.now - timedelta(days=scene.planned_days_ago)
    host = stage.as_staff(scene.lead)
    series = await start_series_draft(stage.db, host, stage.kinds[scene.kind].id, now=planned)
    template = _template(stage, scene, series)
    await save_series(stage.db, host, series.id, template, now=planned)
    groups = frozenset(stage.groups[name].id for name in scene.groups)
    people = frozenset(stage.people[name].id for name in scene.people)
    choice = Choice(people, groups)
    await choose_guests(stage.db, host, series.id, choice, now=planned)
    if scene.skips is not None:
        await _skip(stage, host, series.id, scene.skips, now=planned)
    if scene.is_draft:
        return
    await start_series(stage.db, host, stage.issuer, series.id, now=planned)
    for each in scene.each_time:
        person, standing = stage.people[each.who].id, Standing(each.way)
        await count_in(stage.db, stage.coordinator, series.id, person, standing, now=planned)
    for meeting in await meetings_of_series(stage.db, host, series.id):
        await all_told(stage, meeting, planned)
    await _take_on(stage, series.id, planned)


async def _take_on(stage: Stage, series_id: UUID, now: datetime) -> None:
    """Let the coordinator take on what those who come each time asked for."""
    asked = (
        select(AccessRequest.id)
        .join(Invitation, Invitation.id == AccessRequest.invitation_id)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(Meeting.series_id == series_id, AccessRequest.state == RequestState.SUBMITTED)
        .order_by(AccessRequest.id)
    )
    for request_id in (await stage.db.scalars(asked)).all():
        await take_on(stage.db, stage.coordinator, request_id, now=now)
    await stage.db.flush()


async def _skip(
    stage: Stage, host: Actor, series_id: UUID, kind: DateKind, *, now: datetime
) -> None:
    """Leave out by hand every date before long that falls on this."""
    series = await series_by_id(stage.db, host, series_id)
    today = on_wall(now, series.zone).local.date()
    window = Window.of_days(today, today + LOOKED_AHEAD)
    dates, _ = await look_at_dates(stage.db, host, series, window, (), now=now)
    for each in dates:
        if kind in each.kinds:
            skipped = Decision(DateChoice.SKIP)
            await decide_date(stage.db, host, series_id, each.on, skipped, now=now)


def _template(stage: Stage, scene: Repeating, series: Series) -> Template:
    template = template_of(series)
    rule = Rule.of(scene.rule)
    today = on_wall(stage.now, series.zone).local.date()
    earliest = datetime.combine(
        today + timedelta(days=scene.from_day), time.fromisoformat(scene.at)
    )
    details = replace(
        template.details,
        starts_local=first_on(rule, earliest),
        limits=scene.ways or template.details.limits,
        place_id=stage.places[scene.place].id if scene.place else None,
        outdoor_place_id=stage.places[scene.outdoor_place].id if scene.outdoor_place else None,
        no_remote_reason=scene.no_remote_reason,
        phone_joining=PhoneJoining.RING,
        is_public=scene.is_public,
        lead_id=stage.people[scene.lead].id,
        second_id=stage.people[scene.second].id,
        real_title=scene.title,
    )
    return replace(template, details=details, rule=rule, date_rules=scene.date_rules)
