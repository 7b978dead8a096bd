"""Changing several dates of a series at once: how far it reaches, what it would do, and then saving it.

A change begins on the page of one session, which asks how far it reaches, or on the page of the series,
where it is for all dates to come.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web

from scheduling.series import EditScope, SeriesState
from service.actions.planning import Part
from service.actions.plans import details_of
from service.actions.series.template import Template, template_of
from service.actions.series.working_out import Edit
from service.errors import Invalid, NotFound, Refused
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.series import Series, meetings_of_series, series_by_id
from service.web.answers import again, page
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings import changing, parts
from service.web.pages.meetings.forms import TimeForm
from service.web.pages.meetings.parts import part_page
from service.web.pages.meetings.words import day_of
from service.web.pages.series.confirming import Look, confirm_or_save
from service.web.pages.series.forms import OftenForm, ScopeForm, SeriesChangeForm, on_template
from service.web.pages.series.parts import (
    CHANGES,
    SeriesPage,
    SeriesPart,
    facts_of,
    page_of,
    rule_choices,
    rule_like,
)
from service.web.pages.series.words import dates
from service.web.reading import read_form, read_id, typed

SCOPE_PAGE = "series/scope.html"
OFTEN_PAGE = "series/often.html"
#: What each round of a change on a session's page asks anew.
NOT_CARRIED = frozenset({"agreed", "back", "left_without", "scope", "series_version"})
NOT_CARRIED_FROM_OFTEN = NOT_CARRIED - {"scope"} | {"rule", "ends_on"}


async def save_date(request: web.Request) -> web.Response:
    """Take a change to one session; of a series, ask first how far it reaches.

    Where the series itself is not this person's, the change is for this session only.
    """
    here = part_page(request)
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    form = await read_form(request, ScopeForm)
    series = await _its_series(request, meeting)
    if series is None or form.back or form.scope is EditScope.THIS:
        return await changing.save(request)
    try:
        part = await read_form(request, here.form)
        part.on(details_of(meeting))
        if form.scope is None:
            return await _ask_scope(request, meeting, series, part)
        template = on_template(part, template_of(series))
        return await _take(request, meeting, series, form, template)
    except (Invalid, Refused) as problem:
        facts = await parts.facts_of(request, meeting, here)
        facts |= changing.way_round(meeting, here, form.version)
        return await again(request, here.template, problem, await typed(request), **facts)


async def show_part(request: web.Request) -> web.Response:
    """Show one part of a running series, to be changed for all dates to come."""
    here = page_of(request, CHANGES)
    series, template, _ = await _running(request)
    facts = await facts_of(request, series, template, here) | _way_round(series, here)
    return await page(request, here.template, **facts)


async def save_part(request: web.Request) -> web.Response:
    """Show what a change to all dates to come would do; save it once that was agreed to."""
    here = page_of(request, CHANGES)
    series, template, following = await _running(request)
    form = await read_form(request, SeriesChangeForm)
    facts = await facts_of(request, series, template, here) | _way_round(series, here)
    if form.back:
        return await page(request, here.template, values=await typed(request), **facts)
    try:
        wanted = on_template(await read_form(request, here.form), template)
        edit = Edit(series_id=series.id, scope=EditScope.ALL, on=following, template=wanted)
        look = Look.of(form, f"/series/{series.id}/change/{here.part}")
        return await confirm_or_save(request, series, edit, look)
    except (Invalid, Refused) as problem:
        return await again(request, here.template, problem, await typed(request), **facts)


async def _its_series(request: web.Request, meeting: Meeting) -> Series | None:
    """Give the series a session belongs to while it runs, if this person may change it."""
    if meeting.series_id is None or meeting.series_on is None:
        return None
    try:
        series = await series_by_id(request[DB], request[ACTOR], meeting.series_id)
    except NotFound:
        return None
    return series if series.state is SeriesState.RUNNING else None


async def _take(
    request: web.Request, meeting: Meeting, series: Series, form: ScopeForm, template: Template
) -> web.Response:
    """Show or save a change that reaches further than one session.

    Where the day itself changes, how often it comes from then on is asked first.
    """
    starts, before = template.details.starts_local, meeting.starts_local
    if starts and before and is_another_day(request, starts, before):
        often = await read_form(request, OftenForm)
        if often.rule is None:
            return await _ask_often(request, meeting, series, template)
        template = replace(template, rule=often.rule, ends_on=often.ends_on)
    elif starts and series.starts_local:
        same_day = datetime.combine(series.starts_local.date(), starts.time())
        template = replace(template, details=replace(template.details, starts_local=same_day))
    scope, on = form.scope or EditScope.FOLLOWING, meeting.series_on
    edit = Edit(series_id=series.id, scope=scope, on=on, template=template)
    action = f"/sessions/{meeting.id}/change/{request.match_info['part']}"
    return await confirm_or_save(request, series, edit, Look.of(form, action))


def is_another_day(request: web.Request, starts: datetime, before: datetime) -> bool:
    """Say whether a change moves a session to another day."""
    is_time = request.match_info["part"] == Part.TIME
    return is_time and starts.date() != before.date()


async def _ask_scope(
    request: web.Request, meeting: Meeting, series: Series, part: Any
) -> web.Response:
    """Ask whether a change is for this session, for those after it too, or for all to come."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    coming = await meetings_of_series(db, actor, series.id, since=now)
    is_moved = (
        isinstance(part, TimeForm)
        and meeting.starts_local is not None
        and part.date != meeting.starts_local.date()
    )
    return await page(
        request,
        SCOPE_PAGE,
        title="Which dates should change?",
        scopes=_scopes(meeting, coming, is_moved=is_moved),
        carried=changing.carried(await typed(request), but=NOT_CARRIED),
        action=f"/sessions/{meeting.id}/change/{request.match_info['part']}",
        hint="Dates that are over never change." if len(coming) > 1 else "",
    )


