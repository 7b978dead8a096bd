"""`manyways jitsi join`: make the Jitsi server that was set up beside us known, with the secrets it has.

`docker-compose.yml` runs it at every start, so it changes only what differs, and never back: a secret
that was known once is not taken up again.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from scheduling.online import Ability, KeyUse, ServerKind
from service.actions.server_keys import FreshKey, keep_key, use_waiting_key, waiting_key
from service.actions.server_numbers import NewNumber, add_number
from service.actions.servers import (
    USUAL,
    ServerAddress,
    ServerDetails,
    add_server,
    change_address,
    change_details,
    give_server,
    normal_server_url,
)
from service.actor import Actor, system_actor
from service.cli.opening import opened
from service.cli.speaking import run, say_line, settings_in_words
from service.clock import Clock
from service.config import Settings
from service.errors import Refused
from service.keys import Keys
from service.storage.base import Db
from service.storage.organisations import all_organisations, first_organisation
from service.storage.servers import JitsiServer, all_servers

#: What docker-compose.yml switches on; dialling in comes with a number.
SWITCHED_ON = frozenset({*USUAL.abilities, Ability.LOBBY})
#: HS256 needs no less (RFC 7518, 3.2), and what is guessed at from outside should have as much.
SHORTEST_SECRET = 32


def join(
    server: Annotated[str, typer.Argument(help="Its short name in addresses, such as meet")],
    url: Annotated[str, typer.Option(help="Where people meet, such as https://meet.example.org")],
    tokens: Annotated[Path, typer.Option(help="File with the secret that tokens are signed with")],
    bearer: Annotated[Path, typer.Option(help="File with the secret the server asks us with")],
    number: Annotated[str, typer.Option(help="The number people dial to get in, if any")] = "",
    country: Annotated[str, typer.Option(help="The number's country, in two letters")] = "GB",
) -> None:
    """Add a Jitsi server with one shared secret (HS256), or bring it up to date."""
    numbers = [NewNumber(number, country)] if number else []
    work = _join(settings_in_words(), ServerAddress(server, url), (tokens, bearer), numbers)
    run(work)


async def _join(
    settings: Settings, address: ServerAddress, files: tuple[Path, Path], numbers: list[NewNumber]
) -> None:
    secrets = [
        _secret(KeyUse.SIGNING, _read(files[0], "tokens")),
        _secret(KeyUse.INBOUND, _read(files[1], "bearer")),
    ]
    async with opened(settings) as (database, keys), database.writing() as db:
        joining = _Joining(db, keys, await _keeper(db), now=Clock().now())
        await joining.server(address)
        for secret in secrets:
            await joining.secret(address.name, secret)
        for number in numbers:
            await joining.number(address.name, number)
        await joining.houses(address.name)
    say_line(f"The Jitsi server {address.name} is known, at {address.url}.")


class _Joining:
    """The steps, each of which changes only what differs."""

    def __init__(self, db: Db, keys: Keys, actor: Actor, *, now: datetime) -> None:
        self._db, self._keys, self._actor, self._now = db, keys, actor, now

    async def server(self, address: ServerAddress) -> None:
        """Add the server, or tell where it is now."""
        found = await self._found(address.name)
        if found is None:
            made = await add_server(self._db, self._actor, ServerKind.HS256, address, now=self._now)
            if made.slug != address.name:
                raise Refused("not-a-short-name", field="server")
            await self._switch_on(made, SWITCHED_ON)
        elif found.kind is not ServerKind.HS256:
            raise Refused("server-of-another-kind", field="server")
        elif found.url != normal_server_url(address.url):
            known_as = replace(address, name=found.name)
            await change_address(self._db, self._actor, found.slug, known_as, now=self._now)

    async def secret(self, slug: str, secret: FreshKey) -> None:
        """Keep a secret that was never known here, and use it at once: the server has it already."""
        server = await self._known(slug)
        if secret.name in {key.name for key in server.keys}:
            return
        db, actor, now = self._db, self._actor, self._now
        server = await keep_key(db, actor, self._keys, slug, secret, now=now)
        if secret.use is KeyUse.SIGNING and waiting_key(server) is not None:
            await use_waiting_key(db, actor, slug, now=now)

    async def number(self, slug: str, number: NewNumber) -> None:
        """Tell the number, and that one can dial in."""
        server = await self._known(slug)
        if number.normal() in {each.number for each in server.numbers}:
            return
        await add_number(self._db, self._actor, slug, number, now=self._now)
        switched_on = frozenset(Ability(each) for each in server.abilities)
        await self._switch_on(server, switched_on | {Ability.DIAL_IN})

    async def houses(self, slug: str) -> None:
        """Let organisations that have no server yet have their rooms here."""
        without = [each.id for each in await all_organisations(self._db) if each.server_id is None]
        if without:
            await give_server(self._db, self._actor, slug, without, now=self._now)

    async def _switch_on(self, server: JitsiServer, abilities: frozenset[Ability]) -> None:
        details = ServerDetails(
            server.app_id, server.audience, server.muc_domain, abilities, server.foreign_rooms
        )
        await change_details(self._db, self._actor, server.slug, details, now=self._now)

    async def _found(self, slug: str) -> JitsiServer | None:
        return next((each for each in await all_servers(self._db) if each.slug == slug), None)

    async def _known(self, slug: str) -> JitsiServer:
        found = await self._found(slug)
        if found is None:
            raise Refused("no-such-server", field="server", names=slug)
        return found


def _secret(use: KeyUse, value: str) -> FreshKey:
    """Name a secret by what it is, so that the same one is known again; nothing can be told from it."""
    mark = hashlib.sha256(f"{use}|{value}".encode()).hexdigest()[:16]
    return FreshKey(use, f"joined-{mark}", value)


def _read(file: Path, option: str) -> str:
    value = file.read_text("utf-8").strip()
    if len(value) < SHORTEST_SECRET:
        raise Refused("secret-too-short", field=option)
    return value


async def _keeper(db: Db) -> Actor:
    """Give who does it: nobody in particular, written down in the organisation that was first."""
    first = await first_organisation(db)
    if first is None:
        raise Refused("organisation-first", field="organisation")
    return system_actor(first.id)
