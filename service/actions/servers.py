"""The installation's Jitsi servers: adding and changing one, who uses it, and retiring it.

A server belongs to no organisation. What is done to it is written down in the organisation of whoever did
it; an organisation that is given another server finds a line of its own, which names nobody.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from scheduling.online import Ability, ForeignRooms, ServerKind
from service.actions.permissions import Permission, require
from service.actor import Actor, system_actor
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.rooms.jitsi import BadRoom, origin_of
from service.storage.audit import record
from service.storage.base import Db
from service.storage.organisations import all_organisations
from service.storage.servers import JitsiServer, all_servers, houses_on, server_to_change

#: Where the rooms of JaaS are; everybody's are told apart by the AppID in the address.
JAAS_URL = "https://8x8.vc"
#: Belongs to nobody here: no tokens, and rooms within other pages are cut off after some minutes.
PUBLIC_HOST = "https://meet.jit.si"
LONGEST_NAME = 100
LONGEST_URL = 300
#: Names in addresses that pages of ours have.
TAKEN = frozenset({"new"})
#: What can stand in a line of a Jitsi installation's settings without being taken for something else.
PLAIN_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
DOMAIN = re.compile(r"(?=.{3,200}$)[a-z0-9-]+(\.[a-z0-9-]+)+")
APP_ID = re.compile(r"vpaas-magic-cookie-[0-9a-f]{32}")
#: What a self-hosted server can only be told in the answer to a reservation.
NEED_RESERVATIONS = frozenset({Ability.LOBBY, Ability.PASSCODE, Ability.MAX_OCCUPANTS})


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """What a server is called here and where it is; JaaS has one address, and an AppID instead."""

    name: str
    url: str = ""
    app_id: str = ""


@dataclass(frozen=True, slots=True)
class ServerDetails:
    """How tokens for a self-hosted server are addressed, where its rooms are, and what is switched on there."""

    app_id: str
    audience: str
    muc_domain: str
    abilities: Collection[Ability]
    foreign_rooms: ForeignRooms


#: What docker-jitsi-meet is set up with if nobody says otherwise.
USUAL = ServerDetails(
    app_id="manyways",
    audience="manyways",
    muc_domain="muc.meet.jitsi",
    abilities=frozenset({Ability.EVENTS, Ability.RESERVATIONS, Ability.MAX_OCCUPANTS}),
    foreign_rooms=ForeignRooms.REFUSE,
)


async def add_server(
    db: Db, actor: Actor, kind: ServerKind, address: ServerAddress, *, now: datetime
) -> JitsiServer:
    """Add a server with what is usual for its kind; raises Invalid."""
    require(actor, Permission.KEEP_SERVERS)
    values = _checked(kind, address)
    server = JitsiServer(
        id=new_id(),
        slug=_free_slug(address.name, {each.slug for each in await all_servers(db)}),
        kind=kind,
        created_at=now,
        keys=[],
        numbers=[],
        **_usual(kind) | values,
    )
    db.add(server)
    await db.flush()
    record(db, actor, "server.added", server, now=now, kind=kind)
    return server


async def change_address(
    db: Db, actor: Actor, slug: str, address: ServerAddress, *, now: datetime
) -> JitsiServer:
    """Change what a server is called or where it is; raises Invalid, NotFound.

    Its name in our addresses stays, and at JaaS the AppID, which its keys are bound to.
    """
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    address = replace(address, app_id=server.app_id)
    _change(db, actor, server, _checked(server.kind, address), now=now)
    return server


async def change_details(
    db: Db, actor: Actor, slug: str, details: ServerDetails, *, now: datetime
) -> JitsiServer:
    """Change how a server is joined to us; raises Invalid for what its kind cannot do, NotFound."""
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    if problems := _detail_problems(server.kind, details):
        raise Invalid(problems)
    values: dict[str, Any] = {
        "abilities": [each.value for each in Ability if each in details.abilities],
        "foreign_rooms": details.foreign_rooms,
    }
    if server.kind.is_ours:
        values |= {
            "app_id": details.app_id,
            "audience": details.audience,
            "muc_domain": details.muc_domain,
        }
    _change(db, actor, server, values, now=now)
    return server


async def give_server(
    db: Db, actor: Actor, slug: str, house_ids: Collection[UUID], *, now: datetime
) -> None:
    """Let organisations have their rooms on this server from now on; raises Invalid, NotFound, Refused.

    A server is never taken away without another in its place: online sessions need one.
    """
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    if server.is_retired:
        raise Refused("server-is-retired", field="houses")
    houses = {each.id: each for each in await all_organisations(db)}
    if not house_ids or not set(house_ids) <= houses.keys():
        raise Invalid({"houses": "not-a-choice" if house_ids else "house-needed"})
    moved = [houses[each] for each in house_ids if houses[each].server_id != server.id]
    for house in moved:
        house.server_id = server.id
        record(db, system_actor(house.id), "organisation.rooms-moved", house, now=now)
    if moved:
        record(db, actor, "server.given", server, now=now, organisations=len(moved))


async def retire_server(db: Db, actor: Actor, slug: str, *, now: datetime) -> None:
    """Let a server open no new rooms; raises NotFound, Refused while an organisation uses it."""
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    if await houses_on(db, server.id):
        raise Refused("server-in-use")
    if not server.is_retired:
        server.is_retired = True
        server_changed(db, actor, server, "server.retired", now=now)


async def bring_server_back(db: Db, actor: Actor, slug: str, *, now: datetime) -> None:
    """Let a retired server be used again; raises NotFound."""
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    if server.is_retired:
        server.is_retired = False
        server_changed(db, actor, server, "server.brought-back", now=now)


def server_changed(
    db: Db, actor: Actor, server: JitsiServer, what: str, *, now: datetime, **facts: str
) -> None:
    """Raise the version, so that every process reads the server anew, and write down what was done."""
    server.version += 1
    record(db, actor, what, server, now=now, **facts)


def normal_server_url(typed: str) -> str:
    """Give a server's address as it is kept; https is added if nothing is said. Raises Invalid."""
    url = typed.strip().rstrip("/")
    if not url:
        raise Invalid({"url": "needed"})
    if len(url) > LONGEST_URL:
        raise Invalid({"url": "too-long"})
    if "://" not in url:
        url = f"https://{url}"
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    url = f"{scheme.lower()}://{host.lower()}{slash}{path}"
    try:
        origin_of(url)
    except BadRoom as error:
        raise Invalid({"url": "not-a-server"}) from error
    return url


