"""The numbers people dial to get into a server's rooms."""

from typing import Annotated, Any
from uuid import UUID

import phonenumbers
from aiohttp import web
from pydantic import Field

from service.actions import server_numbers
from service.actions.server_numbers import NewNumber
from service.errors import Invalid, Refused
from service.storage.servers import server_by_slug
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.reading import Form, Line, read_form, read_id, typed


class NumberForm(Form):
    """A number as it is typed."""

    number: Annotated[Line, Field(max_length=60)] = ""
    country: Annotated[Line, Field(max_length=20)] = "GB"
    is_toll_free: str = ""


async def numbers(request: web.Request) -> web.Response:
    """List the numbers, with a form for one more."""
    return await page(request, "servers/numbers.html", **await _facts(request))


async def add(request: web.Request) -> web.Response:
    """Add a number."""
    slug = request.match_info["server"]
    try:
        form = await read_form(request, NumberForm)
        wanted = NewNumber(form.number, form.country.strip().upper(), form.is_toll_free == "yes")
        await server_numbers.add_number(request[DB], request[ACTOR], slug, wanted, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _facts(request)
        return await again(request, "servers/numbers.html", problem, await typed(request), **facts)
    return see_other(f"/set-up/servers/{slug}/numbers", done="server-number-added")


async def remove(request: web.Request) -> web.Response:
    """Take a number off the list."""
    slug, number_id = _which(request)
    await server_numbers.remove_number(
        request[DB], request[ACTOR], slug, number_id, now=request[NOW]
    )
    return see_other(f"/set-up/servers/{slug}/numbers", done="server-number-removed")


async def tell_first(request: web.Request) -> web.Response:
    """Let a number be told before the others."""
    slug, number_id = _which(request)
    await server_numbers.tell_first(request[DB], request[ACTOR], slug, number_id, now=request[NOW])
    return see_other(f"/set-up/servers/{slug}/numbers", done="server-numbers-ordered")


def _which(request: web.Request) -> tuple[str, UUID]:
    return request.match_info["server"], read_id(request)


async def _facts(request: web.Request) -> dict[str, Any]:
    server = await server_by_slug(request[DB], request.match_info["server"])
    rows = [
        {
            "id": each.id,
            "number": each.number,
            "country": each.country,
            "is_toll_free": each.is_toll_free,
            "code": f"+{phonenumbers.country_code_for_region(each.country)}",
        }
        for each in server.numbers
    ]
    return {"title": "Phone numbers", "server": server, "rows": rows}
