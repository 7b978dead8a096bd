"""What a facilitator is to do for people in her own meeting: action lines, no names, ticked on the day."""

from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field as Limit

from accessibility.disclosure import ACTIONS_BEFORE, Extent, Field
from accessibility.wording import ActionLine, people_words
from scheduling.time import long_date, span_words
from service.actions.host_sheet import LONGEST_NOTE, HostSheet, sheet_for, slot_of, tick
from service.errors import Invalid, Refused
from service.storage.meetings import Meeting
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.reading import Form, Lines, read_form, read_id, typed
from service.web.words import say

PAGE = "requests/sheet.html"
#: Fields of the form that say how a line went begin with this.
LINE = "line-"
DONE, NOT_DONE = "done", "not-done"


class Note(Form):
    """What hosts want the coordinator to know."""

    note: Annotated[Lines, Limit(max_length=LONGEST_NOTE)] = ""


async def sheet(request: web.Request) -> web.Response:
    """Show the sheet to those who run the meeting, from 7 days before to 2 days after."""
    found = await sheet_for(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    if found.extent is Extent.NONE:
        words = _why_not(found.meeting, request[NOW])
        return await page(request, "requests/not_now.html", words=words, **_head(found.meeting))
    note_shown(request, Field.ACTION_LINES, meeting_id=found.meeting.id)
    return await page(request, PAGE, **_facts(found))


async def write(request: web.Request) -> web.Response:
    """Write down what was done and what was not."""
    meeting_id = read_id(request)
    try:
        note = (await read_form(request, Note)).note
        said = await _said(request)
        await tick(request[DB], request[ACTOR], meeting_id, said, note, now=request[NOW])
    except (Invalid, Refused) as problem:
        found = await sheet_for(request[DB], request[ACTOR], meeting_id, now=request[NOW])
        return await again(request, PAGE, problem, await typed(request), **_facts(found))
    return see_other(f"/sessions/{meeting_id}/help", done="sheet-ticked")


async def _said(request: web.Request) -> dict[str, bool]:
    fields = await typed(request)
    said = {
        name.removeprefix(LINE): value
        for name, value in fields.items()
        if name.startswith(LINE) and value
    }
    if not set(said.values()) <= {DONE, NOT_DONE}:
        raise Invalid({"form": "not-a-choice"})
    return {mark: value == DONE for mark, value in said.items()}


def _facts(found: HostSheet) -> dict[str, Any]:
    return _head(found.meeting) | {
        "ask_coordinator": found.lines.ask_coordinator,
        "asked": [_line(line, found) for line in found.lines.asked],
        "baseline": [_line(line, found) for line in found.lines.baseline],
        "may_tick": found.may_tick,
        "choices": [
            {"value": DONE, "word": say("sheet.done")},
            {"value": NOT_DONE, "word": say("sheet.not-done")},
        ],
    }


def _line(line: ActionLine, found: HostSheet) -> dict[str, str]:
    said = found.ticks.get(line.mark)
    told = {True: DONE, False: NOT_DONE}.get(said) if said is not None else ""
    asked_by = say("sheet.asked-by", {"people": people_words(line.people)}) if line.people else ""
    return {
        "text": line.text,
        "name": f"{LINE}{line.mark}",
        "said": told or "",
        "asked_by": asked_by,
    }


def _head(meeting: Meeting) -> dict[str, Any]:
    slot = slot_of(meeting)
    return {
        "title": say("sheet.title"),
        "session": meeting.neutral_title,
        "when": span_words(slot, meeting.zone) if slot else "",
        "meeting_id": meeting.id,
    }


def _why_not(meeting: Meeting, now: datetime) -> str:
    """Say from when the sheet can be seen, or that its time is over."""
    if meeting.starts_at is None:
        return say("sheet.no-date")
    if now < meeting.starts_at:
        first = long_date(meeting.starts_at - ACTIONS_BEFORE, meeting.zone)
        return say("sheet.early", {"day": first})
    return say("sheet.late")
