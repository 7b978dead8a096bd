"""Jitsi servers tell what happens in their rooms; they are answered once it is stored durably.

Nothing is waited for but that one insert: what follows from an event is worked out by whoever wants to
know. Told twice is stored once, and both are answered the same.
"""

from collections.abc import Sequence
from typing import Final

import structlog
from aiohttp import web

from scheduling.online import ServerKind
from scheduling.room_events import RoomEvent
from service.errors import NotFound
from service.rooms.bodies import Facts, read_object
from service.rooms.events import OF_ROOMS, Told, Unknown, read_own
from service.rooms.jaas_events import is_question, read_jaas
from service.rooms.prosody_events import read_prosody
from service.rooms.server import Server
from service.rooms.signatures import is_signed
from service.web.bodies import read_limited
from service.web.context import CLOCK, EVENTS
from service.web.entry import NotSignedIn
from service.web.jitsi.asking import (
    bearer_of,
    check_bearer,
    is_one_of,
    server_of,
)
from service.web.jitsi.settings import settings_answer
from service.web.jitsi.unknown_events import UNKNOWN_EVENTS

log = structlog.get_logger("events")

#: A room that has ended lists everybody who was ever in; all else is about one room or one person.
MOST_BYTES: Final = 1024 * 1024
MOST_BYTES_OF_ONE: Final = 64 * 1024
ENDED: Final = "room/destroyed"
SIGNATURE: Final = "X-Jaas-Signature"


async def from_prosody(request: web.Request) -> web.Response:
    """Take one event of event_sync."""
    server = await _known(request)
    told_at = f"{request.match_info['whose']}/{request.match_info['what']}"
    body = await read_limited(request, MOST_BYTES if told_at == ENDED else MOST_BYTES_OF_ONE)
    return await _keep(
        request, server, "event_sync", [read_prosody(read_object(body), server.id, told_at)]
    )


async def from_anybody(request: web.Request) -> web.Response:
    """Take one or more events in our own dialect, from a program somebody wrote for their server."""
    server = await _known(request)
    body = await read_limited(request, MOST_BYTES)
    facts = read_object(body)
    told = read_own(facts, server.id)
    if "events" not in facts:
        _refuse_large(body, told)
    return await _keep(request, server, "own", told)


async def from_jaas(request: web.Request) -> web.Response:
    """Take one event of JaaS, or answer its question about a room."""
    server, body, facts = await read_signed(request)
    if is_question(facts):
        return await settings_answer(request, server, facts)
    told = [read_jaas(facts, server.id)]
    _refuse_large(body, told)
    return await _keep(request, server, "jaas", told)


async def settings(request: web.Request) -> web.Response:
    """Answer what JaaS asks about a room before it opens."""
    server, _, facts = await read_signed(request)
    return await settings_answer(request, server, facts)


async def read_signed(request: web.Request) -> tuple[Server, bytes, Facts]:
    """Read a body of JaaS that is signed, or comes with a secret; raises NotSignedIn if neither.

    A secret may be the endpoint's fixed Authorization value, or stand in its address: whether the question
    about a room is signed is not published.
    """
    server = await server_of(request)
    if server.kind is not ServerKind.JAAS:
        raise NotFound
    signature = request.headers.get(SIGNATURE, "")
    if not signature and not _knows_secret(request, server):
        raise _forged(server)
    body = await read_limited(request, MOST_BYTES)
    if signature:
        is_known = is_signed(signature, body, server.webhook, request.app[CLOCK].now())
        if not is_known and not _knows_secret(request, server):
            raise _forged(server)
    return server, body, read_object(body)


def _knows_secret(request: web.Request, server: Server) -> bool:
    now = request.app[CLOCK].now()
    good = [each for each in server.inbound if each.is_good(now)]
    return is_one_of(bearer_of(request), good) | is_one_of(request.query.get("secret", ""), good)


async def _known(request: web.Request) -> Server:
    """Give the server that asks, if it knows its secret."""
    server = await server_of(request)
    try:
        check_bearer(request, server)
    except NotSignedIn as error:
        raise _forged(server) from error
    return server


def _forged(server: Server) -> NotSignedIn:
    """Write the one line about a request that somebody else sent; nothing of it is in there."""
    log.warning("forged", server=server.slug)
    return NotSignedIn()


def _refuse_large(body: bytes, told: Sequence[Told]) -> None:
    """Refuse a long body that tells of one person alone."""
    of_one = [each for each in told if isinstance(each, RoomEvent) and each.kind not in OF_ROOMS]
    if of_one and len(body) > MOST_BYTES_OF_ONE:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES_OF_ONE, len(body))


async def _keep(
    request: web.Request, server: Server, dialect: str, told: Sequence[Told]
) -> web.Response:
    """Store what was told and say so; what nobody has heard of is counted, and that is all."""
    events = [each for each in told if isinstance(each, RoomEvent)]
    for each in told:
        if isinstance(each, Unknown):
            request.app[UNKNOWN_EVENTS].count(dialect, each.name)
    await request.app[EVENTS].keep(server.id, events, request.app[CLOCK].now())
    return web.Response(body=b"{}", content_type="application/json")
