"""Trying a Jitsi server: what works, what does not, and what to do about it."""

from datetime import datetime
from typing import Any

from aiohttp import web

from scheduling.online import Ability
from scheduling.time import clock_words, long_date
from service.actions.trying_servers import Finding, tried, try_server
from service.storage.servers import JitsiServer, last_told_at, server_by_slug
from service.web.answers import page
from service.web.context import DATABASE, DB, HOUSE, NOW, SERVERS, SETTINGS
from service.web.pages.servers.adding import STEPS, STEPS_OF_PLAIN, is_new
from service.web.words import say

TEMPLATE = "servers/try.html"


async def show(request: web.Request) -> web.Response:
    """Say what trying does, with the button for it. Looking asks nobody."""
    server = await server_by_slug(request[DB], request.match_info["server"])
    return await page(request, TEMPLATE, **_facts(request, server), rows=None)


async def try_out(request: web.Request) -> web.Response:
    """Ask the server, in no transaction, and say how it went."""
    async with request.app[DATABASE].reading() as db:
        server = await server_by_slug(db, request.match_info["server"])
        told_at = await last_told_at(db, server.id)
    servers = request.app[SERVERS]
    heard = {
        Ability.RESERVATIONS: servers.last_heard(server.id, Ability.RESERVATIONS),
        Ability.EVENTS: told_at or servers.last_heard(server.id, Ability.EVENTS),
    }
    what = tried(server, request.app[SETTINGS].public_url, heard)
    found = await try_server(what, now=request[NOW])
    rows = [_row(each, request[HOUSE].zone) for each in found]
    async with request.app[DATABASE].reading() as request[DB]:
        return await page(request, TEMPLATE, **_facts(request, server), rows=rows)


def _row(finding: Finding, zone: str) -> dict[str, Any]:
    facts = {
        name: f"{clock_words(value, zone)} on {long_date(value, zone)}"
        if isinstance(value, datetime)
        else value
        for name, value in finding.facts.items()
    }
    return {
        "word": say(f"try.{finding.what}"),
        "is_fine": finding.is_fine,
        "line": say(f"try.{finding.what}.{finding.code}", facts),
    }


def _facts(request: web.Request, server: JitsiServer) -> dict[str, Any]:
    steps = STEPS if server.kind.takes_tokens else STEPS_OF_PLAIN
    return {
        "title": "Does it work?",
        "server": server,
        "is_broken": request.app[SERVERS].is_broken(server.id),
        "action": f"/set-up/servers/{server.slug}/try" + ("?new=yes" if is_new(request) else ""),
        "is_new": is_new(request),
        "steps": (steps, steps) if is_new(request) else None,
    }