def _scopes(meeting: Meeting, coming: Sequence[Meeting], *, is_moved: bool) -> list[dict[str, str]]:
    """Give the choices; where this is the next date, those after it are all to come."""
    starts_at = meeting.starts_at
    after = [each for each in coming if each.starts_at and starts_at and each.starts_at > starts_at]
    is_next = len(after) + 1 >= len(coming)
    choices = [
        {"value": EditScope.THIS, "word": "Only this one", "line": day_of(meeting)},
    ]
    if is_moved or not is_next:
        line = f"{dates(len(after) + 1)}, from {day_of(meeting)} on"
        choices.append(
            {"value": EditScope.FOLLOWING, "word": "This one and those after it", "line": line}
        )
    if not is_moved:
        line = f"{dates(len(coming))}, from {day_of(coming[0] if coming else meeting)} on"
        choices.append({"value": EditScope.ALL, "word": "All to come", "line": line})
    return choices


async def _ask_often(
    request: web.Request, meeting: Meeting, series: Series, template: Template
) -> web.Response:
    """Ask how often the series comes from its new day on."""
    rule = rule_like(template)
    choices = rule_choices(replace(template, rule=rule), shows_all=False)
    ends_on = series.ends_on.isoformat() if series.ends_on else ""
    return await page(
        request,
        OFTEN_PAGE,
        title="How often from then on?",
        given={"rule": rule.text if rule else "", "ends_on": ends_on},
        rules=choices["rules"][:-1],
        first=choices["first"],
        carried=changing.carried(await typed(request), but=NOT_CARRIED_FROM_OFTEN),
        action=f"/sessions/{meeting.id}/change/{Part.TIME}",
    )


async def _running(request: web.Request) -> tuple[Series, Template, datetime | None]:
    """Give a running series, its template as from its next date on, and that date."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    series = await series_by_id(db, actor, read_id(request))
    if series.state is SeriesState.DRAFT:
        raise NotFound
    if series.state is SeriesState.ENDED:
        raise Refused("is-ended")
    template = template_of(series)
    if request.match_info["part"] != SeriesPart.RULE:
        return series, template, None
    coming = await meetings_of_series(db, actor, series.id, since=now, limit=1)
    following = next((each.series_on for each in coming), None)
    if following is None:
        return series, template, None
    details = replace(template.details, starts_local=following)
    return series, replace(template, details=details), following


def _way_round(series: Series, here: SeriesPage) -> dict[str, Any]:
    return {
        "action": f"/series/{series.id}/change/{here.part}",
        "back": f"/series/{series.id}",
        "carried": {"version": series.version},
        "step": 0,
    }
