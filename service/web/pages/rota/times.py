"""When colleagues can help: each on a page of their own, and a list of all for coordinators."""

from collections.abc import Awaitable, Callable
from datetime import time
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import Field

from scheduling.availability import MINUTES_IN_DAY, WeeklyTime
from service.actions.rota.times import add_away, add_weekly, days_away, remove_time, told_times
from service.errors import Invalid, Refused
from service.storage.rota import Availability, colleagues, times_of
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.pages.rota.words import DAYS, away_words, minutes_of, times_words, weekly_words
from service.web.reading import Day, EmptyIsNone, Form, read_form, read_id, typed

PAGE = "rota/times.html"
DAY_OPTIONS = [{"value": str(number), "word": word} for number, word in enumerate(DAYS)]


class WeeklyForm(Form):
    """A time of one or more days of the week. Until midnight is midnight at the end of the day."""

    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = ()
    starts: time
    ends: time

    def weekly(self) -> list[WeeklyTime]:
        """Give the times of the week; raises Invalid without a day, or if they end before they begin."""
        starts, ends = minutes_of(self.starts), minutes_of(self.ends) or MINUTES_IN_DAY
        if not self.weekdays:
            raise Invalid({"weekdays": "needed"})
        if ends <= starts:
            raise Invalid({"ends": "ends-too-early"})
        return [WeeklyTime(day, starts, ends) for day in sorted(set(self.weekdays))]


class AwayForm(Form):
    """Days away, both ends included."""

    first_on: Day
    last_on: Day


class RemoveForm(Form):
    """Which of the things told is taken back."""

    row: Annotated[UUID | None, EmptyIsNone] = None


async def everybody(request: web.Request) -> web.Response:
    """List all colleagues with what they told of when they can."""
    rows = [
        {
            "href": f"/rota/times/{each.id}",
            "name": each.name,
            "may_host": each.may_host,
            "times": times_words(each.times),
        }
        for each in await colleagues(request[DB], request[ACTOR])
    ]
    return await page(request, "rota/colleagues.html", title="When colleagues can help", rows=rows)


async def show(request: web.Request) -> web.Response:
    """Show what one colleague told of when they can."""
    return await page(request, PAGE, **await _facts(request))


def _kept_on_page(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    """Show the page again, with what is wrong and what was typed, if the handler refuses."""

    async def shown(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Invalid, Refused) as problem:
            facts = await _facts(request)
            return await again(request, PAGE, problem, await typed(request), **facts)

    return shown


@_kept_on_page
async def weekly(request: web.Request) -> web.Response:
    """Add a time of the week."""
    form, id_ = await read_form(request, WeeklyForm), read_id(request)
    await add_weekly(request[DB], request[ACTOR], id_, form.weekly(), now=request[NOW])
    return see_other(f"/rota/times/{id_}", done="times-kept")


@_kept_on_page
async def away(request: web.Request) -> web.Response:
    """Add days away."""
    form, id_ = await read_form(request, AwayForm), read_id(request)
    days, zone = days_away(form.first_on, form.last_on), request[HOUSE].zone
    await add_away(request[DB], request[ACTOR], id_, days, zone=zone, now=request[NOW])
    return see_other(f"/rota/times/{id_}", done="away-kept")


async def remove(request: web.Request) -> web.Response:
    """Take back one thing that was told."""
    form, id_ = await read_form(request, RemoveForm), read_id(request)
    await remove_time(request[DB], request[ACTOR], id_, form.row, now=request[NOW])
    return see_other(f"/rota/times/{id_}", done="times-removed")


async def _facts(request: web.Request) -> dict[str, Any]:
    actor = request[ACTOR]
    told = await told_times(request[DB], actor, read_id(request))
    is_own, name = told.person.id == actor.person_id, told.person.chosen_name
    return {
        "title": "When I can help" if is_own else f"When {name} can help",
        "to": f"/rota/times/{told.person.id}",
        "is_own": is_own,
        "weekly": [_line(row) for row in told.rows if not row.is_away],
        "away": [_line(row) for row in told.rows if row.is_away],
        "days": DAY_OPTIONS,
    }


def _line(row: Availability) -> dict[str, Any]:
    times = times_of([row], "UTC")
    words = [*map(weekly_words, times.weekly), *map(away_words, times.away)]
    return {"id": row.id, "words": words[0]}
