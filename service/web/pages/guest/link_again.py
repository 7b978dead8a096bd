"""Asking for one's link again: for everybody, and with the same answer for everybody."""

from aiohttp import web

from service.actions.link_again import ask_for_link, target_of
from service.actor import system_actor
from service.errors import Invalid
from service.storage.organisations import organisation_by_slug
from service.web.answers import again, page, see_other
from service.web.context import DB, HOUSE, LIMITS, NOW, house_of
from service.web.proxies import address_of
from service.web.reading import Form, Line, read_form, typed

PAGE = "guest/link_again.html"
TITLE = "Ask for your link again"


class ReachForm(Form):
    """Where the link should go: an e-mail address or a phone number."""

    reach: Line = ""


async def show(request: web.Request) -> web.Response:
    """Show the question."""
    await _find_house(request)
    return await page(request, PAGE, title=TITLE)


async def ask(request: web.Request) -> web.Response:
    """Have the link sent to whom it belongs; limited for each address asked from and asked about."""
    await _find_house(request)
    house, now = request[HOUSE], request[NOW]
    try:
        target = target_of((await read_form(request, ReachForm)).reach)
    except Invalid as problem:
        return await again(request, PAGE, problem, await typed(request), title=TITLE)
    limits = request.app[LIMITS]
    for counter, key in (
        (limits.by_address, f"link-again|{address_of(request)}"),
        (limits.by_target, f"link-again|{house.id}|{'|'.join(target)}"),
    ):
        counter.check(key, now)
        counter.failed(key, now)
    await ask_for_link(request[DB], system_actor(house.id), target, now=now)
    return see_other(f"/link-again/{house.slug}", done="link-asked")


async def _find_house(request: web.Request) -> None:
    """Find the organisation named in the address; raises NotFound."""
    organisation = await organisation_by_slug(request[DB], request.match_info["slug"])
    request[HOUSE] = house_of(organisation)
