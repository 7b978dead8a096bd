"""The list of Jitsi servers, the page of one, who uses it, and the end of its use."""

from typing import Any
from uuid import UUID

from aiohttp import web

from scheduling.online import Ability
from scheduling.time import on_wall
from service.actions.servers import bring_server_back, give_server, retire_server
from service.errors import Invalid, NotFound, Refused
from service.storage.organisations import all_organisations
from service.storage.servers import (
    JitsiServer,
    all_servers,
    houses_by_server,
    houses_on,
    server_by_slug,
)
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW, SERVERS
from service.web.pages.servers.words import cost_of, key_rows, what_it_can
from service.web.reading import Form, read_form, typed
from service.web.words import say


class HousesForm(Form):
    """Which organisations are to have their rooms there."""

    houses: tuple[UUID, ...] = ()


async def all_of_them(request: web.Request) -> web.Response:
    """List the servers, with who uses them."""
    found, houses = await all_servers(request[DB]), await houses_by_server(request[DB])
    rows = [_row(request, each, houses.get(each.id, 0)) for each in found]
    return await page(request, "servers/list.html", title="Jitsi servers", rows=rows)


async def one(request: web.Request) -> web.Response:
    """Show one server."""
    return await page(request, "servers/one.html", **await _facts(request))


async def choose_houses(request: web.Request) -> web.Response:
    """Show who has their rooms there, and who could."""
    return await page(request, "servers/houses.html", **await _house_facts(request))


async def give(request: web.Request) -> web.Response:
    """Let organisations have their rooms there."""
    slug = request.match_info["server"]
    try:
        form = await read_form(request, HousesForm)
        await give_server(request[DB], request[ACTOR], slug, form.houses, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _house_facts(request)
        return await again(request, "servers/houses.html", problem, await typed(request), **facts)
    return see_other(f"/set-up/servers/{slug}", done="server-given")


async def retire(request: web.Request) -> web.Response:
    """Let the server open no new rooms."""
    slug = request.match_info["server"]
    try:
        await retire_server(request[DB], request[ACTOR], slug, now=request[NOW])
    except Refused as problem:
        return await again(request, "servers/one.html", problem, {}, **await _facts(request))
    return see_other(f"/set-up/servers/{slug}", done="server-retired")


async def bring_back(request: web.Request) -> web.Response:
    """Let the server be used again."""
    slug = request.match_info["server"]
    await bring_server_back(request[DB], request[ACTOR], slug, now=request[NOW])
    return see_other(f"/set-up/servers/{slug}", done="server-back")


def _row(request: web.Request, server: JitsiServer, houses: int) -> dict[str, Any]:
    return {
        "slug": server.slug,
        "name": server.name,
        "kind": say(f"server-kind.{server.kind}"),
        "url": server.url,
        "houses": houses,
        "state": "retired" if server.is_retired else "",
        "is_broken": request.app[SERVERS].is_broken(server.id),
    }


async def _facts(request: web.Request) -> dict[str, Any]:
    server = await server_by_slug(request[DB], request.match_info["server"])
    houses = await houses_on(request[DB], server.id)
    today = on_wall(request[NOW], request[HOUSE].zone).local.date()
    return {
        "title": server.name,
        "server": server,
        "kind_word": say(f"server-kind.{server.kind}"),
        "takes_tokens": server.kind.takes_tokens,
        "can": what_it_can(server),
        "cost": cost_of(server, today),
        "keys": key_rows(server, request[NOW]),
        "houses": [each.name for each in houses],
        "has_phone": Ability.DIAL_IN in server.abilities and server.kind.is_ours,
        "is_broken": request.app[SERVERS].is_broken(server.id),
    }


async def _house_facts(request: web.Request) -> dict[str, Any]:
    servers = {each.slug: each for each in await all_servers(request[DB])}
    server = servers.get(request.match_info["server"])
    if server is None:
        raise NotFound
    names = {each.id: each.name for each in servers.values()}
    found = await all_organisations(request[DB])
    others = [each for each in found if each.server_id != server.id]
    return {
        "title": "Who has their rooms there?",
        "server": server,
        "here": request.path,
        "users": [each.name for each in found if each.server_id == server.id],
        "options": [
            {
                "value": str(each.id),
                "word": each.name,
                "hint": f"Now on {names[each.server_id]}." if each.server_id else "On none yet.",
            }
            for each in others
        ],
        # Who has no rooms at all most likely wants these.
        "suggested": [str(each.id) for each in others if each.server_id is None],
    }
