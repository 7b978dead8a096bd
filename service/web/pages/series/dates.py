"""The dates page of a draft: the dates as a list and as a month at a glance; keep, skip or move each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from scheduling.series import DateChoice, Decision, PlannedDate
from scheduling.time import date_words
from service.actions.series.deciding import decide_date, undecide_date
from service.actions.series.drafting import save_series
from service.actions.series.template import template_of
from service.errors import Invalid, NotFound, Refused
from service.storage.series import Series
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.date_words import DateLine, date_lines
from service.web.pages.series.forms import (
    DecideForm,
    HolidaysForm,
    MoveForm,
    OnForm,
    shown_template,
)
from service.web.pages.series.parts import STEPS, SeriesPart, holiday_choices
from service.web.pages.series.picture import Dates, dates_of
from service.web.pages.series.planning import draft_of, next_path, plan_path, way_round
from service.web.pages.series.words import dates, hours, often, span_of
from service.web.reading import Form, parse, read_form, typed
from service.web.words import say

PAGE = "series/dates.html"
MOVE_PAGE = "series/move.html"
SHOWN = 12
FLAGS = {
    DateChoice.SKIP: ("plain", "Skipped"),
    DateChoice.MOVE: ("plain", "Moved"),
    DateChoice.KEEP: ("leaf", "Kept"),
}


class WhereForm(Form):
    """Where on the page one is: the month of the picture, and how many dates the list has."""

    month: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class DateRow:
    """One date in the list: when, what was decided and why, what it falls on, and what can be done."""

    on: str
    anchor: str
    day: str
    flag: tuple[str, str] | None
    why: str
    notes: Sequence[DateLine]
    can_keep: bool
    can_skip: bool
    can_undo: bool


async def show(request: web.Request) -> web.Response:
    """Show the dates of the next year."""
    series = await draft_of(request)
    if series.rule is None or series.starts_local is None:
        return see_other(plan_path(series, SeriesPart.RULE))
    return await page(request, PAGE, **await _facts(request, series))


async def save(request: web.Request) -> web.Response:
    """Keep what becomes of dates that fall on something; show the dates again, or go on."""
    series = await draft_of(request)
    try:
        form = await read_form(request, HolidaysForm)
        template = form.on_template(template_of(series))
        db, actor, now = request[DB], request[ACTOR], request[NOW]
        saved = await save_series(db, actor, series.id, template, now=now)
    except (Invalid, Refused) as problem:
        facts = await _facts(request, series)
        return await again(request, PAGE, problem, await typed(request), **facts)
    if (await request.post()).get("go"):
        return see_other(next_path(request, saved, SeriesPart.DATES))
    return see_other(_here(request, series), done="dates-by-rule")


async def decide(request: web.Request) -> web.Response:
    """Keep or skip one date, or let the rules decide about it again."""
    series = await draft_of(request)
    form = await read_form(request, DecideForm)
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    if form.choice is None:
        await undecide_date(db, actor, series.id, form.which, now=now)
    else:
        await decide_date(db, actor, series.id, form.which, Decision(form.choice), now=now)
    return see_other(f"{_here(request, series)}#{anchor_of(form.which)}")


async def ask_where(request: web.Request) -> web.Response:
    """Ask where one date should move to."""
    series = await draft_of(request)
    try:
        on = parse(request.query, OnForm).which
    except Invalid as error:
        raise NotFound from error
    return await page(request, MOVE_PAGE, **_move_facts(request, series, on))


async def move(request: web.Request) -> web.Response:
    """Move one date."""
    series = await draft_of(request)
    on = (await read_form(request, OnForm)).which
    try:
        moved = Decision(DateChoice.MOVE, (await read_form(request, MoveForm)).moved_to)
        await decide_date(request[DB], request[ACTOR], series.id, on, moved, now=request[NOW])
    except Invalid as problem:
        facts = _move_facts(request, series, on)
        return await again(request, MOVE_PAGE, problem, await typed(request), **facts)
    except Refused as refusal:
        facts, at_day = _move_facts(request, series, on), Refused(refusal.reason, field="date")
        return await again(request, MOVE_PAGE, at_day, await typed(request), **facts)
    return see_other(f"{_here(request, series)}#{anchor_of(on)}")


def anchor_of(on: datetime) -> str:
    """Name the place of a date in the list."""
    return f"d-{on:%Y-%m-%d}"


async def _facts(request: web.Request, series: Series) -> dict[str, Any]:
    template = template_of(series)
    since = max(_first_day(series), request[NOW].date())
    found = await dates_of(request, series, since)
    listed = found.planned if request.query.get("more") else found.planned[:SHOWN]
    return {
        "title": "The dates",
        "series": series,
        "often": often(template),
        "hours": hours(template),
        "summary": _summary(found),
        "dates": found,
        "rows": [_row(series, each, found) for each in listed],
        "others": len(found.planned) - len(listed),
        "more_href": str(request.rel_url.update_query(more="yes")),
        "by_rule": holiday_choices(template_of(series)),
        "given": shown_template(template),
        "here_path": _here(request, series),
        "base": plan_path(series, SeriesPart.DATES),
        "query": _query(request),
        "step": 4,
        "steps": STEPS,
        **way_round(request, series, SeriesPart.DATES),
    }


def _move_facts(request: web.Request, series: Series, on: datetime) -> dict[str, Any]:
    return {
        "title": f"Move {date_words(on)}",
        "which": on.isoformat(),
        "given": {"date": on.date().isoformat(), "time": f"{on:%H:%M}"},
        "action": f"{plan_path(series, SeriesPart.DATES)}/move{_query(request)}",
        "back": f"{_here(request, series)}#{anchor_of(on)}",
        "hours": span_of(on, series.minutes, series.zone),
    }


def _summary(found: Dates) -> str:
    """Say how many dates there are in the year to come, and how many fall on something."""
    coming = [each for each in found.planned if each.starts is not None]
    fallen = sum(1 for each in coming if found.fallen(each.starts))
    skipped = len(found.planned) - len(coming)
    moved = sum(1 for each in coming if each.starts != each.on)
    counts = [(fallen, "series.sum.fallen"), (skipped, "series.sum.skipped")]
    counts.append((moved, "series.sum.moved"))
    said = [say(code, {"dates": dates(count)}) for count, code in counts if count]
    return " ".join([say("series.sum.coming", {"dates": dates(len(coming))}), *said])


def _row(series: Series, planned: PlannedDate, found: Dates) -> DateRow:
    choice = planned.decision.choice
    is_by_hand = any(each.on == planned.on and not each.because for each in series.dates)
    return DateRow(
        on=planned.on.isoformat(timespec="minutes"),
        anchor=anchor_of(planned.on),
        day=_day(series, planned),
        flag=FLAGS[choice] if is_by_hand or choice is not DateChoice.KEEP else None,
        why=why(planned),
        notes=date_lines(found.fallen(planned.starts)),
        can_keep=choice is not DateChoice.KEEP,
        can_skip=choice is not DateChoice.SKIP,
        can_undo=is_by_hand,
    )


def _day(series: Series, planned: PlannedDate) -> str:
    if planned.starts is None or planned.starts == planned.on:
        return date_words(planned.on)
    if planned.starts.time() == planned.on.time():
        return date_words(planned.starts)
    span = span_of(planned.starts, series.minutes, series.zone)
    return f"{date_words(planned.starts)}, {span}"


def why(planned: PlannedDate) -> str:
    """Say from where a date moved, or which rule left it out."""
    decision = planned.decision
    if decision.choice is DateChoice.MOVE:
        return say("series.why.move", {"day": date_words(planned.on)})
    if decision.choice is DateChoice.SKIP and decision.because is not None:
        return say(f"series.why.{decision.because}")
    return ""


def _first_day(series: Series) -> date:
    return series.starts_local.date() if series.starts_local else date.min


def _here(request: web.Request, series: Series) -> str:
    return plan_path(series, SeriesPart.DATES) + _query(request)


def _query(request: web.Request) -> str:
    """Give again what the address says of where on the page one is."""
    where = parse(request.query, WhereForm)
    kept = {"month": where.month, "more": where.more}
    if request.query.get("then") == SeriesPart.CHECK:
        kept["then"] = "check"
    given = {name: value for name, value in kept.items() if value}
    return f"?{urlencode(given)}" if given else ""
