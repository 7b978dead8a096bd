"""`manyways jitsi`: the Jitsi servers of the installation, and renewing what is shared with them."""

from enum import StrEnum
from typing import Annotated

import typer

from scheduling.online import KeyUse, ServerKind
from service.actions.jitsi_side import side_of
from service.actions.server_keys import fresh_key, keep_key, use_waiting_key, waiting_key
from service.actor import Actor, system_actor
from service.cli.opening import opened
from service.cli.speaking import run, say_line, settings_in_words
from service.clock import Clock
from service.config import Settings
from service.errors import NotFound, Refused
from service.rooms.lines import blocks, lines_with
from service.storage.base import Db
from service.storage.organisations import first_organisation
from service.storage.servers import (
    JitsiServer,
    all_servers,
    houses_by_server,
    server_by_slug,
)
from service.web.words import say

app = typer.Typer(
    help="List the Jitsi servers, and renew what is shared with them.", no_args_is_help=True
)

Slug = Annotated[str, typer.Argument(help="Its short name in the list")]


class Renewed(StrEnum):
    """What can be renewed here."""

    SIGNING = "signing"
    INBOUND = "inbound"


@app.command("list")
def show() -> None:
    """List the servers, with who uses them and since when their keys are used."""
    run(_show(settings_in_words()))


@app.command("renew")
def renew(
    server: Slug,
    what: Annotated[
        Renewed, typer.Argument(help="signing: tokens for people; inbound: what the server asks us")
    ] = Renewed.SIGNING,
) -> None:
    """Make a new key or secret, and print what to change on the Jitsi side, this once."""
    run(_renew(settings_in_words(), server, KeyUse(what.value)))


@app.command("use")
def use(server: Slug) -> None:
    """Sign with the new secret from now on: it is on the Jitsi side, and that was started again."""
    run(_use(settings_in_words(), server))


async def _show(settings: Settings) -> None:
    async with opened(settings) as (database, _keys), database.reading() as db:
        servers, houses = await all_servers(db), await houses_by_server(db)
    if not servers:
        say_line("There are no Jitsi servers yet. Add one on the page Set up, Jitsi servers.")
    for server in servers:
        state = "retired" if server.is_retired else f"used by {houses.get(server.id, 0)}"
        say_line(f"{server.slug}  {say(f'server-kind.{server.kind}')}  {server.url}  ({state})")
        for key in server.keys:
            until = f", good until {key.ends_at:%Y-%m-%d %H:%M} UTC" if key.ends_at else ""
            until = ", waits to be used" if key is waiting_key(server) else until
            say_line(f"    {key.use}: made {key.made_at:%Y-%m-%d}{until}")


async def _renew(settings: Settings, slug: str, use: KeyUse) -> None:
    async with opened(settings) as (database, keys):
        async with database.reading() as db:
            kind = (await _named(db, slug)).kind
        if kind is ServerKind.JAAS and use is KeyUse.SIGNING:
            raise Refused("key-made-at-8x8", field="server")
        fresh = await fresh_key(kind, use)
        async with database.writing() as db:
            actor = await _keeper(db)
            server = await keep_key(db, actor, keys, slug, fresh, now=Clock().now())
            waits = waiting_key(server) is not None and use is KeyUse.SIGNING
    if fresh.public_pem:
        say_line(
            "There is a new key. Jitsi fetches its public half by itself; nothing is to be done."
        )
        return
    _say_change(server, settings, use, fresh.secret)
    if waits:
        say_line(
            "Start Prosody again at a quiet moment. Until then the old secret is used. Then run:"
        )
        say_line(f"  manyways jitsi use {slug}")
    else:
        say_line("What was there before is good for 26 hours more.")


def _say_change(server: JitsiServer, settings: Settings, use: KeyUse, secret: str) -> None:
    say_line("Put this on the Jitsi side. It is shown this once:")
    side = side_of(server, settings.public_url, {use: secret})
    for block in lines_with(blocks(side), secret):
        say_line(f"  {block.file or 'In the console of 8x8'}:")
        for line in block.text.splitlines():
            say_line(f"    {line.strip()}")


async def _use(settings: Settings, slug: str) -> None:
    async with opened(settings) as (database, _keys), database.writing() as db:
        await _named(db, slug)
        await use_waiting_key(db, await _keeper(db), slug, now=Clock().now())
    say_line("Tokens are signed with the new secret from now on.")


async def _named(db: Db, slug: str) -> JitsiServer:
    """Give the server of this short name; raises Refused with what names there are."""
    try:
        return await server_by_slug(db, slug)
    except NotFound:
        names = ", ".join(each.slug for each in await all_servers(db)) or "none yet"
        raise Refused("no-such-server", field="server", names=names) from None


async def _keeper(db: Db) -> Actor:
    """Give who does it: nobody in particular, written down in the organisation that was first."""
    first = await first_organisation(db)
    if first is None:
        raise Refused("no-such-organisation", field="organisation", names="none yet")
    return system_actor(first.id)
