"""What to put on the Jitsi side, and the keys: a secret of ours is shown in the answer that makes it, once.

Keys are made, and those that were pasted are read, before a transaction is begun: an RSA key takes a while.
What was pasted is never shown again, not even beside what is wrong with it.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from scheduling.online import KeyUse, ServerKind
from service.actions import server_keys
from service.actions.jitsi_side import side_of
from service.actions.server_keys import MADE_BY_US, FreshKey, waits_to_be_used
from service.errors import Invalid, Refused
from service.rooms.lines import blocks, lines_with
from service.storage.servers import JitsiServer, server_by_slug
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DATABASE, DB, KEYS, NOW, SETTINGS
from service.web.pages.servers.adding import STEPS, is_new
from service.web.pages.servers.words import key_rows
from service.web.reading import Form, Line, read_form
from service.web.words import say

KEYS_PAGE, JAAS, WEBHOOK = "servers/keys.html", "servers/jaas_key.html", "servers/webhook.html"


class UseForm(Form):
    """Which secret is to be made; all that are missing if nothing is said."""

    use: KeyUse | None = None


class JaasForm(Form):
    """The key of JaaS: its name and its private half."""

    key_id: Annotated[Line, Field(max_length=200)] = ""
    pem: str = Field("", repr=False)


class WebhookForm(Form):
    """The secret of one of 8x8's endpoints."""

    secret: str = Field("", max_length=300, repr=False)
    beside: str = ""


async def lines(request: web.Request) -> web.Response:
    """Show what to put on the Jitsi side, without the secrets."""
    server = await server_by_slug(request[DB], request.match_info["server"])
    return await page(request, "servers/lines.html", **_lines_facts(request, server))


async def keys(request: web.Request) -> web.Response:
    """Show which keys there are, and how to renew them."""
    server = await server_by_slug(request[DB], request.match_info["server"])
    return await page(request, KEYS_PAGE, **_keys_facts(request, server))


async def make(request: web.Request) -> web.Response:
    """Make one secret, or all that are missing, and show them with what to put on the Jitsi side, this once."""
    slug = request.match_info["server"]
    try:
        use = (await read_form(request, UseForm)).use
        async with request.app[DATABASE].reading() as db:
            server = await server_by_slug(db, slug)
        uses = [use] if use is not None else _missing(server)
        if not uses:
            raise Refused("key-not-made-here", field="use")
        fresh = [await server_keys.fresh_key(server.kind, each) for each in uses]
        server = await _keep(request, fresh)
    except (Invalid, Refused) as problem:
        return await _again(request, KEYS_PAGE, problem)
    shown = {each.use: each.secret for each in fresh if not each.public_pem}
    async with request.app[DATABASE].reading() as request[DB]:
        facts = _lines_facts(request, server, shown)
        return await page(request, "servers/lines.html", **facts)


async def use_waiting(request: web.Request) -> web.Response:
    """Use the secret that waited, now that it is on the Jitsi side."""
    slug = request.match_info["server"]
    try:
        await server_keys.use_waiting_key(request[DB], request[ACTOR], slug, now=request[NOW])
    except Refused as problem:
        server = await server_by_slug(request[DB], slug)
        return await again(request, KEYS_PAGE, problem, {}, **_keys_facts(request, server))
    return see_other(f"/set-up/servers/{slug}/keys", done="server-key-used")


async def ask_jaas(request: web.Request) -> web.Response:
    """Ask for the key that 8x8 knows."""
    server = await server_by_slug(request[DB], request.match_info["server"])
    return await page(request, JAAS, **_keys_facts(request, server))


async def take_jaas(request: web.Request) -> web.Response:
    """Keep the key that 8x8 knows, sealed."""
    slug = request.match_info["server"]
    async with request.app[DATABASE].reading() as db:
        app_id = (await server_by_slug(db, slug)).app_id
    try:
        form = await read_form(request, JaasForm)
        await _keep(request, [await server_keys.pasted_key(app_id, form.key_id, form.pem)])
    except (Invalid, Refused) as problem:
        return await _again(request, JAAS, problem)
    return see_other(_after(request, slug), done="server-key-kept")


