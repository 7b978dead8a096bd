"""Planning a session, one question a page: a draft from the first answer on."""

from typing import Any

from aiohttp import web

from scheduling.meeting import MeetingState
from service.actions.drafting import change_kind, save_draft, start_draft
from service.actions.looking_at_dates import findings_of, refuse_unless_agreed
from service.actions.planning import Part
from service.actions.plans import details_of
from service.errors import Invalid, NotFound, Refused
from service.storage.kinds import kinds_of
from service.storage.meetings import Meeting, meeting_by_id
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.forms import DatesForm, KindForm
from service.web.pages.meetings.parts import CHECK, ORDER, STEPS, facts_of, kind_options, part_page
from service.web.reading import read_form, read_id, typed

KIND_PAGE = "meetings/kind.html"
KIND_TITLE = "What kind of session is it?"


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
    meeting = await start_draft(request[DB], request[ACTOR], form.kind_id, now=request[NOW])
    return see_other(f"/sessions/{meeting.id}/plan/{Part.TIME}")


async def show_kind(request: web.Request) -> web.Response:
    """Ask for the kind of a draft again."""
    meeting = await draft_of(request)
    return await page(request, KIND_PAGE, **await _kind_facts(request, meeting))


async def save_kind(request: web.Request) -> web.Response:
    """Change the kind of a draft."""
    meeting = await draft_of(request)
    try:
        form = await read_form(request, KindForm)
    except Invalid as problem:
        facts = await _kind_facts(request, meeting)
        return await again(request, KIND_PAGE, problem, await typed(request), **facts)
    await change_kind(request[DB], request[ACTOR], meeting.id, form.kind_id, now=request[NOW])
    return see_other(next_path(request, meeting, Part.KIND))


async def show_part(request: web.Request) -> web.Response:
    """Ask for one part of a draft's plan."""
    here = part_page(request)
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    if meeting.state is not MeetingState.DRAFT:
        return see_other(f"/sessions/{meeting.id}/change/{here.part}")
    facts = await facts_of(request, meeting, here)
    return await page(request, here.template, **facts, **way_round(request, meeting, here.part))


async def save_part(request: web.Request) -> web.Response:
    """Keep one part of a draft's plan and ask for the next."""
    here = part_page(request)
    meeting = await draft_of(request)
    try:
        form = await read_form(request, here.form)
        details = form.on(details_of(meeting))
        await save_draft(request[DB], request[ACTOR], meeting.id, details, now=request[NOW])
        await _ask_about_date(request, meeting, here.part)
    except (Invalid, Refused) as problem:
        facts = await facts_of(request, meeting, here) | way_round(request, meeting, here.part)
        return await again(request, here.template, problem, await typed(request), **facts)
    return see_other(next_path(request, meeting, here.part))


async def _ask_about_date(request: web.Request, meeting: Meeting, part: Part) -> None:
    """Let a day that falls on something pass with a tick only; where and who is asked for later."""
    if part is Part.TIME:
        agreed = await read_form(request, DatesForm)
        found = await findings_of(request[DB], request[ACTOR], meeting)
        refuse_unless_agreed(found, is_agreed=agreed.is_agreed)


async def draft_of(request: web.Request) -> Meeting:
    """Give the draft in the address; raises NotFound for a meeting that is no draft any more."""
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    if meeting.state is not MeetingState.DRAFT:
        raise NotFound
    return meeting


def next_path(request: web.Request, meeting: Meeting, part: Part) -> str:
    """Give the address of the page after this one; the last page if one came from there."""
    following = _then(request) or ORDER[ORDER.index(part) + 1]
    return f"/sessions/{meeting.id}/plan/{following}"


def way_round(request: web.Request, meeting: Meeting, part: Part) -> dict[str, Any]:
    """Give what leads round a page: where its form goes, and what is back."""
    then = _then(request)
    before = then or ORDER[ORDER.index(part) - 1]
    return {
        "action": f"/sessions/{meeting.id}/plan/{part}{'?then=check' if then else ''}",
        "back": f"/sessions/{meeting.id}/plan/{before}",
        "carried": {},
    }


def _then(request: web.Request) -> str:
    """Say where one came from, if that is the last page."""
    return CHECK if request.query.get("then") == CHECK else ""


async def _kind_facts(request: web.Request, meeting: Meeting | None) -> dict[str, Any]:
    kinds = await kinds_of(request[DB], request[ACTOR])
    facts: dict[str, Any] = {
        "title": KIND_TITLE,
        "kinds": kind_options(kinds),
        "step": 1,
        "steps": STEPS,
        "given": {"kind_id": ""},
        "action": "/sessions/new",
        "back": "/sessions",
        "carried": {},
    }
    if meeting is None:
        return facts
    given = {"kind_id": str(meeting.kind_id)}
    here = way_round(request, meeting, Part.KIND)
    back = here["back"] if _then(request) else "/sessions"
    return facts | {"given": given} | here | {"back": back}
