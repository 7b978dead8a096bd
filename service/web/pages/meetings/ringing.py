"""Who rings whom at a session where people are rung, and choosing it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web

from accessibility.disclosure import Field
from scheduling.time import clock_words, long_date
from service.actions.ringing import RingLine, RingRound, Shown, choose_ringers, ring_round_of
from service.errors import Invalid
from service.outbound.numbers import phone_words
from service.storage.planned import PhoneJoining
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.meetings.words import day_of, name_of, time_of
from service.web.reading import read_id, typed

TEMPLATE = "meetings/ring_round.html"
FIELD = "ringer-"


async def show(request: web.Request) -> web.Response:
    """Show who rings whom, and when."""
    found = await _found(request)
    return await page(request, TEMPLATE, **_facts(found))


async def save(request: web.Request) -> web.Response:
    """Keep who was chosen to ring whom."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    meeting_id = read_id(request)
    try:
        await choose_ringers(db, actor, meeting_id, _choices(await request.post()), now=now)
    except Invalid as problem:
        facts = _facts(await _found(request))
        return await again(request, TEMPLATE, problem, await typed(request), **facts)
    return see_other(f"/sessions/{meeting_id}/ring-round", done="ringers-chosen")


async def _found(request: web.Request) -> RingRound:
    found = await ring_round_of(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    numbers = [line for line in found.lines if line.number]
    note_shown(request, Field.CONTACT, meeting_id=found.meeting.id, count=len(numbers))
    return found


def _choices(form: Mapping[str, Any]) -> dict[UUID, UUID | None]:
    """Read who was chosen for whom; raises Invalid for what names nobody."""
    found: dict[UUID, UUID | None] = {}
    for name, value in form.items():
        if name.startswith(FIELD):
            try:
                found[UUID(name.removeprefix(FIELD))] = UUID(str(value)) if value else None
            except ValueError as error:
                raise Invalid({name: "not-a-choice"}) from error
    return found


def _facts(found: RingRound) -> dict[str, Any]:
    meeting, zone = found.meeting, found.meeting.zone
    lines = [_line(each, found) for each in found.lines]
    return {
        "title": "Who rings whom",
        "meeting": meeting,
        "name": name_of(meeting),
        "day": day_of(meeting),
        "time": time_of(meeting),
        "lines": lines,
        "mine": [each for each in lines if each["is_mine"]],
        "is_dialled": meeting.phone_joining is PhoneJoining.DIAL,
        "from_time": clock_words(found.numbers_from, zone),
        "from_day": long_date(found.numbers_from, zone),
        "begins": clock_words(found.lines[0].call.at, zone) if found.lines else "",
        "has_nobody": any(not each.ringer for each in found.lines),
        "may_change": found.may_change and any(each.may_choose for each in found.lines),
        "options": [
            {"value": "", "word": "Whoever has time"},
            *({"value": str(id_), "word": name} for id_, name in found.may_be_chosen.items()),
        ],
    }


def _line(line: RingLine, found: RingRound) -> dict[str, Any]:
    ringer = line.invitation.ringer_id
    return {
        "id": line.invitation.id,
        "at": clock_words(line.call.at, found.meeting.zone),
        "minutes": line.call.minutes,
        "name": line.invitation.person.chosen_name,
        "ringer": line.ringer,
        "chosen": str(ringer) if ringer in found.may_be_chosen else "",
        "number": phone_words(line.number) if line.shown is Shown.FULL else line.number,
        "shown": line.shown.value,
        "is_safe": line.is_safe,
        "is_relay": line.is_relay,
        "is_mine": line.is_mine,
        "may_choose": line.may_choose,
    }
