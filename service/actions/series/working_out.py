"""Working an edit of a series out: which dates change how, which fall away, which are new.

Nothing is changed here, and nobody told. Dates that have begun and dates that go their own way, because
somebody changed or moved them by themselves, are never touched.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from scheduling.meeting import MeetingState, Plan
from scheduling.recurrence import instant_of, settled
from scheduling.series import (
    DateChoice,
    EditScope,
    MadeDate,
    PlannedDate,
    SeriesPlan,
    touched,
)
from scheduling.time import WallTime, on_wall
from service.actions.plans import Around, Details, around_of, details_of, plan_of, planned
from service.actions.readiness import SOME_TIME, findings, refuse_unless_ready
from service.actions.series.deciding import decided_dates, looked_with_series
from service.actions.series.guests import running_series
from service.actions.series.laying_rules import Laid, lay_rules
from service.actions.series.template import (
    Template,
    checked_template,
)
from service.actor import Actor
from service.errors import Invalid, Refused
from service.storage.base import Db
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.series import Series, is_coming

#: What of the details is each date's own, whatever the series says.
OWN = ("starts_local", "dial_pin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit: of all dates to come, or of the one with this place in the rule and those after it.

    Of the template's first date only the time of day counts; the day too if the rule is another, or if
    the edit is of a date and those after it: then that date moves there, and the others along with it.
    """

    series_id: UUID
    scope: EditScope
    on: datetime | None = None
    template: Template


