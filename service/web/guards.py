"""The one way in: find the actor, check, run the handler in a transaction.

Reading requests run in a transaction that the database refuses to write in; all others in one that is
committed only if the answer is not an error.
"""

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from service.actions.permissions import require
from service.actions.stopping import actor_of_stop_link
from service.actor import Actor, Door
from service.errors import NotAllowed, NotFound
from service.keys import readable_link
from service.storage.base import Db
from service.storage.invitations import invitation_by_link
from service.storage.organisations import organisation_by_id
from service.storage.staff import program_with_token, signed_in
from service.web.answers import see_other
from service.web.bodies import refuse_bodies
from service.web.colleagues import count_unknown_link, find_colleague
from service.web.context import (
    ACTOR,
    API_TOKEN,
    BOUND_TO,
    CLOCK,
    DATABASE,
    DB,
    FORM_TOKEN,
    HOUSE,
    INVITATION,
    IS_DEMO,
    KEYS,
    NOW,
    ORGANISATION,
    house_of,
)
from service.web.cookies import BROWSER, SIGN_IN, cookie_of, give_cookie
from service.web.entry import BY_THEMSELVES, WITHOUT_FORMS, Entry, NotSignedIn, Route
from service.web.form_tokens import check_form_token
from service.web.looking import keep_looks, record_looks
from service.web.reading import take_body

#: The part of a path that is an invitation's link.
LINK = "link"
#: What no text holds, and PostgreSQL refuses to look for. Programs are told which field it is in.
NUL = "%00"


def guarded(route: Route) -> Handler:
    """Wrap the route's handler: body first, then one transaction with the actor found and checked."""

    if route.guard.entry in BY_THEMSELVES:
        return route.handler

    async def enter(request: web.Request) -> web.StreamResponse:
        request[NOW] = request.app[CLOCK].now()
        if route.guard.entry is not Entry.PROGRAM and NUL in request.rel_url.raw_path_qs:
            raise web.HTTPBadRequest
        if route.largest:
            request._client_max_size = route.largest
        if route.changes:
            refuse_bodies(request, takes_file=route.takes_file)
            await take_body(request)
        database = request.app[DATABASE]
        if route.waits:
            async with database.reading() as db:
                turned_away = await _let_in(request, route, db)
            del request[DB]
            return await route.handler(request) if turned_away is None else turned_away
        if not route.changes:
            async with database.reading() as db:
                response = await _pass(request, route, db)
            await keep_looks(request)
            return response
        try:
            async with database.writing() as db:
                response = await _pass(request, route, db)
                if response.status >= web.HTTPBadRequest.status_code:
                    raise _Undone(response)
                record_looks(request)
        except _Undone as undone:
            await keep_looks(request)
            return undone.response
        return response

    return enter


class _Undone(Exception):
    """Carries an error answer out of a transaction that must be undone."""

    def __init__(self, response: web.StreamResponse) -> None:
        super().__init__()
        self.response = response


async def _pass(request: web.Request, route: Route, db: Db) -> web.StreamResponse:
    turned_away = await _let_in(request, route, db)
    if turned_away is not None:
        return turned_away
    response = await route.handler(request)
    is_open = route.guard.entry in (Entry.EVERYONE, Entry.DEMONSTRATION)
    if is_open and response.content_type == "text/html" and not cookie_of(request, BROWSER):
        give_cookie(request, response, BROWSER, request[BOUND_TO].partition("|")[2])
    return response


async def _let_in(request: web.Request, route: Route, db: Db) -> web.StreamResponse | None:
    """Find and check who asks; gives an answer if they must sign in first."""
    request[DB] = db
    bound_to = await _FINDERS[route.guard.entry](request, route)
    if bound_to is None:
        return see_other(f"/sign-in?next={quote(request.path)}")
    request[BOUND_TO], request[FORM_TOKEN] = bound_to, request.app[KEYS].form_token(bound_to)
    if route.changes and route.guard.entry not in WITHOUT_FORMS:
        await check_form_token(request)
    if route.guard.permission is not None:
        require(request[ACTOR], route.guard.permission)
    return None


