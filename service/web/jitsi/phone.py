"""Dialling in: the numbers, and which PIN leads to which room, for Jitsi's page and for voice menus.

People's browsers ask from the page of another site, without credentials, so both addresses are open to
all of them. Nothing is told here but what opens a room around its meeting, and tries are counted.
"""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

import structlog
from aiohttp import web

from scheduling.joining import may_open_room
from scheduling.online import Ability
from scheduling.room_events import EventKind, RoomEvent
from scheduling.time import clock_words, long_date
from service.errors import Busy, TooManyAttempts
from service.outbound.numbers import phone_words
from service.rooms.dialin import (
    Asked,
    Facts,
    Standing,
    asked_of,
    numbers_answer,
    pin_answer,
    pin_refused,
    room_refused,
    standing_of,
)
from service.rooms.reservations import can_ask
from service.rooms.server import Server
from service.storage.group_writer import BadRows
from service.storage.pins import PinRow, find_pin
from service.storage.rooms import RoomRow, find_room
from service.web.bodies import read_limited
from service.web.context import CLOCK, EVENTS, HOT, LIMITS, SERVERS
from service.web.proxies import address_of
from service.web.words import say

log = structlog.get_logger("phone")

MOST_BYTES: Final = 4096
#: A voice menu may ask again about one caller. Two who share a PIN hardly type it within one second.
ONE_CALL_SECONDS: Final = 10
OPEN_TO_ALL: Final = {"Access-Control-Allow-Origin": "*"}
#: What a browser is told that asks whether it may ask.
ALLOWED: Final = OPEN_TO_ALL | {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
}


async def allow(_request: web.Request) -> web.Response:
    """Let pages of other sites ask."""
    return web.Response(status=204, headers=ALLOWED)


async def numbers(request: web.Request) -> web.Response:
    """List the numbers to dial for a room."""
    asked = asked_of(await _given(request))
    try:
        server = await _server_at(request, asked)
    except Busy:
        server = None
    return _to_all(numbers_answer(server.numbers if server else ()))


async def mapper(request: web.Request) -> web.Response:
    """Give the room of a PIN, or the PIN of a room; with words to speak if there is none now."""
    asked = asked_of(await _given(request))
    try:
        facts = await (_room_of_pin if asked.has_pin else _pin_of_room)(request, asked)
    except Busy:
        words = say("phone.busy")
        facts = pin_refused(asked.pin, words) if asked.has_pin else room_refused(words)
    return _to_all(facts)


async def _given(request: web.Request) -> Mapping[str, str]:
    """Read the query, and the form or JSON of a POST, which goes before."""
    given = dict(request.query)
    if request.method != "POST":
        return given
    body = (await read_limited(request, MOST_BYTES)).decode(errors="replace")
    if request.content_type == "application/json":
        return given | _json_texts(body)
    try:
        return given | dict(parse_qsl(body, max_num_fields=20))
    except ValueError:
        return given


def _json_texts(body: str) -> dict[str, str]:
    """Give the texts and numbers of a JSON object by name; nothing of what is not one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    texts = {name: value for name, value in found.items() if isinstance(value, str | int)}
    return {name: str(value) for name, value in texts.items() if not isinstance(value, bool)}


async def _pin_of_room(request: web.Request, asked: Asked) -> Facts:
    row = await find_room(request.app[HOT], asked.room)
    server = await _dialled_at(request, row)
    if row is None or server is None or row.pin is None:
        return room_refused(say("phone.no-phone"))
    standing = standing_of(row.state, row.slot, request.app[CLOCK].now())
    if standing is not Standing.OPEN:
        return room_refused(_words(standing, row))
    return pin_answer(row.pin, server.address_of(asked.room), _words(standing, row))


async def _room_of_pin(request: web.Request, asked: Asked) -> Facts:
    """Give the room; who fails too often is told so, and nothing is looked up for them."""
    limits, now = request.app[LIMITS], request.app[CLOCK].now()
    address = address_of(request)
    counted = [(limits.pins_by_address, address)]
    if asked.caller:
        counted.insert(0, (limits.pins_by_caller, f"{address} {asked.caller}"))
    try:
        for attempts, key in counted:
            attempts.check(key, now)
    except TooManyAttempts:
        return pin_refused(asked.pin, say("phone.too-many"))
    found = await find_pin(request.app[HOT], asked.pin) if asked.pin else None
    row = await find_room(request.app[HOT], found.room) if found else None
    server = await _dialled_at(request, row)
    standing = Standing.UNKNOWN
    if row is not None and server is not None:
        standing = standing_of(row.state, row.slot, now)
    if found is None or row is None or server is None or standing is not Standing.OPEN:
        for attempts, key in counted:
            attempts.failed(key, now)
        return pin_refused(asked.pin, _words(standing, row))
    await _keep(request, server, found)
    passcode = row.passcode if can_ask(server, is_dialled=True) else ""
    room, words = server.address_of(found.room), _words(standing, row)
    return pin_answer(asked.pin, room, words, passcode=passcode)


async def _keep(request: web.Request, server: Server, found: PinRow) -> None:
    """Keep that somebody dialled in, with a PIN of their own or that of the room; asked twice is told once.

    Whoever waits on the phone is let in even if it cannot be kept.
    """
    now = request.app[CLOCK].now()
    person = found.invitation_id.hex if found.invitation_id else ""
    call = int(now.timestamp()) // (ONE_CALL_SECONDS if person else 1)
    key = f"pin:{person or found.room}:{call}"
    event = RoomEvent(
        key=key,
        kind=EventKind.DIALLED_IN,
        room=found.room,
        at=now,
        occupant=key if person else "",
        person=person,
    )
    try:
        await request.app[EVENTS].keep(server.id, [event], now)
    except (Busy, BadRows) as error:
        log.warning("caller-not-kept", kind=type(error).__name__)


async def _dialled_at(request: web.Request, row: RoomRow | None) -> Server | None:
    """Give the server a room is at, if one can dial in there."""
    if row is None or row.server_id is None:
        return None
    server = await request.app[SERVERS].with_id(row.server_id, row.server_version)
    return server if server is not None and _takes_calls(server) else None


def _takes_calls(server: Server) -> bool:
    """Say whether calls come in there by PINs of ours; 8x8 has its own."""
    return server.kind.is_ours and server.can(Ability.DIAL_IN)


async def _server_at(request: web.Request, asked: Asked) -> Server | None:
    """Give the server of a room of ours, or the only one that has its rooms at this domain."""
    server = await _dialled_at(request, await find_room(request.app[HOT], asked.room))
    if server is not None:
        return server
    there = [
        each
        for each in request.app[SERVERS].all()
        if _takes_calls(each) and asked.muc_domain in ("", each.muc_domain)
    ]
    return there[0] if len(there) == 1 else None


def _words(standing: Standing, row: RoomRow | None) -> str:
    """Say in words a voice menu can speak how it stands: from when, and whom to ring."""
    if row is None or row.slot is None or standing is Standing.UNKNOWN:
        return say("phone.unknown")
    opens_at = may_open_room(row.slot, row.slot.starts_at).opens_at
    facts = {
        "time": clock_words(opens_at, row.zone),
        "day": long_date(opens_at, row.zone),
        "ring": say("phone.ring", {"phone": phone_words(row.help_phone)}) if row.help_phone else "",
    }
    return say(f"phone.{standing}", facts).strip()


def _to_all(facts: Facts | list[Facts]) -> web.Response:
    return web.json_response(facts, headers=OPEN_TO_ALL)
