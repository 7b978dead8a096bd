"""Series: those that run, drafts, and those that have ended."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from scheduling.series import SeriesState
from scheduling.time import clock_words, long_date
from service.actions.permissions import Permission, may
from service.actions.series.template import template_of
from service.storage.series import Series, next_starts, series_listed
from service.storage.series_guests import guest_counts
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.words import people
from service.web.pages.series.parts import SeriesPart
from service.web.pages.series.planning import plan_path
from service.web.pages.series.words import dates, name_of, often

#: Comes after every series with a date to come.
NEVER = (datetime.max.replace(tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One series in a list."""

    href: str
    name: str
    often: str
    following: list[str]
    people: str


async def show(request: web.Request) -> web.Response:
    """List every series the person may see, the soonest first."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    listed = await series_listed(db, actor)
    ids = [each.id for each in listed]
    following = await next_starts(db, actor, ids, now)
    counts = await guest_counts(db, actor, ids)
    soonest = sorted(listed, key=lambda each: following.get(each.id, NEVER))
    lines = [
        (each.state, _line(each, following.get(each.id), counts.get(each.id, (0, 0))[0]))
        for each in soonest
    ]
    return await page(
        request,
        "series/list.html",
        title="Series",
        running=[line for state, line in lines if state is SeriesState.RUNNING],
        drafts=[line for state, line in lines if state is SeriesState.DRAFT],
        ended=[line for state, line in lines if state is SeriesState.ENDED],
        may_plan=may(actor, Permission.PLAN_MEETINGS),
    )


def _line(series: Series, following: tuple[datetime, int] | None, count: int) -> Line:
    is_draft = series.state is SeriesState.DRAFT
    path = plan_path(series, SeriesPart.CHECK) if is_draft else f"/series/{series.id}"
    return Line(
        href=path,
        name=name_of(series),
        often=often(template_of(series)),
        following=_following(series, following),
        people=people(count),
    )


def _following(series: Series, following: tuple[datetime, int] | None) -> list[str]:
    if following is None:
        return ["No date to come"]
    starts_at, count = following
    day, time = long_date(starts_at, series.zone), clock_words(starts_at, series.zone)
    return [f"{day}, {time}", f"{dates(count)} to come"]
