"""Editing a series: what would follow is counted first, and saved only as it was agreed.

One date alone is changed as any meeting is (`changing`). Here all dates to come change, or one and those
after it, which splits the series. What has begun, and what goes its own way, stays as it is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.notices import Change
from service.actions.changing import Agreed, NotAgreed
from service.actions.foreseeing import Forecast
from service.actions.inviting import Issuer, ways_of
from service.actions.keeping_apart import is_unchecked
from service.actions.loose_ends import follow_moves
from service.actions.offering import offer_free_places, review_offers
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.planning import apply_details
from service.actions.plans import Around
from service.actions.raising import about_meeting
from service.actions.series.consequences import (
    Alike,
    Consequences,
    consequences_of,
    forecast_of,
    invitations_in,
)
from service.actions.series.dropping import cancel_dates
from service.actions.series.guests import running_series
from service.actions.series.making import Rows
from service.actions.series.opening import open_dates_of
from service.actions.series.splitting import give_places, split_off
from service.actions.series.standing import answer_new_dates, lock_dates
from service.actions.series.template import Template, apply_template
from service.actions.series.working_out import Edit, Work, dates_reached, work_out
from service.actions.telling import tell
from service.actor import Actor, system_actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.series import Series, claim_series
from service.storage.series_guests import guests_of_many
from service.storage.tasks import Task, TaskKind, overtake_tasks
from service.storage.versions import raise_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenEdit:
    """What an edit would do: to how many dates and people, who is told how, who loses their way.

    `left_alone` counts the dates to come that go their own way; `first` is the first date as the rule
    would give them.
    """

    series: Series
    template: Template
    around: Around
    forecast: Forecast
    people: int
    left_without: int
    changed: int
    made: int
    dropped: int
    left_alone: int
    is_split: bool
    first: datetime


async def foresee_edit(db: Db, actor: Actor, edit: Edit, *, now: datetime) -> ForeseenEdit:
    """Say what an edit would do; raises NotFound, Invalid or Refused if it cannot be."""
    require(actor, Permission.PLAN_MEETINGS)
    work = await work_out(db, actor, edit, now=now)
    found = await consequences_of(db, actor, work, now=now)
    forecast, people = await forecast_of(db, actor, work, found, now=now)
    return ForeseenEdit(
        series=work.series,
        template=work.template,
        around=work.around,
        forecast=forecast,
        people=people,
        left_without=found.left_without,
        changed=len(work.changes),
        made=len(work.made),
        dropped=len(work.dropped),
        left_alone=work.left_alone,
        is_split=work.is_split,
        first=work.decided[0].on if work.decided else work.plan.first,
    )


async def save_edit(
    db: Db, actor: Actor, issuer: Issuer, edit: Edit, agreed: Agreed, *, now: datetime
) -> Series:
    """Make an edit, tell who can see it, and give the series that the dates follow now.

    Raises Conflict if somebody changed the series since it was looked at, and NotAgreed if more people lose
    their way than was agreed to.
    """
    require(actor, Permission.PLAN_MEETINGS)
    series = await running_series(db, actor, edit.series_id)
    await claim_series(db, series, agreed.version)
    await lock_dates(db, await dates_reached(db, series, now))
    work = await work_out(db, actor, edit, now=now)
    found = await consequences_of(db, actor, work, now=now)
    if found.left_without > agreed.left_without:
        raise NotAgreed(found.left_without)
    follows = await _write(db, actor, work, found, now=now)
    made = await _make(db, issuer, work, follows, now)
    reached = [*made, *(change.meeting.id for change in work.changes)]
    await give_pins(db, actor.organisation_id, reached)
    await _tell(db, actor, work, found, now=now)
    await open_dates_of(db, system_actor(actor.organisation_id), follows, now=now)
    record(db, actor, "series.edited", follows, now=now, dates=len(work.changes), made=len(made))
    await db.flush()
    return follows


async def _write(db: Db, actor: Actor, work: Work, found: Consequences, *, now: datetime) -> Series:
    """Write the edit onto the series, or onto the one that is split off, and onto its dates."""
    series = work.series
    if work.is_split:
        series = await split_off(db, work, now=now)
        record(db, actor, "series.split", work.series, now=now, followed_by=series.id)
    had_hosts = (series.lead_id, series.second_id)
    apply_template(series, work.template, work.around)
    series.made_until = work.until
    began = {change.meeting.id: change.meeting.starts_at for change in work.changes}
    for change in work.changes:
        meeting, held = change.meeting, found.seats_held(change.meeting.id)
        meeting.zone, meeting.version = work.template.zone, meeting.version + 1
        apply_details(meeting, change.details, change.around, held=held)
    await db.flush()
    dates = [change.meeting for change in work.changes]
    moved = [each for each in dates if each.starts_at != began[each.id]]
    await follow_moves(db, actor, moved, now=now)
    await cancel_dates(db, actor, work.dropped, "", now=now)
    if had_hosts != (series.lead_id, series.second_id):
        guests = (await guests_of_many(db, actor, [series.id]))[series.id]
        await is_unchecked(db, series, [each.person for each in guests], now=now)
    return series


async def _make(
    db: Db, issuer: Issuer, work: Work, series: Series, now: datetime
) -> Sequence[UUID]:
    """Give the dates their places in the new rule, and make those that are new; gives their ids."""
    system = system_actor(series.organisation_id)
    guests = (await guests_of_many(db, system, [series.id]))[series.id]
    rows = Rows(issuer, now)
    await give_places(db, work, series, rows)
    made = rows.add_dates(series, work.made, guests)
    await rows.write(db)
    await answer_new_dates(db, guests, made, now=now)
    return made


async def _tell(db: Db, actor: Actor, work: Work, found: Consequences, *, now: datetime) -> None:
    """Tell the guests of near dates; raise the versions of the others, who see it in their feeds."""
    near = [each.meeting for each in work.changes if not each.meeting.is_held]
    invitations = await invitations_in(db, [each.id for each in near])
    for meeting in near:
        notices = found.notices_for(meeting.id)
        await tell(db, meeting, invitations[meeting.id], notices, now=now)
    await _raise_quietly(db, work, found, now)
    await _look_after_lost(db, work, found, now)
    for meeting in near:
        if found.has_waiting(meeting.id):
            await review_offers(db, actor, meeting, now=now)
            await offer_free_places(db, meeting, ways_of(meeting), now=now)


async def _raise_quietly(db: Db, work: Work, found: Consequences, now: datetime) -> None:
    """Raise the versions at held dates, for all who see the same difference in one statement."""
    alike: dict[tuple[frozenset[Change], bool, Alike], list[UUID]] = defaultdict(list)
    for change in work.changes:
        if change.meeting.is_held:
            for each, notice in found.notices.get(change.meeting.id, {}).items():
                asks_again = notice.asks_again and each[1].is_given
                alike[notice.changes, asks_again, each].append(change.meeting.id)
    together: dict[tuple[frozenset[Change], bool, tuple[UUID, ...]], list[Alike]]
    together = defaultdict(list)
    for (changes, asks_again, each), ids in alike.items():
        together[changes, asks_again, tuple(ids)].append(each)
    for (changes, asks_again, meeting_ids), whose in together.items():
        await raise_versions(db, meeting_ids, whose, changes, asks_again=asks_again, now=now)


async def _look_after_lost(db: Db, work: Work, found: Consequences, now: datetime) -> None:
    """Raise one task for each who lost their way, however many dates it is; close those of who has it back."""
    meetings = {each.meeting.id: each.meeting for each in work.changes}
    raised = set()
    for meeting_id in sorted(found.losing, key=lambda id_: meetings[id_].starts_at or now):
        meeting = meetings[meeting_id]
        for each in found.losing[meeting_id]:
            if each.person_id not in raised:
                raised.add(each.person_id)
                task = Task(
                    kind=TaskKind.NO_WAY_LEFT,
                    about=each.way.value if each.way else "",
                    once=f"{TaskKind.NO_WAY_LEFT}|{each.id}|{meeting.version}",
                    person_id=each.person_id,
                    subject_id=each.id,
                )
                db.add(about_meeting(task, meeting, now=now))
    if found.regaining:
        lost_before = Task.subject_id.in_(found.regaining), Task.kind == TaskKind.NO_WAY_LEFT
        await overtake_tasks(db, *lost_before)
