"""Ending a series: after which day, what people are told, and who hears of it."""

from typing import Any

from aiohttp import web

from scheduling.series import SeriesState
from scheduling.time import date_words
from service.actions.permissions import Permission, require
from service.actions.series.ending import End, end_series, foresee_ending
from service.errors import Invalid, NotFound, Refused
from service.storage.series import Series, series_by_id
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings import changing
from service.web.pages.meetings.words import people, told_lines
from service.web.pages.series.forms import EndForm
from service.web.pages.series.words import dates, name_of
from service.web.reading import read_form, read_id, typed

PAGE, CONFIRM_PAGE = "series/end.html", "series/confirm_end.html"


async def ask(request: web.Request) -> web.Response:
    """Ask after which day a series ends."""
    return await page(request, PAGE, **_facts(request, await _running(request)))


async def end(request: web.Request) -> web.Response:
    """Show what ending would do; end the series once that was agreed to."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    series = await _running(request)
    try:
        form = await read_form(request, EndForm)
        if form.agreed:
            ending = End(series.id, form.last_day, form.message)
            await end_series(db, actor, ending, version=form.version, now=now)
            return see_other(f"/series/{series.id}", done="series-ended")
        if form.back:
            given = await typed(request)
            return await page(request, PAGE, values=given, **_facts(request, series))
        return await _confirm(request, series, form)
    except (Invalid, Refused) as problem:
        given = await typed(request)
        return await again(request, PAGE, problem, given, **_facts(request, series))


async def _confirm(request: web.Request, series: Series, form: EndForm) -> web.Response:
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    ending = await foresee_ending(db, actor, End(series.id, form.last_day), now=now)
    return await page(
        request,
        CONFIRM_PAGE,
        title="End this series?",
        name=name_of(series),
        last_day=date_words(form.last_day),
        cancelled=dates(ending.cancelled),
        kept=dates(ending.kept),
        message=form.message,
        told=told_lines(ending.forecast),
        total=people(ending.forecast.total),
        carried=changing.carried(await typed(request), but=frozenset({"agreed", "back"})),
        action=f"/series/{series.id}/end",
    )


def _facts(request: web.Request, series: Series) -> dict[str, Any]:
    return {
        "title": "End this series",
        "name": name_of(series),
        "version": series.version,
        "given": {"last_day": request[NOW].date().isoformat(), "message": ""},
        "action": f"/series/{series.id}/end",
        "back": f"/series/{series.id}",
    }


async def _running(request: web.Request) -> Series:
    require(request[ACTOR], Permission.PLAN_MEETINGS)
    series = await series_by_id(request[DB], request[ACTOR], read_id(request))
    if series.state is SeriesState.DRAFT:
        raise NotFound
    if series.state is SeriesState.ENDED:
        raise Refused("is-ended")
    return series
