"""Pages for everybody: the front door, the three texts, and the calm page "Leave this page fast" leads to."""

from aiohttp import web

from service.errors import NotFound
from service.storage.organisations import organisation_by_slug
from service.texts import TITLES, Text, paragraphs
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, HOUSE, house_of


async def front(request: web.Request) -> web.Response:
    """Send staff to their day and everybody else to the sign-in page."""
    return see_other("/today" if ACTOR in request else "/sign-in")


async def away(request: web.Request) -> web.Response:
    """Show a page that says nothing about us."""
    return await page(request, "away.html")


async def about_installation(request: web.Request) -> web.Response:
    """Show one of the three texts where no organisation is known."""
    return await _text(request, "", name="Manyways", phone="")


async def about(request: web.Request) -> web.Response:
    """Show one of an organisation's three texts."""
    organisation = await organisation_by_slug(request[DB], request.match_info["slug"])
    request[HOUSE] = house_of(organisation)
    own = organisation.texts.get(request.match_info["text"], "")
    return await _text(request, own, name=organisation.name, phone=organisation.contact_phone)


async def _text(request: web.Request, own: str, *, name: str, phone: str) -> web.Response:
    try:
        text = Text(request.match_info["text"])
    except ValueError as error:
        raise NotFound from error
    parts = paragraphs(text, own, name=name, phone=phone)
    return await page(request, "about.html", title=TITLES[text], paragraphs=parts)
