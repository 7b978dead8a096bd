"""Changing a published session: the same pages, then who would be told what, then saving."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from scheduling.dates import blocks
from scheduling.meeting import MeetingState
from service.actions.changing import Agreed, Foreseen, NotAgreed, change_meeting, foresee_change
from service.actions.looking_at_dates import DateNotAgreed, findings_anew, refuse_unless_agreed
from service.actions.plans import Details, around_of, details_of
from service.errors import Conflict, Invalid, Refused
from service.storage.meetings import Meeting, meeting_by_id
from service.web.answers import NOT_USABLE, again, page, see_other, sentences
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.date_words import date_lines
from service.web.pages.meetings.forms import ChangeForm, DatesForm
from service.web.pages.meetings.parts import PartPage, facts_of, part_page
from service.web.pages.meetings.waiting import limit_lines
from service.web.pages.meetings.words import people, rows_of, told_lines
from service.web.reading import read_form, read_id, typed

CONFIRM_PAGE = "meetings/confirm_change.html"
#: What belongs to the round and not to the part itself.
NOT_CARRIED = frozenset({"agreed", "back", "dates_agreed", "left_without", "version"})


async def show(request: web.Request) -> web.Response:
    """Show one part of a published session's plan, to be changed."""
    here = part_page(request)
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    if meeting.state is MeetingState.DRAFT:
        return see_other(f"/sessions/{meeting.id}/plan/{here.part}")
    facts = await facts_of(request, meeting, here) | way_round(meeting, here, meeting.version)
    return await page(request, here.template, **facts)


async def save(request: web.Request) -> web.Response:
    """Show what a change would do; save it once that was agreed to."""
    here = part_page(request)
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    round_ = await read_form(request, ChangeForm)
    facts = await facts_of(request, meeting, here) | way_round(meeting, here, round_.version)
    if round_.back:
        return await page(request, here.template, values=await typed(request), **facts)
    try:
        details = (await read_form(request, here.form)).on(details_of(meeting))
        return await _save_or_show(request, here, round_, details)
    except (Invalid, Refused) as problem:
        return await again(request, here.template, problem, await typed(request), **facts)


async def _save_or_show(
    request: web.Request, here: PartPage, round_: ChangeForm, details: Details
) -> web.Response:
    db, actor, id_ = request[DB], request[ACTOR], read_id(request)
    found = await findings_anew(db, actor, await meeting_by_id(db, actor, id_), details)
    errors = {}
    if round_.agreed:
        agreed = Agreed(round_.version, round_.left_without or 0)
        try:
            refuse_unless_agreed(found, is_agreed=(await read_form(request, DatesForm)).is_agreed)
            await change_meeting(db, actor, id_, details, agreed, now=request[NOW])
            return see_other(f"/sessions/{id_}", done="session-changed")
        except (NotAgreed, DateNotAgreed) as problem:
            errors = sentences(problem)
    foreseen = await foresee_change(db, actor, id_, details, now=request[NOW])
    if foreseen.meeting.version != round_.version:
        raise Conflict
    if foreseen.details == details_of(foreseen.meeting):
        return see_other(f"/sessions/{id_}", done="nothing-changed")
    facts = _confirm_facts(here, foreseen, await typed(request))
    facts |= {"dates": date_lines(found), "asks_yes": bool(blocks(found))}
    return await page(
        request, CONFIRM_PAGE, status=NOT_USABLE if errors else 200, errors=errors, **facts
    )


def _confirm_facts(here: PartPage, foreseen: Foreseen, given: Mapping[str, Any]) -> dict[str, Any]:
    meeting = foreseen.meeting
    old = {row.term: row.value for row in rows_of(meeting, details_of(meeting), around_of(meeting))}
    new = rows_of(meeting, foreseen.details, foreseen.around)
    return {
        "title": "Before you save",
        "meeting": meeting,
        "part": here.part,
        "rows": [
            {"term": row.term, "value": row.value} for row in new if old.get(row.term) != row.value
        ],
        "limits": limit_lines(meeting, foreseen.details.limits, foreseen.waiting),
        "told": told_lines(foreseen.forecast),
        "total": people(foreseen.forecast.total),
        "left_without": foreseen.left_without,
        "left_words": people(foreseen.left_without),
        "carried": carried(given),
        "version": meeting.version,
        "action": f"/sessions/{meeting.id}/change/{here.part}",
    }


def carried(
    given: Mapping[str, Any], *, but: frozenset[str] = NOT_CARRIED
) -> list[tuple[str, str]]:
    """Give what was typed as hidden fields, to be sent again when it is agreed to."""
    return [
        (name, str(value))
        for name, values in given.items()
        if name not in but
        for value in (values if isinstance(values, list) else [values])
    ]


def way_round(meeting: Meeting, here: PartPage, version: int) -> dict[str, Any]:
    """Give what leads round a page: where its form goes, what is back, and the version looked at."""
    return {
        "action": f"/sessions/{meeting.id}/change/{here.part}",
        "back": f"/sessions/{meeting.id}",
        "carried": {"version": version},
        "step": 0,
    }