def _checked(kind: ServerKind, address: ServerAddress) -> dict[str, str]:
    """Give what is kept of an address; raises Invalid."""
    found: dict[str, str] = {}
    if not address.name or len(address.name) > LONGEST_NAME:
        found["name"] = "too-long" if address.name else "needed"
    values = {"name": address.name}
    if kind is ServerKind.JAAS:
        app_id = address.app_id.strip().lower()
        if not APP_ID.fullmatch(app_id):
            found["app_id"] = "not-an-app-id"
        muc_domain = f"conference.{app_id}.8x8.vc"
        values |= {"url": JAAS_URL, "app_id": app_id, "subject": app_id, "muc_domain": muc_domain}
    else:
        try:
            values["url"] = normal_server_url(address.url)
        except Invalid as error:
            found |= error.fields
        if kind.takes_tokens and values.get("url", "").startswith(PUBLIC_HOST):
            found["url"] = "takes-no-tokens"
    if found:
        raise Invalid(found)
    return values


def _detail_problems(kind: ServerKind, details: ServerDetails) -> dict[str, str]:
    found: dict[str, str] = {}
    abilities = frozenset(details.abilities)
    if not abilities <= kind.abilities:
        found["abilities"] = "not-possible-there"
    elif kind.is_ours and abilities & NEED_RESERVATIONS and Ability.RESERVATIONS not in abilities:
        found["abilities"] = "needs-reservations"
    if not kind.is_ours:
        return found
    for name in ("app_id", "audience"):
        if not PLAIN_WORD.fullmatch(getattr(details, name)):
            found[name] = "not-a-plain-word"
    if not DOMAIN.fullmatch(details.muc_domain):
        found["muc_domain"] = "not-a-domain"
    return found


def _usual(kind: ServerKind) -> dict[str, Any]:
    """Give what a server of this kind is added with, until somebody says otherwise."""
    if kind is ServerKind.PLAIN:
        return {}
    if kind is ServerKind.JAAS:
        return {"audience": "jitsi", "abilities": [Ability.EVENTS.value]}
    return {
        "app_id": USUAL.app_id,
        "audience": USUAL.audience,
        "subject": "*",
        "muc_domain": USUAL.muc_domain,
        "abilities": [each.value for each in Ability if each in USUAL.abilities],
    }


def _change(
    db: Db, actor: Actor, server: JitsiServer, values: dict[str, Any], *, now: datetime
) -> None:
    changed = [name for name, value in values.items() if getattr(server, name) != value]
    for name in changed:
        setattr(server, name, values[name])
    if changed:
        server_changed(db, actor, server, "server.changed", now=now, fields=" ".join(changed))


def _free_slug(name: str, taken: Collection[str]) -> str:
    """Make a name for addresses that no other server has."""
    short = re.sub("[^a-z0-9]+", "-", name.casefold()).strip("-")[:40].strip("-") or "rooms"
    numbered = (short, *(f"{short}-{number}" for number in range(2, len(taken) + 4)))
    return next(each for each in numbered if each not in taken and each not in TAKEN)
