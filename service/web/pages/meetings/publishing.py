"""Check your answers: the whole plan, who will be told what, what is still to put right; then publish."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from scheduling.dates import blocks
from scheduling.meeting import MeetingState
from service.actions import looking_at_dates
from service.actions.inviting import Outcome
from service.actions.plans import around_of, details_of
from service.actions.publishing import foresee_publishing, publish_meeting
from service.actions.readiness import findings_of, known_line
from service.errors import Invalid, Refused
from service.storage.meetings import Meeting, meeting_by_id
from service.web.answers import NOT_USABLE, page, see_other, sentences
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.date_words import date_lines
from service.web.pages.meetings.forms import DatesForm
from service.web.pages.meetings.parts import STEPS
from service.web.pages.meetings.words import people, put_right, rows_of, told_lines
from service.web.reading import read_form, read_id

CHECK_PAGE = "meetings/check.html"


async def check(request: web.Request) -> web.Response:
    """Show the whole plan of a draft with *Change* beside each line; once published, its page."""
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    if meeting.state is not MeetingState.DRAFT:
        return see_other(f"/sessions/{meeting.id}")
    return await page(request, CHECK_PAGE, **await _facts(request, meeting))


async def publish(request: web.Request) -> web.Response:
    """Publish, or say what to put right first, or that the coordinator has to look at the list.

    Who pressed twice reads the same as who pressed once.
    """
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    if meeting.state is MeetingState.PUBLISHED:
        return see_other(f"/sessions/{meeting.id}", done="published")
    try:
        agreed = await read_form(request, DatesForm)
        found = await looking_at_dates.findings_of(request[DB], request[ACTOR], meeting)
        looking_at_dates.refuse_unless_agreed(found, is_agreed=agreed.is_agreed)
        outcome = await publish_meeting(request[DB], request[ACTOR], meeting.id, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _facts(request, meeting) | {"refused": list(sentences(problem).values())}
        return await page(request, CHECK_PAGE, status=NOT_USABLE, **facts)
    if outcome is Outcome.WAITS:
        return see_other(f"/sessions/{meeting.id}/plan/check", done="ask-coordinator")
    return see_other(f"/sessions/{meeting.id}", done="published")


async def _facts(request: web.Request, meeting: Meeting) -> dict[str, Any]:
    now = request[NOW]
    found = await looking_at_dates.findings_of(request[DB], request[ACTOR], meeting)
    line = await known_line(request[DB], meeting)
    count, forecast = await foresee_publishing(request[DB], request[ACTOR], meeting, now=now)
    return {
        "title": "Check your answers",
        "meeting": meeting,
        "rows": rows_of(meeting, details_of(meeting), replace(around_of(meeting), line=line)),
        "invited": people(count) if count else "Nobody yet",
        "told": told_lines(forecast),
        "findings": put_right(meeting, findings_of(meeting, line, now=now)),
        "refused": [],
        "dates": date_lines(found),
        "asks_yes": bool(blocks(found)),
        "step": STEPS,
        "steps": STEPS,
    }
