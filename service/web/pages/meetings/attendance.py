"""The list of who came to a session: filled in from what the room told, ticked and corrected by hosts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from aiohttp import web
from multidict import MultiMapping

from scheduling.answers import Answer
from scheduling.time import clock_words, long_date
from scheduling.ways import EASE, Way
from service.actions.attendance import (
    NOTE_BEFORE,
    Line,
    Notes,
    Sheet,
    may_note,
    note_who_came,
    sheet_of,
)
from service.actions.looking_after import LookedAfter, looked_after
from service.errors import Invalid
from service.storage.attendance import AttendanceSource
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.leading import rooms_of
from service.web.pages.meetings.room import is_online, tells_of_people
from service.web.pages.meetings.words import ANSWER_WORDS, WAY_WORDS, day_of, name_of, time_of
from service.web.reading import read_id, typed
from service.web.words import say

TEMPLATE = "meetings/attendance.html"
#: How somebody came of whom nothing is known, if it is offered.
WALKED_IN = (Way.ROOM, Way.OUTDOORS)
#: What somebody who was not there has for a way.
NOT_THERE = ""


async def show(request: web.Request) -> web.Response:
    """Show who came, to be ticked and corrected."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    room = await looked_after(db, actor, read_id(request), now=now)
    sheet = await sheet_of(db, actor, room, now=now)
    lines = [_shown(line, _ways(room)) for line in sheet.lines]
    return await page(request, TEMPLATE, **await _facts(request, room, sheet, lines))


async def save(request: web.Request) -> web.Response:
    """Keep what was changed on the list, and nothing else of it."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    meeting_id = read_id(request)
    form = await request.post()
    try:
        await note_who_came(db, actor, meeting_id, read_notes(form), now=now)
    except Invalid as problem:
        room = await looked_after(db, actor, meeting_id, now=now)
        sheet = await sheet_of(db, actor, room, now=now)
        lines = [_typed(_shown(line, _ways(room)), form) for line in sheet.lines]
        facts = await _facts(request, room, sheet, lines)
        return await again(request, TEMPLATE, problem, await typed(request), **facts)
    return see_other(f"/sessions/{meeting_id}/attendance", done="attendance-noted")


def read_notes(form: MultiMapping[Any]) -> Notes:
    """Read what was changed against what the page had shown; raises Invalid."""
    there = set(form.getall("there", ()))
    people: dict[UUID, Way | None] = {}
    for shown in form.getall("was", ()):
        whose, _, was = str(shown).partition(":")
        is_now = form.get(f"way-{whose}", "") if whose in there else NOT_THERE
        if is_now != was:
            people[_id(whose)] = _way(is_now) if whose in there else None
    others: dict[Way, int] = {}
    confirmed: dict[Way, int] = {}
    for way in Way:
        number, was = str(form.get(f"others-{way}", "")), str(form.get(f"others-was-{way}", ""))
        if f"others-{way}" in form:
            (confirmed if number.strip() == was else others)[way] = _number(number, way)
    return Notes(people, others, confirmed)


async def _facts(
    request: web.Request, room: LookedAfter, sheet: Sheet, lines: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    now, zone = request[NOW], room.meeting.zone
    opens_at = room.slot.starts_at - NOTE_BEFORE
    return {
        "title": "Who came",
        "meeting": room.meeting,
        "name": name_of(room.meeting),
        "day": day_of(room.meeting),
        "time": time_of(room.meeting),
        "is_early": now < opens_at,
        "opens": f"{clock_words(opens_at, zone)} on {long_date(opens_at, zone)}",
        "may_note": may_note(room.slot, now),
        "tells": tells_of_people(await rooms_of(request)) and is_online(room),
        "coming": [line for line in lines if line["said_yes"]],
        "rest": [line for line in lines if not line["said_yes"]],
        "ways": _ways(room),
        "strip": _strip(room, sheet),
        "others": [
            {"way": str(way), "word": WAY_WORDS[way], "people": sheet.others.get(way, 0)}
            for way in _ways(room)
        ],
        "way_words": WAY_WORDS,
    }


def _shown(line: Line, ways: Sequence[Way]) -> dict[str, Any]:
    """Give one person as the list shows them: with the way they came by, or would have."""
    guest = line.guest
    likely = (line.way, guest.way, *WALKED_IN, *ways)
    return {
        "id": guest.invitation_id.hex,
        "name": guest.name,
        "said_yes": guest.answer is Answer.YES,
        "answer": _answer_words(line),
        "was": str(line.way) if line.was_there and line.way else NOT_THERE,
        "is_there": line.was_there,
        "way": str(next(way for way in likely if way in ways)),
        "known": _known_words(line),
    }


def _typed(line: dict[str, Any], form: MultiMapping[Any]) -> dict[str, Any]:
    """Give the line as it was typed, against what the page had shown then."""
    shown = dict(str(each).split(":", 1) for each in form.getall("was", ()) if ":" in str(each))
    return line | {
        "was": shown.get(line["id"], line["was"]),
        "is_there": line["id"] in form.getall("there", ()),
        "way": form.get(f"way-{line['id']}", line["way"]),
    }


def _answer_words(line: Line) -> str:
    way = line.guest.way
    said = ANSWER_WORDS[line.guest.answer]
    return f"{said}, {WAY_WORDS[way].lower()}" if line.guest.answer is Answer.YES and way else said


def _known_words(line: Line) -> str:
    """Say how we know that somebody was there."""
    if line.source is None:
        return ""
    if line.source is AttendanceSource.NOTED:
        return say("attendance.noted" if line.was_there else "attendance.noted-not")
    return say(f"attendance.told.{line.way}")


def _strip(room: LookedAfter, sheet: Sheet) -> Sequence[Mapping[str, Any]]:
    """Give how many came by each way, against those who said yes by it."""
    counts = sheet.counts()
    said = Counter(each.guest.way for each in sheet.lines if each.guest.answer is Answer.YES)
    return [
        {"way": str(way), "word": WAY_WORDS[way], "came": counts[way], "said": said[way]}
        for way in _ways(room)
    ]


def _ways(room: LookedAfter) -> list[Way]:
    offered = {offer.way for offer in room.meeting.offers}
    return [way for way in EASE if way in offered]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid({"form": "not-a-choice"}) from error


def _way(text: object) -> Way:
    try:
        return Way(str(text))
    except ValueError as error:
        raise Invalid({"form": "not-a-choice"}) from error


def _number(text: str, way: Way) -> int:
    """Read how many; an empty box means nobody."""
    if not text.strip():
        return 0
    if not text.strip().isdecimal():
        raise Invalid({f"others-{way}": "not-a-number"})
    return int(text.strip()[:6])
