"""At the desk: what we keep of somebody, given to them; and erasing somebody who rang or wrote."""

from typing import Any

from aiohttp import web

from accessibility.consent import ConsentChannel
from accessibility.contact import must_not_send_automatically
from service.actions.erasing import erase_person, why_not
from service.actions.needs import CannotOpen
from service.actions.own_data import give_own_data, person_of_data
from service.errors import Invalid, Refused
from service.storage.needs import needs_of
from service.storage.people import Person
from service.web.answers import NOT_USABLE, again, page, see_other, sentences
from service.web.context import ACTOR, DB, HOUSE, NOW, SEALER
from service.web.pages.own_data.own import keepers_of
from service.web.pages.own_data.showing import Wanted, facts_of, file_of
from service.web.reading import Form, Line, read_form, read_id, typed
from service.web.words import say

ASK = "own_data/desk.html"
ERASE = "own_data/erase.html"
#: How somebody asks for it, with the code of its words.
CHANNELS = (
    (ConsentChannel.PHONE, "channel.phone"),
    (ConsentChannel.PAPER, "channel.paper"),
    (ConsentChannel.HELPER, "channel.helper"),
)


class Asked(Form):
    """Why it is opened, and how it is wanted."""

    reason: Line = ""
    wanted: Wanted = Wanted.PAGE


class Erasing(Form):
    """How they asked to be erased."""

    channel: ConsentChannel


async def show(request: web.Request) -> web.Response:
    """Ask why everything about somebody is to be opened."""
    return await page(request, ASK, **await _facts(request, await _person(request)))


async def give(request: web.Request) -> web.Response:
    """Give everything, for the person, with the reason kept."""
    person = await _person(request)
    db, actor, sealer = request[DB], request[ACTOR], request.app[SEALER]
    try:
        asked = await read_form(request, Asked)
        data = await give_own_data(db, actor, sealer, person.id, asked.reason, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _facts(request, person)
        return await again(request, ASK, problem, await typed(request), **facts)
    except CannotOpen:
        facts = {"title": say("cannot-open.title"), "back": f"/people/{person.id}/data"}
        return await page(request, "requests/cannot_open.html", status=NOT_USABLE, **facts)
    if asked.wanted is Wanted.FILE:
        return file_of(data)
    facts = await _facts(request, person)
    return await page(
        request,
        "own_data/read.html",
        **{**facts, "back": f"/people/{person.id}/data", "print_size": person.print_size},
        **facts_of(data, request[HOUSE].zone),
    )


async def ask(request: web.Request) -> web.Response:
    """Say what would go and what would stay."""
    person = await _person(request)
    return await page(request, ERASE, **await _erasing(request, person))


async def erase(request: web.Request) -> web.Response:
    """Erase somebody who asked for it."""
    person = await _person(request)
    db, actor, keepers = request[DB], request[ACTOR], keepers_of(request)
    try:
        asked = await read_form(request, Erasing)
        await erase_person(db, actor, keepers, person.id, asked.channel, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _erasing(request, person)
        return await again(request, ERASE, problem, await typed(request), **facts)
    return see_other("/people", done="erased")


async def _person(request: web.Request) -> Person:
    return await person_of_data(request[DB], request[ACTOR], read_id(request))


async def _facts(request: web.Request, person: Person) -> dict[str, Any]:
    needs = await needs_of(request[DB], request[ACTOR], person.id)
    return {
        "layout": "staff.html",
        "whose": None,
        "title": say("own-data.title.desk", {"name": person.chosen_name}),
        "name": person.chosen_name,
        "back": f"/people/{person.id}",
        "here_is": f"/people/{person.id}/data",
        "is_safe": must_not_send_automatically(need.code for need in needs),
    }


async def _erasing(request: web.Request, person: Person) -> dict[str, Any]:
    refusal = await why_not(request[DB], person)
    return {
        **await _facts(request, person),
        "title": say("own-data.title.erase-desk", {"name": person.chosen_name}),
        "back": f"/people/{person.id}/data",
        "channels": [{"value": each.value, "word": say(code)} for each, code in CHANNELS],
        "refusal": sentences(refusal).get("form", "") if refusal else "",
    }
