"""Notes for the safeguarding lead: written by whoever runs or arranges sessions, read by the lead alone."""

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web

from scheduling.recurrence import instant_of
from scheduling.time import WallTime, clock_words, long_date, on_wall
from service.actions.held_back import waiting_for_lead
from service.actions.needs import CannotOpen
from service.actions.safeguarding import (
    PARTS,
    Noted,
    close_note,
    destroy_note,
    read_note,
    write_note,
)
from service.errors import Invalid, Refused
from service.storage.meetings import Meeting, meeting_row
from service.storage.safeguarding import SafeguardingNote, note_by_id, notes_of
from service.web.answers import NOT_USABLE, again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW, SEALER
from service.web.reading import (
    Day,
    EmptyIsNone,
    Form,
    Line,
    Lines,
    read_form,
    read_id,
    read_query,
    typed,
)
from service.web.words import say

WRITE = "safeguarding/write.html"
NOTE = "safeguarding/note.html"


class Where(Form):
    """The session the note is about, if it is about one."""

    session: Annotated[UUID | None, EmptyIsNone] = None


class NoteForm(Where):
    """What happened, in four parts."""

    happened_on: Day
    happened_at: Annotated[time | None, EmptyIsNone] = None
    who: Line = ""
    facts: Lines = ""
    words_used: Lines = ""
    action: Lines = ""

    def noted(self, zone: str) -> Noted:
        """Give it as a value; a time that was not given is the start of the day."""
        local = datetime.combine(self.happened_on, self.happened_at or time())
        parts = {name: getattr(self, name) for name in PARTS}
        return Noted(instant_of(WallTime(local, zone)), parts, self.session)


async def ask(request: web.Request) -> web.Response:
    """Show the empty form, for a session or without one."""
    return await page(request, WRITE, **await _asked(request, read_query(request, Where).session))


async def write(request: web.Request) -> web.Response:
    """Keep the note; it is not shown again to whoever wrote it."""
    try:
        form = await read_form(request, NoteForm)
        noted = form.noted(request[HOUSE].zone)
        sealer = request.app[SEALER]
        await write_note(request[DB], request[ACTOR], sealer, noted, now=request[NOW])
    except (Invalid, Refused) as problem:
        session = _uuid((await typed(request)).get("session"))
        facts = await _asked(request, session)
        return await again(request, WRITE, problem, await typed(request), **facts)
    back = f"/sessions/{form.session}" if form.session else "/sessions"
    return see_other(back, done="note-kept")


async def notes(request: web.Request) -> web.Response:
    """List the notes for the lead, without what they say."""
    found = await notes_of(request[DB], request[ACTOR], closed_too="all" in request.query)
    return await page(
        request,
        "safeguarding/list.html",
        title=say("safeguarding.title"),
        rows=[_row(request, note, meeting) for note, meeting in found],
        shows_all="all" in request.query,
        erased=await waiting_for_lead(request[DB], request[ACTOR]),
    )


async def note(request: web.Request) -> web.Response:
    """Show when a note was written and by whom; reading it is a press, which is kept."""
    found = await note_by_id(request[DB], request[ACTOR], read_id(request))
    return await page(request, NOTE, **_shown(request, found))


async def read(request: web.Request) -> web.Response:
    """Open a note and show what it says."""
    db, actor, sealer = request[DB], request[ACTOR], request.app[SEALER]
    try:
        found, words = await read_note(db, actor, sealer, read_id(request), now=request[NOW])
    except CannotOpen:
        title = say("cannot-open.title")
        facts = {"title": title, "back": "/safeguarding"}
        return await page(request, "requests/cannot_open.html", status=NOT_USABLE, **facts)
    return await page(request, NOTE, **_shown(request, found), words=words)


async def close(request: web.Request) -> web.Response:
    """Say that nothing more is to be done about a note."""
    note_id = read_id(request)
    try:
        await close_note(request[DB], request[ACTOR], note_id, now=request[NOW])
    except Refused as problem:
        return await _again(request, problem)
    return see_other(f"/safeguarding/{note_id}", done="note-closed")


async def destroy(request: web.Request) -> web.Response:
    """Destroy what a note says, for good."""
    db, actor, sealer = request[DB], request[ACTOR], request.app[SEALER]
    try:
        await destroy_note(db, actor, sealer, read_id(request), now=request[NOW])
    except Refused as problem:
        return await _again(request, problem)
    return see_other("/safeguarding", done="note-destroyed")


async def _again(request: web.Request, problem: Refused) -> web.Response:
    found = await note_by_id(request[DB], request[ACTOR], read_id(request))
    return await again(request, NOTE, problem, {}, **_shown(request, found))


async def _asked(request: web.Request, session: UUID | None) -> dict[str, Any]:
    meeting = await meeting_row(request[DB], request[ACTOR], session) if session else None
    today = on_wall(request[NOW], request[HOUSE].zone).local.date()
    return {
        "title": say("safeguarding.write"),
        "session": meeting,
        "when": _when(meeting) if meeting else "",
        "today": today.isoformat(),
    }


def _shown(request: web.Request, found: SafeguardingNote) -> dict[str, Any]:
    zone = request[HOUSE].zone
    return {
        "title": say("safeguarding.note"),
        "note": found,
        "happened": _moment(found.happened_at, zone),
        "written": _moment(found.created_at, zone),
        "parts_words": {name: say(f"safeguarding.{name}") for name in PARTS},
    }


def _row(
    request: web.Request, found: SafeguardingNote, meeting: Meeting | None
) -> dict[str, object]:
    return {
        "note": found,
        "written": _moment(found.created_at, request[HOUSE].zone),
        "session": f"{meeting.neutral_title}, {_when(meeting)}" if meeting else "",
    }


def _when(meeting: Meeting) -> str:
    return long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else ""


def _moment(at: datetime, zone: str) -> str:
    return f"{long_date(at, zone)}, {clock_words(at, zone)}"


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