@dataclass(frozen=True, slots=True)
class DateChange:
    """One date that was made and would be another: its details, and the plans before and after."""

    meeting: Meeting
    details: Details
    around: Around
    old: Plan
    new: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An edit worked out: dates that change, fall away (`dropped`) and are to be made.

    `places` says where each date that was made stands in the new rule; None if nowhere. `decided` are the
    dates of the new plan as far as they are made (`until`).
    """

    series: Series
    template: Template
    around: Around
    since: datetime
    is_split: bool
    plan: SeriesPlan
    until: date
    decided: Sequence[PlannedDate]
    rows: Sequence[Meeting]
    changes: Sequence[DateChange]
    dropped: Sequence[Meeting]
    made: Sequence[PlannedDate]
    places: Mapping[UUID, datetime | None]
    left_alone: int


async def work_out(db: Db, actor: Actor, edit: Edit, *, now: datetime) -> Work:
    """Work out what an edit would do; raises NotFound, Invalid or Refused if it cannot be."""
    series = await running_series(db, actor, edit.series_id)
    since, is_split = await _reach(db, series, edit, now)
    is_moved = _is_moved(series, edit)
    dates = lay_rules(series, edit.template, since, now, is_split=is_split, is_moved=is_moved)
    template, around = await _checked(db, actor, series, edit.template, dates, now=now)
    looked = looked_with_series(series, template.zone, template.details, around)
    decided = await decided_dates(db, actor, looked, dates.plan, dates.window)
    sorting = _Sorting(series, template, around, {each.on: each for each in decided})
    rows = await _rows(db, series, since)
    for row, place, is_touched in _placed(series, rows, dates, since, now):
        sorting.put(row, place, now, is_touched=is_touched)
    return Work(
        series=series,
        template=template,
        around=around,
        since=since,
        is_split=is_split,
        plan=dates.plan,
        until=dates.until,
        decided=decided,
        rows=rows,
        changes=sorting.changes,
        dropped=sorting.dropped,
        made=sorting.left_to_make(),
        places=sorting.places,
        left_alone=sorting.left_alone,
    )


@dataclass(slots=True)
class _Sorting:
    """Sorts what was made into what changes, what falls away, and what is left alone."""

    series: Series
    template: Template
    around: Around
    planned: Mapping[datetime, PlannedDate]
    changes: list[DateChange] = field(default_factory=list)
    dropped: list[Meeting] = field(default_factory=list)
    places: dict[UUID, datetime | None] = field(default_factory=dict)
    left_alone: int = 0

    def put(self, row: Meeting, place: datetime | None, now: datetime, *, is_touched: bool) -> None:
        """Put one date, with its place in the new rule, where it belongs."""
        self.places[row.id] = place
        if not is_touched:
            self.left_alone += is_coming_row(row, now)
            return
        here = self.planned.get(place) if place is not None else None
        starts = here.starts if here is not None else None
        if starts is None:
            self.dropped.append(row)
            self.places[row.id] = None
        elif (change := self._change(row, starts, now)) is not None:
            self.changes.append(change)

    def left_to_make(self) -> list[PlannedDate]:
        """Give the dates of the new plan that no date takes which was made."""
        taken = set(self.places.values())
        return [
            each for on, each in self.planned.items() if on not in taken and each.starts is not None
        ]

    def _change(self, row: Meeting, starts: datetime, now: datetime) -> DateChange | None:
        """Give what differs for one date: only what this edit changes, so that other news of it stays."""
        wall = settled(WallTime(starts, self.template.zone))
        was, wanted = details_of(self.series), self.template.details
        differs = {
            each.name: getattr(wanted, each.name)
            for each in fields(Details)
            if each.name not in OWN and getattr(was, each.name) != getattr(wanted, each.name)
        }
        details = replace(details_of(row), starts_local=wall.local, **differs)
        if details == details_of(row) and row.zone == self.template.zone:
            return None
        if instant_of(wall) <= now:
            raise Refused("starts-in-past", field="time")
        around = self._around(row, differs)
        new = replace(planned(row, details, around), start=wall)
        return DateChange(row, details, around, plan_of(row), new)

    def _around(self, row: Meeting, differs: Collection[str]) -> Around:
        now_is = around_of(row)
        return Around(
            place=(self.around if "place_id" in differs else now_is).place,
            outdoor_place=(self.around if "outdoor_place_id" in differs else now_is).outdoor_place,
            lead=(self.around if "lead_id" in differs else now_is).lead,
            second=(self.around if "second_id" in differs else now_is).second,
        )


async def _reach(db: Db, series: Series, edit: Edit, now: datetime) -> tuple[datetime, bool]:
    """Say from which place in the rule an edit reaches, and whether that splits the series."""
    query = select(Meeting.series_on).where(Meeting.series_id == series.id, *is_coming(now))
    coming = sorted(on for on in await db.scalars(query) if on is not None)
    if edit.scope is EditScope.ALL:
        return coming[0] if coming else on_wall(now, series.zone).local, False
    if edit.on is None or edit.on not in coming:
        raise Invalid({"on": "not-a-choice"})
    return edit.on, edit.on > coming[0]


def _is_moved(series: Series, edit: Edit) -> bool:
    """Say whether the edit moves the date it begins with to another day, and those after it along."""
    typed, was = edit.template.details.starts_local, series.starts_local
    if edit.scope is not EditScope.FOLLOWING or edit.on is None or typed is None or was is None:
        return False
    return typed.date() not in (was.date(), edit.on.date())


async def _rows(db: Db, series: Series, since: datetime) -> Sequence[Meeting]:
    query = select(Meeting).where(Meeting.series_id == series.id, Meeting.series_on >= since)
    query = query.options(*WHOLE_MEETING).order_by(Meeting.series_on)
    return (await db.scalars(query.execution_options(populate_existing=True))).all()


async def _checked(
    db: Db, actor: Actor, series: Series, template: Template, dates: Laid, *, now: datetime
) -> tuple[Template, Around]:
    """Refuse what none of the dates may be, as when a meeting is changed; looked at is the next to come."""
    endless = replace(dates.plan, ends_on=None)
    coming = next(endless.on_rule(dates.window), dates.plan.first)
    wanted = replace(template, details=replace(template.details, starts_local=coming))
    wanted, around = await checked_template(db, actor, series, wanted, now=now)
    at_some_time = replace(wanted.details, starts_local=SOME_TIME)
    refuse_unless_ready(findings(series, at_some_time, around, now=now))
    details = replace(wanted.details, starts_local=dates.plan.first)
    return replace(wanted, details=details), around


def _placed(
    series: Series, rows: Sequence[Meeting], dates: Laid, since: datetime, now: datetime
) -> Iterator[tuple[Meeting, datetime | None, bool]]:
    """Say of each date that was made where it stands in the new rule, and whether the edit touches it."""
    moved = {
        each.on for each in series.dates if each.choice is DateChoice.MOVE and not each.because
    }
    made = [
        MadeDate(
            row.id, row.series_on, is_coming_row(row, now), row.is_edited or row.series_on in moved
        )
        for row in rows
        if row.series_on is not None
    ]
    ids = {each.id for each in touched(made, since).dates}
    places = {row.id: dates.pairs.get(row.series_on) if row.series_on else None for row in rows}
    taken = set(places.values())
    for row in rows:
        place = places[row.id]
        if place is None and row.series_on not in taken:
            place = row.series_on
        yield row, place, row.id in ids


def is_coming_row(row: Meeting, now: datetime) -> bool:
    """Say whether a date is published and has not begun."""
    has_begun = row.starts_at is None or row.starts_at <= now
    return row.state is MeetingState.PUBLISHED and not has_begun


async def dates_reached(db: Db, series: Series, now: datetime) -> Sequence[UUID]:
    """Name the dates an edit of the series could touch, to lock them."""
    query = select(Meeting.id).where(Meeting.series_id == series.id, *is_coming(now))
    return (await db.scalars(query)).all()
