"""The page of a session's online room: who is in now, opening it, and what people meet at its door."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from scheduling.answers import Answer
from scheduling.joining import JoinPhase, may_join, may_open_room
from scheduling.online import Ability, ServerKind
from scheduling.time import clock_words, long_date
from scheduling.ways import EASE, REMOTE_WAYS, Way
from service.actions.attendance import NOTE_BEFORE
from service.actions.looking_after import (
    LookedAfter,
    WhoIsIn,
    ask_everyone_to_wait,
    ask_for_passcode,
    can_ask_in,
    looked_after,
    passcode_of,
    who_is_in,
)
from service.rooms.server import Server
from service.storage.attendance import counts_of
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, LISTENS, NOW, TEMPLATES
from service.web.leading import lead_to_rooms, rooms_of
from service.web.live import View
from service.web.pages.meetings.room_words import lists_of, view_of
from service.web.pages.meetings.words import WAY_WORDS, name_of, time_of
from service.web.reading import Form, read_form, read_id

#: So long before the start the page begins to keep itself up to date.
LIVE_BEFORE: Final = timedelta(hours=2)


class Wait(Form):
    """Whether everybody waits to be let in."""

    waits: bool


class Number(Form):
    """Whether everybody is asked for a number."""

    asks: bool


async def show(request: web.Request) -> web.Response:
    """Show who is in now, as far as the server tells, and what hosts can do about the room."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    room = await looked_after(db, actor, read_id(request), now=now)
    server = await rooms_of(request)
    who = await who_is_in(db, actor, room, now=now)
    view = view_of(who, request.app[TEMPLATES])
    phase = may_join(room.slot, now, is_host=True).phase
    is_near = room.slot.starts_at - LIVE_BEFORE <= now and phase is not JoinPhase.OVER
    is_live = tells_of_people(server) and is_online(room) and is_near
    if is_live:
        request[LISTENS] = True
    return await page(
        request,
        "meetings/room.html",
        title="Who is in",
        meeting=room.meeting,
        name=name_of(room.meeting),
        time=time_of(room.meeting),
        is_live=is_live,
        is_online=is_online(room),
        tells=tells_of_people(server),
        is_over=phase is JoinPhase.OVER,
        as_of=clock_words(now, room.meeting.zone),
        may_tick=now >= room.slot.starts_at - NOTE_BEFORE,
        has_lobby=server is not None and server.can(Ability.LOBBY),
        can_ask=can_ask_in(room.meeting, server),
        passcode=passcode_of(room.meeting, server),
        passcode_stays=may_open_room(room.slot, now, is_host=True).is_open,
        **_shown(view),
        ways=_ways(room, who, await counts_of(db, room.meeting.id), view),
        **await _opening(request, room),
    )


async def wait(request: web.Request) -> web.Response:
    """Let people wait until somebody lets them in, or not any more."""
    meeting_id = await _theirs(request)
    waits = (await read_form(request, Wait)).waits
    server = await rooms_of(request)
    db, actor = request[DB], request[ACTOR]
    await ask_everyone_to_wait(db, actor, meeting_id, server, waits=waits, now=request[NOW])
    done = "room-waits" if waits else "room-straight-in"
    return see_other(f"/sessions/{meeting_id}/room", done=done)


async def number(request: web.Request) -> web.Response:
    """Let the room ask for a number, or not any more."""
    meeting_id = await _theirs(request)
    asks = (await read_form(request, Number)).asks
    server = await rooms_of(request)
    db, actor = request[DB], request[ACTOR]
    await ask_for_passcode(db, actor, meeting_id, server, asks=asks, now=request[NOW])
    done = "room-asks" if asks else "room-asks-nothing"
    return see_other(f"/sessions/{meeting_id}/room", done=done)


async def _theirs(request: web.Request) -> UUID:
    """Give the session whose room this person looks after, before anything else is looked at."""
    meeting_id = read_id(request)
    await looked_after(request[DB], request[ACTOR], meeting_id, now=request[NOW])
    return meeting_id


def tells_of_people(server: Server | None) -> bool:
    """Say whether a server tells who comes and goes."""
    return server is not None and server.kind is not ServerKind.PLAIN and server.can(Ability.EVENTS)


def is_online(room: LookedAfter) -> bool:
    """Say whether anybody can join from elsewhere."""
    return any(offer.way in REMOTE_WAYS for offer in room.meeting.offers)


async def _opening(request: web.Request, room: LookedAfter) -> Mapping[str, Any]:
    """Give what the button to open the room says; it is for hosts alone."""
    time = may_join(room.slot, request[NOW], is_host=True)
    return {
        "is_host": room.is_host and is_online(room),
        "session_id": room.meeting.id,
        "has_room": await lead_to_rooms(request),
        "may_open": time.is_open,
        "opens_at": clock_words(time.opens_at, room.meeting.zone),
        "opens_on": long_date(time.opens_at, room.meeting.zone),
    }


def _shown(view: View) -> Mapping[str, Any]:
    """Give a view as the page shows it before anything has changed."""
    return {
        "mark": view.mark,
        "count": view.areas["count"],
        "waiting": view.areas["waiting"],
        "lists": [
            {
                "way": way,
                "word": WAY_WORDS[Way(way)],
                "lines": [(key, item.order, item.html) for key, item in lines],
            }
            for way, lines in lists_of(view).items()
        ],
    }


def _ways(
    room: LookedAfter, who: WhoIsIn, ticked: Counter[Way], view: View
) -> Sequence[Mapping[str, Any]]:
    """Give for each way how many are there, against those who said yes by it."""
    said = Counter(each.way for each in who.guests.values() if each.answer is Answer.YES)
    offered = {offer.way for offer in room.meeting.offers}
    return [
        {
            "way": str(way),
            "word": WAY_WORDS[way],
            "is_live": way in REMOTE_WAYS,
            "here": view.areas[f"at-{way}"] if way in REMOTE_WAYS else ticked[way],
            "said": said[way],
        }
        for way in EASE
        if way in offered
    ]
