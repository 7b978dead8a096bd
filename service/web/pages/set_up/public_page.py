"""The public page: switched on or off, with a few words of the organisation's own."""

from typing import Any

from aiohttp import web

from service.actions.public_page import change_public_page
from service.errors import Invalid
from service.storage.organisations import organisation_by_id
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW, SETTINGS
from service.web.reading import Form, Line, Lines, read_form, typed

PAGE = "set_up/public.html"


class PublicForm(Form):
    """Whether there is a public page, and its words."""

    is_public: Line = ""
    public_words: Lines = ""


async def show(request: web.Request) -> web.Response:
    """Show the switch, the words, and where the page is."""
    return await page(request, PAGE, **await _facts(request))


async def change(request: web.Request) -> web.Response:
    """Switch it, and keep the words."""
    facts = await _facts(request)
    try:
        form = await read_form(request, PublicForm)
        await change_public_page(
            request[DB],
            request[ACTOR],
            is_public=form.is_public == "yes",
            words=form.public_words,
            now=request[NOW],
        )
    except Invalid as problem:
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other("/set-up/public", done="setting-kept")


async def _facts(request: web.Request) -> dict[str, Any]:
    house = await organisation_by_id(request[DB], request[ACTOR].organisation_id)
    address = f"{request.app[SETTINGS].public_url.rstrip('/')}/o/{house.slug}"
    return {
        "title": "Public page",
        "is_public": house.is_public,
        "stored_words": house.public_words,
        "path": f"/o/{house.slug}",
        "addresses": [
            {"term": "Page", "value": address},
            {"term": "Calendar", "value": f"{address}/sessions.ics"},
            {"term": "News reader (RSS)", "value": f"{address}/sessions.rss"},
            {"term": "Programs (JSON)", "value": f"{address}/sessions.json"},
        ],
    }
