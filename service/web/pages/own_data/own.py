"""The person's own pages: everything we keep of them, and erasing it. No scripts; two presses to erase."""

from typing import Any

from aiohttp import web

from accessibility.consent import ConsentChannel
from service.actions.erasing import Keepers, erase_person, why_not
from service.actions.needs import CannotOpen
from service.actions.own_data import give_own_data
from service.actions.telling import may_write_to
from service.errors import Refused
from service.outbound.tray import PostTray
from service.web.answers import NOT_USABLE, again, page, see_other, sentences
from service.web.context import ACTOR, DB, HOUSE, NOW, SEALER, SETTINGS
from service.web.pages.helping.whose import Whose, guest_whose
from service.web.pages.own_data.showing import Wanted, facts_of, file_of
from service.web.reading import Form, read_form
from service.web.words import say


class Asked(Form):
    """How somebody wants what we keep of them."""

    wanted: Wanted = Wanted.FILE


async def show(request: web.Request) -> web.Response:
    """Say what can be had here; who is only contacted in the safe way is asked to ring."""
    whose = await guest_whose(request)
    may_read = await may_write_to(request[DB], request[ACTOR].organisation_id, whose.person.id)
    return await page(request, "own_data/own.html", **_facts(whose), may_read=may_read)


async def give(request: web.Request) -> web.Response:
    """Give everything we keep of them, as a file or as a page."""
    asked = await read_form(request, Asked)
    whose = await guest_whose(request)
    db, actor, sealer = request[DB], request[ACTOR], request.app[SEALER]
    try:
        data = await give_own_data(db, actor, sealer, whose.person.id, "", now=request[NOW])
    except Refused as problem:
        facts = {**_facts(whose), "may_read": False}
        return await again(request, "own_data/own.html", problem, {}, **facts)
    except CannotOpen:
        problems = {"form": say("own-data.cannot-open")}
        facts = {**_facts(whose), "may_read": True, "errors": problems}
        return await page(request, "own_data/own.html", status=NOT_USABLE, **facts)
    if asked.wanted is Wanted.FILE:
        return file_of(data)
    shown = facts_of(data, request[HOUSE].zone)
    back = f"{whose.base}/data"
    return await page(request, "own_data/read.html", **{**_facts(whose), "back": back}, **shown)


async def ask(request: web.Request) -> web.Response:
    """Say what would go and what would stay, and why; the button is the second press."""
    whose = await guest_whose(request)
    refusal = await why_not(request[DB], whose.person)
    return await page(request, "own_data/erase.html", **_erasing(whose, refusal))


async def erase(request: web.Request) -> web.Response:
    """Erase who asks; their link opens nothing from now on."""
    whose = await guest_whose(request)
    db, actor, keepers = request[DB], request[ACTOR], keepers_of(request)
    person_id, web_page = whose.person.id, ConsentChannel.WEB
    try:
        await erase_person(db, actor, keepers, person_id, web_page, now=request[NOW])
    except Refused as problem:
        return await again(request, "own_data/erase.html", problem, {}, **_erasing(whose, problem))
    return see_other("/erased")


async def gone(request: web.Request) -> web.Response:
    """Say that it is done, to nobody in particular."""
    return await page(request, "own_data/gone.html", title=say("own-data.title.gone"))


def keepers_of(request: web.Request) -> Keepers:
    """Give what beside the database holds anything of people."""
    return Keepers(request.app[SEALER], PostTray(request.app[SETTINGS].post_folder))


def _facts(whose: Whose) -> dict[str, Any]:
    return {
        **whose.facts,
        "title": say("own-data.title.own"),
        "back": whose.base,
        "here_is": f"{whose.base}/data",
    }


def _erasing(whose: Whose, refusal: Refused | None) -> dict[str, Any]:
    return {
        **_facts(whose),
        "title": say("own-data.title.erase"),
        "back": f"{whose.base}/data",
        "refusal": sentences(refusal).get("form", "") if refusal else "",
    }
