"""The dates of a series as pages show them: a list, and a month at a glance, from one look at the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web

from scheduling.dates import DateKind, Finding
from scheduling.meeting import MeetingState
from scheduling.recurrence import Window
from scheduling.series import PlannedDate, SeriesState
from service.actions.series.deciding import look_at_dates
from service.actions.series.template import template_of
from service.storage.meetings import Meeting
from service.storage.series import Series
from service.web.context import ACTOR, DB, NOW
from service.web.pages.series.month import (
    DayState,
    Falling,
    Happening,
    Month,
    days_of,
    month_after,
    month_of,
    month_words,
)
from service.web.pages.series.words import span_of

#: What is shown of every day; the rest matters only when there is a session.
OF_THE_DAY = frozenset(
    {
        DateKind.BANK_HOLIDAY,
        DateKind.RAMADAN,
        DateKind.FEAST,
        DateKind.SCHOOL_BREAK,
        DateKind.LOCAL,
        DateKind.CLOCK_CHANGE,
    }
)
#: Dates are looked at for a year; the picture goes no further.
MONTHS_SHOWN = 12
YEAR = timedelta(days=366)

Found = Mapping[datetime, Sequence[Finding]]
"""What each start falls on."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a series in the year from a day on, what they fall on, and one month of them."""

    planned: Sequence[PlannedDate]
    found: Found
    month: Month
    previous: Mapping[str, str] | None
    following: Mapping[str, str] | None
    shown: str

    def fallen(self, starts: datetime | None) -> Sequence[Finding]:
        """Give what a date falls on."""
        return self.found.get(starts, ()) if starts is not None else ()


async def dates_of(
    request: web.Request, series: Series, since: date, meetings: Sequence[Meeting] = ()
) -> Dates:
    """Look at the dates of a year and draw the month that the address asks for; `series` has its rule."""
    template = template_of(series)
    first = template.details.starts_local or datetime.combine(since, datetime.min.time())
    shown = shown_month(request, since)
    days = [datetime.combine(day, first.time()) for day in days_of(shown)]
    window = Window.of_days(since, since + YEAR)
    planned, found = await look_at_dates(
        request[DB], request[ACTOR], series, window, days, now=request[NOW]
    )
    happenings = list(_happenings(series, planned, meetings, request[NOW]))
    starts = {each.starts for each in planned} | {each.starts_local for each in meetings}
    fallings = _fallings(days, found, {each for each in starts if each is not None})
    today = request[NOW].date()
    return Dates(
        planned=planned,
        found=found,
        month=month_of(shown, happenings, fallings, today=today),
        previous=_link(request, month_after(shown, -1), since),
        following=_link(request, month_after(shown, 1), since),
        shown=f"{shown:%Y-%m}",
    )


def shown_month(request: web.Request, since: date) -> date:
    """Read which month to draw from `?month=2027-03`; nonsense, or one too far off, means the first."""
    first = since.replace(day=1)
    months = {f"{month:%Y-%m}": month for month in _months_from(first)}
    return months.get(request.query.get("month", ""), first)


def _months_from(first: date) -> list[date]:
    return [month_after(first, at) for at in range(MONTHS_SHOWN + 1)]


def _link(request: web.Request, month: date, since: date) -> Mapping[str, str] | None:
    if month not in _months_from(since.replace(day=1)):
        return None
    href = request.rel_url.without_query_params("done").update_query(month=f"{month:%Y-%m}")
    return {"href": f"{href}#month", "word": month_words(month)}


def _happenings(
    series: Series, planned: Iterable[PlannedDate], meetings: Sequence[Meeting], now: datetime
) -> Iterator[Happening]:
    """Give what happens on each day; sessions that are made stand before what the rule would give.

    Where a date moved away and another falls on its day, the one that takes place is shown.
    """
    made = {each.series_on: each for each in meetings}
    yield from (
        _moved_away(each.on)
        for each in planned
        if each.starts is not None and each.starts.date() != each.on.date()
    )
    yield from (
        _moved_away(each.series_on)
        for each in meetings
        if each.series_on
        and each.starts_local
        and each.starts_local.date() != each.series_on.date()
    )
    for date_ in planned:
        if date_.on not in made and _is_to_come(series, date_):
            yield _of_date(series, date_)
    for each in meetings:
        if each.starts_local is not None:
            yield _of_meeting(series, each, each.starts_local, now)


def _is_to_come(series: Series, planned: PlannedDate) -> bool:
    """Say whether a date without a session is one still to be made, or left out on purpose."""
    if series.state is SeriesState.DRAFT or planned.starts is None:
        return True
    return series.made_until is None or planned.on.date() > series.made_until


def _moved_away(on: datetime) -> Happening:
    return Happening(on.date(), DayState.MOVED_AWAY)


def _of_date(series: Series, planned: PlannedDate) -> Happening:
    if planned.starts is None:
        return Happening(planned.on.date(), DayState.SKIPPED)
    is_moved = planned.starts.date() != planned.on.date()
    state = DayState.MOVED_HERE if is_moved else DayState.SESSION
    return Happening(planned.starts.date(), state, _clock(series, planned.starts))


def _of_meeting(series: Series, meeting: Meeting, starts: datetime, now: datetime) -> Happening:
    is_moved = meeting.series_on is not None and meeting.series_on.date() != starts.date()
    if meeting.state is MeetingState.CANCELLED:
        state = DayState.CANCELLED
    elif meeting.ends_at is not None and meeting.ends_at <= now:
        state = DayState.OVER
    else:
        state = DayState.MOVED_HERE if is_moved else DayState.SESSION
    return Happening(starts.date(), state, _clock(series, starts), f"/sessions/{meeting.id}")


def _clock(series: Series, starts: datetime) -> str:
    return span_of(starts, series.minutes, series.zone).partition(" to ")[0]


def _fallings(
    days: Sequence[datetime], found: Found, starts: set[datetime]
) -> dict[date, list[Falling]]:
    """Give what each day of the month falls on; all of it where there is a session."""
    fallings: dict[date, list[Falling]] = {}
    on_days = {each.date(): each for each in starts}
    for day in days:
        actual = on_days.get(day.date())
        fallings[day.date()] = [
            Falling(each.kind, each.facts.get("name", ""))
            for each in found.get(actual or day, ())
            if actual is not None or each.kind in OF_THE_DAY
        ]
    return fallings
