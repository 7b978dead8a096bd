"""Adding a Jitsi server, and changing where it is and what is switched on: one question a page.

While a server is new, `?new=yes` in the address leads from each page to the next; later each page leads back.
"""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from scheduling.online import Ability, ForeignRooms, ServerKind
from service.actions import servers
from service.actions.servers import USUAL, ServerAddress, ServerDetails
from service.errors import Invalid, NotFound
from service.storage.servers import JitsiServer, server_by_slug
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.servers.words import ability_options, foreign_options, kind_options
from service.web.reading import Form, Line, read_form, typed
from service.web.words import say

#: How many pages the guided way has.
STEPS, STEPS_OF_PLAIN = 5, 3
Short = Annotated[Line, Field(max_length=400)]


class KindForm(Form):
    """Which kind of server."""

    kind: ServerKind


class AddressForm(Form):
    """What it is called and where it is."""

    name: Short = ""
    url: Short = ""
    app_id: Short = ""

    def address(self) -> ServerAddress:
        """Give what was typed as what is kept."""
        return ServerAddress(self.name, self.url, self.app_id)


class DetailsForm(Form):
    """How it is joined to us."""

    abilities: tuple[Ability, ...] = ()
    foreign_rooms: ForeignRooms = ForeignRooms.REFUSE
    app_id: Short = USUAL.app_id
    audience: Short = USUAL.audience
    muc_domain: Short = USUAL.muc_domain

    def details(self) -> ServerDetails:
        """Give what was typed as what is kept."""
        return ServerDetails(
            app_id=self.app_id,
            audience=self.audience,
            muc_domain=self.muc_domain,
            abilities=self.abilities,
            foreign_rooms=self.foreign_rooms,
        )


async def choose_kind(request: web.Request) -> web.Response:
    """Ask for the kind."""
    return await page(request, "servers/kind.html", **_kind_facts())


async def take_kind(request: web.Request) -> web.Response:
    """Go on to the address of a server of this kind."""
    try:
        kind = (await read_form(request, KindForm)).kind
    except Invalid as problem:
        found = await typed(request)
        return await again(request, "servers/kind.html", problem, found, **_kind_facts())
    return see_other(f"/set-up/servers/new/{kind}")


async def ask_address(request: web.Request) -> web.Response:
    """Ask where the new server is."""
    return await page(request, "servers/address.html", **_new_facts(_kind(request)))


async def add(request: web.Request) -> web.Response:
    """Add the server, and go on to the next question."""
    kind = _kind(request)
    try:
        address = (await read_form(request, AddressForm)).address()
        added = await servers.add_server(
            request[DB], request[ACTOR], kind, address, now=request[NOW]
        )
    except Invalid as problem:
        found = await typed(request)
        return await again(request, "servers/address.html", problem, found, **_new_facts(kind))
    following = "details" if kind.takes_tokens else "try"
    return see_other(f"/set-up/servers/{added.slug}/{following}?new=yes", done="server-added")


async def show_address(request: web.Request) -> web.Response:
    """Show what a server is called and where it is."""
    return await page(request, "servers/address.html", **_address_facts(await _server(request)))


async def change_address(request: web.Request) -> web.Response:
    """Change what a server is called or where it is."""
    slug = request.match_info["server"]
    try:
        address = (await read_form(request, AddressForm)).address()
        await servers.change_address(request[DB], request[ACTOR], slug, address, now=request[NOW])
    except Invalid as problem:
        facts = _address_facts(await _server(request))
        return await again(request, "servers/address.html", problem, await typed(request), **facts)
    return see_other(f"/set-up/servers/{slug}", done="server-kept")


async def show_details(request: web.Request) -> web.Response:
    """Show how a server is joined to us."""
    facts = _details_facts(request, await _server(request))
    return await page(request, "servers/details.html", **facts)


async def change_details(request: web.Request) -> web.Response:
    """Change how a server is joined to us."""
    slug = request.match_info["server"]
    try:
        details = (await read_form(request, DetailsForm)).details()
        await servers.change_details(request[DB], request[ACTOR], slug, details, now=request[NOW])
    except Invalid as problem:
        facts = _details_facts(request, await _server(request))
        return await again(request, "servers/details.html", problem, await typed(request), **facts)
    if is_new(request):
        return see_other(f"/set-up/servers/{slug}/keys?new=yes")
    return see_other(f"/set-up/servers/{slug}", done="server-kept")


def is_new(request: web.Request) -> bool:
    """Tell whether the server is being added, so that each page leads to the next."""
    return request.query.get("new", "") == "yes"


def _kind(request: web.Request) -> ServerKind:
    try:
        return ServerKind(request.match_info["kind"])
    except ValueError as error:
        raise NotFound from error


async def _server(request: web.Request) -> JitsiServer:
    """Give the server as it is kept, also after a form that was refused."""
    found = await server_by_slug(request[DB], request.match_info["server"])
    if not found.kind.takes_tokens and request.path.endswith("/details"):
        raise NotFound
    return found


def _kind_facts() -> dict[str, Any]:
    return {
        "title": "Which kind of Jitsi server?",
        "options": kind_options(),
        "steps": (1, STEPS),
    }


def _new_facts(kind: ServerKind) -> dict[str, Any]:
    return {
        "title": "Where is it?",
        "kind": kind,
        "kind_word": say(f"server-kind.{kind}"),
        "action": f"/set-up/servers/new/{kind}",
        "back": ("/set-up/servers/new", "Back"),
        "steps": (2, STEPS if kind.takes_tokens else STEPS_OF_PLAIN),
        "is_kept": False,
        "stored": {"name": "", "url": "", "app_id": ""},
    }


def _address_facts(server: JitsiServer) -> dict[str, Any]:
    return {
        "title": "Name and address",
        "kind": server.kind,
        "kind_word": say(f"server-kind.{server.kind}"),
        "action": f"/set-up/servers/{server.slug}/address",
        "back": (f"/set-up/servers/{server.slug}", server.name),
        "steps": None,
        "is_kept": True,
        "stored": {"name": server.name, "url": server.url, "app_id": server.app_id},
    }


def _details_facts(request: web.Request, server: JitsiServer) -> dict[str, Any]:
    new = is_new(request)
    return {
        "title": "What is switched on there?",
        "server": server,
        "is_ours": server.kind.is_ours,
        "ability_options": ability_options(server.kind),
        "foreign_options": foreign_options(),
        "action": f"/set-up/servers/{server.slug}/details" + ("?new=yes" if new else ""),
        "steps": (3, STEPS) if new else None,
    }