async def ask_webhook(request: web.Request) -> web.Response:
    """Ask for the secret of one of 8x8's endpoints."""
    server = await server_by_slug(request[DB], request.match_info["server"])
    return await page(request, WEBHOOK, **_keys_facts(request, server))


async def take_webhook(request: web.Request) -> web.Response:
    """Keep the secret of one of 8x8's endpoints, sealed."""
    slug = request.match_info["server"]
    try:
        form = await read_form(request, WebhookForm)
        await _keep(request, [server_keys.webhook_secret(form.secret, beside=form.beside == "yes")])
    except (Invalid, Refused) as problem:
        return await _again(request, WEBHOOK, problem)
    return see_other(_after(request, slug), done="server-key-kept")


async def _keep(request: web.Request, fresh: list[FreshKey]) -> JitsiServer:
    slug, now = request.match_info["server"], request[NOW]
    async with request.app[DATABASE].writing() as db:
        kept = [
            await server_keys.keep_key(db, request[ACTOR], request.app[KEYS], slug, each, now=now)
            for each in fresh
        ]
    return kept[-1]


async def _again(request: web.Request, template: str, problem: Invalid | Refused) -> web.Response:
    """Show the page again with what is wrong; of what was typed, only what is no secret."""
    typed = {"key_id": (await request.post()).get("key_id", "")}
    async with request.app[DATABASE].reading() as request[DB]:
        server = await server_by_slug(request[DB], request.match_info["server"])
        facts = _keys_facts(request, server)
        return await again(request, template, problem, typed, **facts)


def _missing(server: JitsiServer) -> list[KeyUse]:
    there = {key.use for key in server.keys if key.ends_at is None}
    return [use for use in KeyUse if (server.kind, use) in MADE_BY_US and use not in there]


def _after(request: web.Request, slug: str) -> str:
    return f"/set-up/servers/{slug}/keys{'?new=yes' if is_new(request) else ''}"


def _lines_facts(
    request: web.Request, server: JitsiServer, shown: Mapping[KeyUse, str] | None = None
) -> dict[str, Any]:
    """Say what to put there; `shown` are the secrets that were made just now, none if it was a pair of keys."""
    is_made, shown = shown is not None, shown or {}
    side = side_of(server, request.app[SETTINGS].public_url, shown)
    found = blocks(side) if shown or not is_made else ()
    if len(shown) == 1 and is_renewal(server, next(iter(shown))):
        found = lines_with(found, next(iter(shown.values())))
    new = is_new(request)
    return {
        "title": "What to put on the Jitsi side",
        "server": server,
        "is_made": is_made,
        "is_shown_once": bool(shown),
        "waits": KeyUse.SIGNING in shown and is_renewal(server, KeyUse.SIGNING),
        "is_jaas": server.kind is ServerKind.JAAS,
        "blocks": [
            {"word": say(f"block.{each.code}"), "file": each.file, "text": each.text}
            for each in found
        ],
        "next": f"/set-up/servers/{server.slug}/try?new=yes" if new else "",
        "steps": (4, STEPS) if new else None,
    }


def is_renewal(server: JitsiServer, use: KeyUse) -> bool:
    """Tell whether a secret of this use took the place of another, or waits to."""
    return len([key for key in server.keys if key.use is use]) > 1


def _keys_facts(request: web.Request, server: JitsiServer) -> dict[str, Any]:
    new = is_new(request)
    rows = key_rows(server, request[NOW])
    return {
        "title": "Keys and secrets",
        "server": server,
        "rows": rows,
        "is_jaas": server.kind is ServerKind.JAAS,
        "is_rs256": server.kind is ServerKind.RS256,
        "missing": [say(f"key-use.{use}") for use in _missing(server)],
        "has_waiting": any(row["waits"] for row in rows),
        "renews_later": waits_to_be_used(server, KeyUse.SIGNING),
        "can_make": {use.value: (server.kind, use) in MADE_BY_US for use in KeyUse},
        "has": {use.value: any(row["use"] == use for row in rows) for use in KeyUse},
        "new": "?new=yes" if new else "",
        "steps": (4, STEPS) if new else None,
    }
