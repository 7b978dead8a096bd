"""The three texts every page links to: the usual ones, or the organisation's own."""

from aiohttp import web

from service.actions import setting_up
from service.errors import Invalid, NotFound
from service.storage.organisations import organisation_by_id
from service.texts import TITLES, Text, paragraphs
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.reading import Form, Lines, read_form, typed


class TextForm(Form):
    """The words of one text."""

    words: Lines = ""


async def texts(request: web.Request) -> web.Response:
    """List the texts and say which are the organisation's own."""
    house = await organisation_by_id(request[DB], request[ACTOR].organisation_id)
    rows = [
        {"text": text.value, "title": title, "is_own": text.value in house.texts}
        for text, title in TITLES.items()
    ]
    return await page(request, "set_up/texts.html", title="Texts", rows=rows, slug=house.slug)


async def text(request: web.Request) -> web.Response:
    """Show one text to change."""
    which = _which(request)
    house = await organisation_by_id(request[DB], request[ACTOR].organisation_id)
    own = house.texts.get(which.value, "")
    stored = "\n\n".join(paragraphs(which, own, name=house.name, phone=house.contact_phone))
    return await page(
        request, "set_up/text.html", title=TITLES[which], stored=stored, is_own=bool(own)
    )


async def write(request: web.Request) -> web.Response:
    """Keep the organisation's own words."""
    which = _which(request)
    try:
        form = await read_form(request, TextForm)
        await setting_up.write_text(
            request[DB], request[ACTOR], which, form.words, now=request[NOW]
        )
    except Invalid as problem:
        return await again(
            request,
            "set_up/text.html",
            problem,
            await typed(request),
            title=TITLES[which],
            stored="",
            is_own=False,
        )
    return see_other("/set-up/texts", done="setting-kept")


async def use_usual(request: web.Request) -> web.Response:
    """Go back to the usual text."""
    which = _which(request)
    await setting_up.use_usual_text(request[DB], request[ACTOR], which, now=request[NOW])
    return see_other("/set-up/texts", done="text-reset")


def _which(request: web.Request) -> Text:
    try:
        return Text(request.match_info["text"])
    except ValueError as error:
        raise NotFound from error
