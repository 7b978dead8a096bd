"""The organisation's name, how it is reached; and its mail server, never shown again."""

from dataclasses import asdict
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from scheduling.bank_holidays import ENGLAND
from service.actions import setting_up
from service.actions.setting_up import HouseDetails
from service.errors import Invalid
from service.storage.organisations import organisation_by_id
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, KEYS, NOW, SETTINGS
from service.web.reading import EmptyIsNone, Form, Line, read_form, typed

Short = Annotated[Line, Field(max_length=200)]
Degrees = Annotated[float | None, EmptyIsNone]


class OrganisationForm(Form):
    """What is typed about the organisation."""

    name: Short = ""
    contact_phone: Short = ""
    contact_email: Short = ""
    zone: Short = ""
    dial_in_number: Short = ""
    region: Short = ENGLAND
    latitude: Degrees = None
    longitude: Degrees = None


class MailForm(Form):
    """The address of a mail server, with its password."""

    mail_server: Annotated[Line, Field(min_length=1, max_length=500)]


async def organisation(request: web.Request) -> web.Response:
    """Show what is kept of the organisation."""
    stored = await _stored(request)
    return await page(request, "set_up/organisation.html", title="Organisation", stored=stored)


async def change(request: web.Request) -> web.Response:
    """Change the organisation."""
    stored = await _stored(request)
    try:
        form = await read_form(request, OrganisationForm)
        details = HouseDetails(**form.model_dump())
        await setting_up.change_organisation(request[DB], request[ACTOR], details, now=request[NOW])
    except Invalid as problem:
        return await again(
            request,
            "set_up/organisation.html",
            problem,
            await typed(request),
            title="Organisation",
            stored=stored,
        )
    return see_other("/set-up/organisation", done="setting-kept")


async def _stored(request: web.Request) -> dict[str, Any]:
    house = await organisation_by_id(request[DB], request[ACTOR].organisation_id)
    kept = asdict(setting_up.details_of(house))
    return {name: "" if value is None else value for name, value in kept.items()}


async def mail(request: web.Request) -> web.Response:
    """Show which way mail goes, without any address."""
    return await page(request, "set_up/mail.html", **await _mail_facts(request))


async def set_mail(request: web.Request) -> web.Response:
    """Keep the mail server's address, sealed."""
    try:
        form = await read_form(request, MailForm)
        await setting_up.set_mail_server(
            request[DB], request[ACTOR], request.app[KEYS], form.mail_server, now=request[NOW]
        )
    except Invalid as problem:
        facts = await _mail_facts(request)
        return await again(request, "set_up/mail.html", problem, await typed(request), **facts)
    return see_other("/set-up/mail", done="setting-kept")


async def clear_mail(request: web.Request) -> web.Response:
    """Forget the organisation's own mail server."""
    await setting_up.clear_mail_server(request[DB], request[ACTOR], now=request[NOW])
    return see_other("/set-up/mail", done="mail-server-cleared")


async def try_mail(request: web.Request) -> web.Response:
    """Send the admin a letter to see whether it arrives."""
    await setting_up.send_test_letter(request[DB], request[ACTOR], now=request[NOW])
    return see_other("/set-up/mail", done="test-letter")


async def _mail_facts(request: web.Request) -> dict[str, Any]:
    house = await organisation_by_id(request[DB], request[ACTOR].organisation_id)
    return {
        "title": "Mail server",
        "is_set": house.mail_server_sealed is not None,
        "installation_has_one": request.app[SETTINGS].smtp_url is not None,
    }
