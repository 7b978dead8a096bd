"""The page of one series: how often, its dates, who is invited, who comes each time, and the plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web

from scheduling.meeting import MeetingState
from scheduling.series import PlannedDate, SeriesState
from scheduling.time import date_words
from service.actions.permissions import Permission, may
from service.actions.plans import around_of
from service.actions.series.template import template_of
from service.storage.meetings import Meeting
from service.storage.series import Series, dates_made, series_by_id
from service.storage.series_guests import guest_counts
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.date_words import DateLine, date_lines
from service.web.pages.meetings.words import day_of, people, time_of
from service.web.pages.series.dates import why
from service.web.pages.series.parts import PAGES, SeriesPart
from service.web.pages.series.picture import YEAR, Dates, dates_of
from service.web.pages.series.planning import plan_path
from service.web.pages.series.words import (
    STATE_FLAGS,
    hours,
    name_of,
    often,
    rows_of_series,
    weeks,
)
from service.web.reading import read_id

#: Dates held before are shown so far back, and so many to come before one asks for more.
BACK = timedelta(days=92)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class DateRow:
    """One date in the list of a series."""

    day: str
    time: str
    href: str
    flags: Sequence[tuple[str, str]]
    why: str
    notes: Sequence[DateLine]
    is_later: bool


async def show(request: web.Request) -> web.Response:
    """Show one series; a draft shows the last page of its plan."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    series = await series_by_id(db, actor, read_id(request))
    if series.state is SeriesState.DRAFT:
        return see_other(plan_path(series, SeriesPart.CHECK))
    meetings = await dates_made(db, actor, series.id, now - BACK, now + YEAR)
    counts = await guest_counts(db, actor, [series.id])
    invited, every_time = counts.get(series.id, (0, 0))
    dates = await dates_of(request, series, _since(series, now.date()), meetings)
    may_change = may(actor, Permission.PLAN_MEETINGS) and series.state is SeriesState.RUNNING
    rows = list(_rows(series, meetings, dates, now.date()))
    later = [row for row in rows if row.is_later]
    shown = later if request.query.get("more") else later[:SHOWN]
    return await page(
        request,
        "series/show.html",
        title=name_of(series),
        series=series,
        flag=STATE_FLAGS.get(series.state),
        often=often(template_of(series)),
        hours=hours(template_of(series)),
        dates=dates,
        rows=[row for row in rows if not row.is_later],
        later=shown,
        others=len(later) - len(shown),
        weeks=weeks(series.weeks_ahead),
        more_href=str(request.rel_url.update_query(more="yes")),
        held=[
            _of_meeting(series, each, dates) for each in reversed(meetings) if _is_over(each, now)
        ],
        invited=people(invited),
        every_time=people(every_time),
        rows_of_plan=_plan(series, may_change=may_change),
        may_change=may_change,
        may_plan=may(actor, Permission.PLAN_MEETINGS),
    )


def _since(series: Series, today: date) -> date:
    """Give the first day shown: some months back, but not before the series began."""
    first = series.starts_local.date() if series.starts_local else today
    return max(first, today - BACK)


def _rows(
    series: Series, meetings: Sequence[Meeting], dates: Dates, today: date
) -> Iterator[DateRow]:
    """Give what is to come and what is left out, by day; nothing of what nobody ever knew of."""
    lines = [
        (each.starts_local, _of_meeting(series, each, dates))
        for each in meetings
        if each.starts_local is not None and each.starts_local.date() >= today
        if not (each.is_held and each.state is MeetingState.CANCELLED)
    ]
    made = {each.series_on for each in meetings}
    told = [each.starts_local for each in meetings if not each.is_held and each.starts_local]
    told_until = max(told, default=None)
    lines += [
        (each.on, _left_out(each, is_later=told_until is None or each.on > told_until))
        for each in dates.planned
        if each.on not in made and each.starts is None and each.on.date() >= today
    ]
    yield from (row for _, row in sorted(lines, key=lambda line: line[0]))


def _is_over(meeting: Meeting, now: datetime) -> bool:
    took_place = meeting.state is MeetingState.PUBLISHED
    return took_place and meeting.ends_at is not None and meeting.ends_at <= now


def _of_meeting(series: Series, meeting: Meeting, dates: Dates) -> DateRow:
    flags = []
    if meeting.state is MeetingState.CANCELLED:
        flags.append(("clay", "Cancelled"))
    moved = meeting.series_on is not None and meeting.series_on != meeting.starts_local
    if moved:
        flags.append(("plain", "Moved"))
    elif meeting.is_edited:
        flags.append(("plain", "Changed by hand"))
    is_usual = time_of(meeting) == hours(template_of(series))
    return DateRow(
        day=day_of(meeting),
        time="" if is_usual else time_of(meeting),
        href=f"/sessions/{meeting.id}",
        flags=flags,
        why="",
        notes=date_lines(dates.fallen(meeting.starts_local)),
        is_later=meeting.is_held,
    )


def _left_out(planned: PlannedDate, *, is_later: bool) -> DateRow:
    return DateRow(
        day=date_words(planned.on),
        time="",
        href="",
        flags=[("plain", "Skipped")],
        why=why(planned),
        notes=(),
        is_later=is_later,
    )


def _plan(series: Series, *, may_change: bool) -> list[dict[str, object]]:
    """Give the lines of the plan, with the page each is changed on."""
    rows = rows_of_series(template_of(series), around_of(series), series.kind.name)
    return [
        {
            "term": row.term,
            "value": row.value,
            "href": f"/series/{series.id}/change/{row.part}"
            if may_change and row.part in PAGES and row.term != "First date"
            else "",
        }
        for row in rows
    ]
