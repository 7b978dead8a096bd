"""Pressing "Join now", which thousands may do in the same minute: one look by the link, then on to the room.

Nothing is written but a choice that changed. Who cannot come in just now is led to a page that says
what to do instead: nobody ends on a dead page of Jitsi's (Jitsi research, section d).
"""

import asyncio
import contextlib
from datetime import datetime
from uuid import UUID

from aiohttp import web

from scheduling.joining import Entrance, entrance
from scheduling.online import JoinChoice
from service.actions.joining import choose_how_to_join
from service.actor import Actor, Door
from service.errors import Conflict, NotFound
from service.keys import readable_link
from service.rooms.jitsi import BadRoom, way_in
from service.rooms.tokens import Entrant
from service.storage.joining import COMER_BY_LINK, Comer, comer_of
from service.web.answers import see_other
from service.web.colleagues import count_unknown_link
from service.web.context import CLOCK, DATABASE, DB, HOT, KEYS, NOW, SERVERS
from service.web.pages.guest.opening import path_of
from service.web.pressing import check_press, read_press

#: Coming in matters more than being remembered: a database that is busy is not waited for longer.
REMEMBER_SECONDS = 2.0
#: The field of the form that says how somebody likes to come in; "" is the usual way.
HOW = "how"
HOWS = {choice.value: frozenset({choice}) for choice in JoinChoice}
#: What the person's own page says by itself.
ON_OWN_PAGE = frozenset(
    {Entrance.REMOVED, Entrance.CANCELLED, Entrance.DRAFT, Entrance.OVER}
)  # fmt: skip


async def join(request: web.Request) -> web.Response:
    """Lead into the online room with a token made now; or to a page that says why not."""
    app = request.app
    now = app[CLOCK].now()
    hashed = app[KEYS].hashed("invitation", readable_link(request.match_info["link"]))
    row = await app[HOT].row(COMER_BY_LINK, hashed)
    if row is None:
        return await _guessed(request, now)
    press, comer = await read_press(request), comer_of(row)
    found = entrance(comer.standing, now)
    if found is not Entrance.OPEN:
        return see_other(path_of(request) if found in ON_OWN_PAGE else path_of(request, "join"))
    choices = HOWS.get(press.get(HOW, ""), frozenset()) if HOW in press else comer.choices
    is_new = choices != comer.choices
    if is_new:
        check_press(request, press, bound_to=f"guest|{hashed}")
    link = await _way_in(app, comer, choices, now)
    if is_new and link:
        await _remember(app, comer, choices, now)
    return _on_to(link) if link else see_other(path_of(request, "join"))


def _on_to(link: str) -> web.Response:
    """Lead to another site, which only ever is the rooms' own server."""
    return web.Response(status=303, headers={"Location": link})


async def _way_in(
    app: web.Application, comer: Comer, choices: frozenset[JoinChoice], now: datetime
) -> str | None:
    """Give the link into the room; None if nobody can be led there."""
    ends_at, server = comer.standing.ends_at, None
    if comer.server_id is not None:
        server = await app[SERVERS].with_id(comer.server_id, comer.server_version)
    if server is None or ends_at is None:
        return None
    who = Entrant(comer.invitation, comer.name)
    try:
        return way_in(server, comer.room, who, ends_at=ends_at, now=now, choices=choices)
    except BadRoom:
        return None


async def _remember(
    app: web.Application, comer: Comer, choices: frozenset[JoinChoice], now: datetime
) -> None:
    """Keep a choice that changed, if the database has a moment for it."""
    actor = Actor(
        UUID(comer.organisation),
        Door.GUEST,
        UUID(comer.person),
        invitation_id=UUID(comer.invitation),
    )
    with contextlib.suppress(TimeoutError, Conflict):
        async with asyncio.timeout(REMEMBER_SECONDS), app[DATABASE].writing() as db:
            await choose_how_to_join(db, actor, choices, now=now)


async def _guessed(request: web.Request, now: datetime) -> web.Response:
    """Count a link that is nobody's; raises NotFound, or TooManyAttempts for who guesses on."""
    request[NOW] = now
    async with request.app[DATABASE].reading() as db:
        request[DB] = db
        await count_unknown_link(request)
    raise NotFound