async def _everyone(request: web.Request, _route: Route) -> str:
    """Nobody in particular; forms are bound to a cookie of this browser. Who is signed in stays known."""
    await _staff(request, _route)
    return f"browser|{cookie_of(request, BROWSER) or secrets.token_urlsafe(16)}"


async def _demonstration(request: web.Request, route: Route) -> str:
    if not request.app[IS_DEMO]:
        raise NotFound
    return await _everyone(request, route)


async def _guest(request: web.Request, _route: Route) -> str:
    """Find the invitation by the link in the address; unknown links are counted against the address."""
    hashed = request.app[KEYS].hashed("invitation", readable_link(request.match_info[LINK]))
    invitation = await invitation_by_link(request[DB], hashed)
    if invitation is None:
        await count_unknown_link(request)
        raise NotFound
    request[INVITATION] = invitation
    request[ACTOR] = Actor(
        organisation_id=invitation.organisation_id,
        door=Door.GUEST,
        person_id=invitation.person_id,
        name=invitation.person.chosen_name,
        invitation_id=invitation.id,
    )
    request[HOUSE] = house_of(await organisation_by_id(request[DB], invitation.organisation_id))
    return f"guest|{hashed}"


async def _stopping(request: web.Request, _route: Route) -> str:
    """Find whose reminders the link in the address stops; unknown links are counted as others are."""
    link = request.match_info[LINK]
    try:
        actor = await actor_of_stop_link(request[DB], request.app[KEYS], link)
    except NotFound:
        await count_unknown_link(request)
        raise
    request[ACTOR] = actor
    request[HOUSE] = house_of(await organisation_by_id(request[DB], actor.organisation_id))
    return f"stopping|{actor.person_id}"


async def _colleague(request: web.Request, _route: Route) -> str:
    """Find who was asked to take a part, by the link in the address."""
    asked = await find_colleague(request)
    return f"colleague|{asked.link_hash}"


async def _staff(request: web.Request, _route: Route) -> str | None:
    """Find who is signed in on this browser; None if nobody is."""
    secret = cookie_of(request, SIGN_IN)
    if not secret:
        return None
    found = await signed_in(request[DB], request.app[KEYS].hashed("sign-in", secret), request[NOW])
    if found is None:
        return None
    request[HOUSE], request[ORGANISATION] = house_of(found.organisation), found.organisation
    request[ACTOR] = Actor(
        organisation_id=found.organisation.id,
        door=Door.STAFF,
        person_id=found.person.id,
        name=found.person.chosen_name,
        roles=found.roles,
    )
    return f"staff|{found.sign_in_id}"


async def _program(request: web.Request, route: Route) -> str:
    """Find the token's actor and check its scope; raises NotSignedIn or NotAllowed."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and token:
        found = await program_with_token(
            request[DB], request.app[KEYS].hashed("token", token.strip())
        )
    if found is None:
        raise NotSignedIn
    if route.guard.scope is not None and route.guard.scope not in found.scopes:
        raise NotAllowed
    request[HOUSE] = house_of(await organisation_by_id(request[DB], found.organisation_id))
    request[ACTOR] = Actor(
        organisation_id=found.organisation_id,
        door=Door.PROGRAM,
        person_id=None,
        name=found.name,
        scopes=frozenset(found.scopes),
    )
    request[API_TOKEN] = found.id
    return f"program|{found.id}"


_FINDERS: dict[Entry, Callable[[web.Request, Route], Awaitable[str | None]]] = {
    Entry.EVERYONE: _everyone,
    Entry.DEMONSTRATION: _demonstration,
    Entry.GUEST: _guest,
    Entry.COLLEAGUE: _colleague,
    Entry.STAFF: _staff,
    Entry.PROGRAM: _program,
    Entry.STOPPING: _stopping,
}
