"""Making a series, one question a page: a draft from the first answer on."""

from typing import Any

from aiohttp import web

from scheduling.series import SeriesState
from service.actions.series.drafting import (
    change_series_kind,
    copy_series,
    save_series,
    start_series_draft,
    throw_away_series,
)
from service.actions.series.template import template_of
from service.errors import Invalid, NotFound, Refused
from service.storage.kinds import kinds_of
from service.storage.series import Series, series_by_id
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.forms import KindForm
from service.web.pages.meetings.parts import kind_options
from service.web.pages.series.forms import ELSE, on_template
from service.web.pages.series.parts import ORDER, STEPS, SeriesPart, facts_of, page_of
from service.web.pages.series.words import name_of
from service.web.reading import read_form, read_id, typed

KIND_PAGE = "meetings/kind.html"


async def new(request: web.Request) -> web.Response:
    """Ask for the kind, before there is a draft."""
    return await page(request, KIND_PAGE, **await _kind_facts(request, None))


async def begin(request: web.Request) -> web.Response:
    """Begin a draft of the kind chosen."""
    try:
        form = await read_form(request, KindForm)
    except Invalid as problem:
        facts = await _kind_facts(request, None)
        return await again(request, KIND_PAGE, problem, await typed(request), **facts)
    series = await start_series_draft(request[DB], request[ACTOR], form.kind_id, now=request[NOW])
    return see_other(plan_path(series, SeriesPart.TIME))


async def show_kind(request: web.Request) -> web.Response:
    """Ask for the kind of a draft again."""
    return await page(request, KIND_PAGE, **await _kind_facts(request, await draft_of(request)))


async def save_kind(request: web.Request) -> web.Response:
    """Change the kind of a draft."""
    series = await draft_of(request)
    try:
        form = await read_form(request, KindForm)
    except Invalid as problem:
        facts = await _kind_facts(request, series)
        return await again(request, KIND_PAGE, problem, await typed(request), **facts)
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    await change_series_kind(db, actor, series.id, form.kind_id, now=now)
    return see_other(next_path(request, series, SeriesPart.KIND))


async def show_part(request: web.Request) -> web.Response:
    """Ask for one part of a draft."""
    here = page_of(request)
    series = await series_by_id(request[DB], request[ACTOR], read_id(request))
    if series.state is not SeriesState.DRAFT:
        return see_other(f"/series/{series.id}")
    if here.part is SeriesPart.RULE and series.starts_local is None:
        return see_other(plan_path(series, SeriesPart.TIME))
    facts = await facts_of(request, series, template_of(series), here) | way_round(
        request, series, here.part
    )
    return await page(request, here.template, **facts)


async def save_part(request: web.Request) -> web.Response:
    """Keep one part of a draft and ask for the next."""
    here = page_of(request)
    series = await draft_of(request)
    if (await request.post()).get("rule") == ELSE:
        return see_other(f"/series/{series.id}/plan/else")
    try:
        template = on_template(await read_form(request, here.form), template_of(series))
        db, actor, now = request[DB], request[ACTOR], request[NOW]
        saved = await save_series(db, actor, series.id, template, now=now)
    except (Invalid, Refused) as problem:
        facts = await facts_of(request, series, template_of(series), here) | way_round(
            request, series, here.part
        )
        return await again(request, here.template, problem, await typed(request), **facts)
    if here.part is SeriesPart.TIME and saved.rule is None:
        return see_other(plan_path(saved, SeriesPart.RULE) + _and_then(request))
    return see_other(next_path(request, saved, here.part))


async def explain_else(request: web.Request) -> web.Response:
    """Say kindly that first and third Thursday are two series, and how the second is made."""
    series = await draft_of(request)
    return await page(
        request,
        "series/else.html",
        title="Two series do it",
        back=plan_path(series, SeriesPart.RULE),
    )


async def copy(request: web.Request) -> web.Response:
    """Begin a second series like this one, without its days."""
    series = await copy_series(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other(plan_path(series, SeriesPart.TIME), done="series-copied")


async def ask_to_throw_away(request: web.Request) -> web.Response:
    """Ask whether a draft may go."""
    series = await draft_of(request)
    check = plan_path(series, SeriesPart.CHECK)
    return await page(
        request,
        "series/throw_away.html",
        title="Throw this draft away?",
        name=name_of(series),
        series=series,
        back=check,
    )


async def throw_away(request: web.Request) -> web.Response:
    """Throw a draft away."""
    await throw_away_series(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/series", done="draft-thrown-away")


async def draft_of(request: web.Request) -> Series:
    """Give the draft in the address; raises NotFound for a series that has started."""
    series = await series_by_id(request[DB], request[ACTOR], read_id(request))
    if series.state is not SeriesState.DRAFT:
        raise NotFound
    return series


def plan_path(series: Series, part: SeriesPart) -> str:
    """Give the address of one page of the plan."""
    return f"/series/{series.id}/plan/{part}"


def next_path(request: web.Request, series: Series, part: SeriesPart) -> str:
    """Give the address of the page after this one; the last page if one came from there."""
    if comes_from_check(request) or part not in ORDER:
        return plan_path(series, SeriesPart.CHECK)
    return plan_path(series, ORDER[ORDER.index(part) + 1])


def way_round(request: web.Request, series: Series, part: SeriesPart) -> dict[str, Any]:
    """Give what leads round a page: where its form goes, and what is back."""
    is_from_check = comes_from_check(request) or part not in ORDER
    before = SeriesPart.CHECK if is_from_check else ORDER[ORDER.index(part) - 1]
    return {
        "action": plan_path(series, part) + _and_then(request),
        "back": plan_path(series, before),
        "carried": {},
    }


def comes_from_check(request: web.Request) -> bool:
    """Say whether one came from the last page, and goes back there."""
    return request.query.get("then") == SeriesPart.CHECK


def _and_then(request: web.Request) -> str:
    return "?then=check" if comes_from_check(request) else ""


async def _kind_facts(request: web.Request, series: Series | None) -> dict[str, Any]:
    kinds = await kinds_of(request[DB], request[ACTOR])
    facts: dict[str, Any] = {
        "title": "What kind of session is it?",
        "kinds": kind_options(kinds),
        "step": 1,
        "steps": STEPS,
        "given": {"kind_id": ""},
        "action": "/series/new",
        "back": "/series",
        "carried": {},
    }
    if series is None:
        return facts
    here = way_round(request, series, SeriesPart.KIND)
    back = here["back"] if comes_from_check(request) else "/series"
    return facts | {"given": {"kind_id": str(series.kind_id)}} | here | {"back": back}
