"""Trying a Jitsi server: what works, and what does not yet. Nothing is changed, there or here.

Only the server itself is asked, and our own address as the server sees it; nobody is followed elsewhere.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aiohttp import ClientSession, web

from scheduling.online import Ability, KeyUse, ServerKind
from service.outbound.jitsi import Heard, ask, asking
from service.rooms.server import PublicKey
from service.storage.servers import JitsiServer

#: Tokens are good from 90 seconds before they are made; clocks that differ more would refuse people.
CLOCKS_MAY_DIFFER: Final = timedelta(seconds=60)
#: A room nobody is ever in.
TRIED_ROOM: Final = "manyways-tries-this"
#: Where 8x8 lists the numbers people can dial, for everybody (Jitsi research, section e).
NUMBERS: Final = "/v1/_jaas/vmms-conference-mapper/access/v1/dids"
PUBLIC_PEM: Final = b"-----BEGIN PUBLIC KEY-----"
OK: Final = web.HTTPOk.status_code
BROKEN: Final = web.HTTPInternalServerError.status_code


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `what`, and how it is (`code`; "fine" if all is well)."""

    what: str
    code: str = "fine"
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        """Say whether nothing is to be done."""
        return self.code == "fine"


@dataclass(frozen=True, slots=True)
class Tried:
    """A server as it is tried: values only, so that it needs no transaction."""

    kind: ServerKind
    url: str
    app_id: str
    muc_domain: str
    abilities: frozenset[Ability]
    has_signing: bool
    has_inbound: bool
    has_webhook: bool
    has_numbers: bool
    #: Where we serve its newest public key, if it checks tokens with one.
    key_url: str
    #: When it last asked or told us something.
    heard: Mapping[Ability, datetime | None]

    @property
    def rooms_url(self) -> str:
        """Give the address that a room's name is put behind."""
        return f"{self.url}/{self.app_id}" if self.kind is ServerKind.JAAS else self.url


def tried(server: JitsiServer, our_url: str, heard: Mapping[Ability, datetime | None]) -> Tried:
    """Take from a server's row, which is loaded whole, what trying it needs."""
    good = [key for key in server.keys if key.ends_at is None]
    pems = [key for key in good if key.public_pem and server.kind is ServerKind.RS256]
    key_url = ""
    if pems:
        file = PublicKey(pems[-1].name, pems[-1].public_pem).file
        key_url = f"{our_url}/jitsi/{server.slug}/keys/{file}"
    uses = {key.use for key in good}
    return Tried(
        kind=server.kind,
        url=server.url,
        app_id=server.app_id,
        muc_domain=server.muc_domain,
        abilities=frozenset(Ability(each) for each in server.abilities),
        has_signing=KeyUse.SIGNING in uses,
        has_inbound=KeyUse.INBOUND in uses,
        has_webhook=KeyUse.WEBHOOK in uses,
        has_numbers=bool(server.numbers),
        key_url=key_url,
        heard=heard,
    )


async def try_server(server: Tried, *, now: datetime) -> list[Finding]:
    """Look at everything; gives the findings in the order they are read in."""
    async with asking() as session:
        found = await asyncio.gather(
            _looks(session, server, now),
            _key_is_served(session, server),
            _numbers_are_there(session, server),
        )
    return [*(each for some in found for each in some), *_set_up(server), *_asked(server)]


async def _looks(session: ClientSession, server: Tried, now: datetime) -> list[Finding]:
    """Look whether it is there, and only then at its clock and its pages."""
    heard = await ask(session, f"{server.rooms_url}/")
    if heard.silence is not None:
        return [Finding("reached", heard.silence)]
    if heard.status >= BROKEN:
        return [Finding("reached", "broken", {"status": heard.status})]
    return [Finding("reached"), _clock(heard, now), *await _is_jitsi(session, server)]


def _clock(heard: Heard, now: datetime) -> Finding:
    if heard.said_at is None:
        return Finding("clock", "not-said")
    apart = heard.said_at - now
    if abs(apart) > CLOCKS_MAY_DIFFER:
        return Finding("clock", "apart", {"seconds": round(abs(apart).total_seconds())})
    return Finding("clock")


async def _is_jitsi(session: ClientSession, server: Tried) -> list[Finding]:
    """Look at the page of a room, and where it is ours at what browsers are told about it."""
    room = await ask(session, f"{server.rooms_url}/{TRIED_ROOM}")
    is_page = room.status == OK and room.content_type == "text/html"
    found = [Finding("room", "fine" if is_page else "no-page")]
    if server.kind is ServerKind.JAAS:
        return found
    config = await ask(session, f"{server.url}/config.js")
    if config.status != OK or b"config" not in config.body:
        return [*found, Finding("config", "none")]
    domain = server.muc_domain.partition(".")[2]
    if domain and domain.encode() not in config.body:
        return [*found, Finding("config", "other-domain", {"domain": server.muc_domain})]
    return [*found, Finding("config")]


async def _key_is_served(session: ClientSession, server: Tried) -> list[Finding]:
    if not server.key_url:
        return []
    heard = await ask(session, server.key_url)
    is_served = heard.status == OK and heard.body.startswith(PUBLIC_PEM)
    facts = {"address": server.key_url.rpartition("/")[0]}
    return [Finding("key", "fine" if is_served else "not-served", facts)]


async def _numbers_are_there(session: ClientSession, server: Tried) -> list[Finding]:
    if Ability.DIAL_IN not in server.abilities:
        return []
    if server.kind is not ServerKind.JAAS:
        return [Finding("numbers", "fine" if server.has_numbers else "none")]
    heard = await ask(session, f"{server.url}{NUMBERS}")
    return [Finding("numbers", "fine" if _is_list(heard) else "none-at-8x8")]


def _is_list(heard: Heard) -> bool:
    if heard.status != OK:
        return False
    try:
        found = json.loads(heard.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and bool(found)


def _set_up(server: Tried) -> Iterable[Finding]:
    """Say which secrets are missing."""
    if not server.kind.takes_tokens:
        return
    yield Finding("tokens", "fine" if server.has_signing else "no-key")
    is_asked = server.abilities & {Ability.EVENTS, Ability.RESERVATIONS}
    has_secret = server.has_inbound or server.has_webhook
    if is_asked and not has_secret:
        yield Finding("secret", "none")


def _asked(server: Tried) -> Iterable[Finding]:
    """Say whether the server has spoken to us: only it can begin that."""
    for ability in (Ability.RESERVATIONS, Ability.EVENTS):
        if ability in server.abilities:
            at = server.heard.get(ability)
            yield Finding(ability, "never" if at is None else "fine", {"at": at})
