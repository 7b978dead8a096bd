"""Opening a person's own words: first why, then the words, once, on a page nothing keeps."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from service.actions.needs import LONGEST_REASON, CannotOpen, need_to_open, open_words
from service.errors import Invalid
from service.storage.needs import Need
from service.vocabulary import vocabulary
from service.web.answers import NOT_USABLE, again, page
from service.web.context import ACTOR, DB, NOW, SEALER
from service.web.reading import Form, Line, read_form, read_id, typed
from service.web.words import say


class Reason(Form):
    """Why somebody needs to open own words."""

    reason: Annotated[Line, Field(max_length=LONGEST_REASON)]


async def ask(request: web.Request) -> web.Response:
    """Ask why the words must be opened."""
    person_id, need_id = read_id(request), read_id(request, "need")
    need = await need_to_open(request[DB], request[ACTOR], need_id, person_id)
    return await page(request, "requests/why.html", title=say("words.why"), **_facts(need))


async def show(request: web.Request) -> web.Response:
    """Open the words and show them this once."""
    db, actor = request[DB], request[ACTOR]
    need = await need_to_open(db, actor, read_id(request, "need"), read_id(request))
    facts = _facts(need)
    try:
        given = await read_form(request, Reason)
        words = await open_words(
            db, actor, request.app[SEALER], need, given.reason, now=request[NOW]
        )
    except Invalid as problem:
        shown = await typed(request)
        return await again(
            request, "requests/why.html", problem, shown, title=say("words.why"), **facts
        )
    except CannotOpen:
        return await page(
            request,
            "requests/cannot_open.html",
            status=NOT_USABLE,
            title=say("cannot-open.title"),
            **facts,
        )
    return await page(
        request, "requests/words.html", title=say("words.title"), words=words, **facts
    )


def _facts(need: Need) -> dict[str, Any]:
    return {
        "label": vocabulary().term(need.code).label,
        "back": f"/people/{need.person_id}/needs",
    }
