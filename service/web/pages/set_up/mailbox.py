"""The organisation's own mailbox for answers: its address is sealed and never shown again."""

import asyncio
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from service.actions.mailboxes import clear_mailbox, mailbox_of, set_mailbox
from service.errors import Invalid
from service.inbound.imap import MailboxTrouble, open_mailbox
from service.inbound.mailbox import Mailbox
from service.storage.organisations import organisation_by_id
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, KEYS, NOW, ORGANISATION, SETTINGS
from service.web.reading import Form, Line, read_form, typed

#: How long somebody who tries the mailbox waits for its server, in all.
TRY_SECONDS = 15.0


class MailboxForm(Form):
    """The address of a mailbox, with its password."""

    mailbox: Annotated[Line, Field(min_length=1, max_length=500)]


async def show(request: web.Request) -> web.Response:
    """Show where answers come to, without any address, and how a try went."""
    return await page(request, "set_up/mailbox.html", **await _facts(request))


async def keep(request: web.Request) -> web.Response:
    """Keep the mailbox's address, sealed."""
    try:
        form = await read_form(request, MailboxForm)
        await set_mailbox(
            request[DB], request[ACTOR], request.app[KEYS], form.mailbox, now=request[NOW]
        )
    except Invalid as problem:
        facts = await _facts(request)
        return await again(request, "set_up/mailbox.html", problem, await typed(request), **facts)
    return see_other("/set-up/mailbox", done="setting-kept")


async def clear(request: web.Request) -> web.Response:
    """Forget the organisation's own mailbox."""
    await clear_mailbox(request[DB], request[ACTOR], now=request[NOW])
    return see_other("/set-up/mailbox", done="mailbox-cleared")


async def try_out(request: web.Request) -> web.Response:
    """Sign in to the mailbox, in no transaction, and say how it went; nothing in it is read or changed."""
    own = mailbox_of(request[ORGANISATION], request.app[KEYS])
    trouble = "not-set" if own is None else await _trouble_with(own)
    return see_other(f"/set-up/mailbox?tried={trouble or 'fine'}")


async def _trouble_with(own: Mailbox) -> str:
    """Give the code of what keeps us from reading a mailbox; nothing if all is well."""
    try:
        async with asyncio.timeout(TRY_SECONDS), open_mailbox(own, step_seconds=TRY_SECONDS):
            return ""
    except MailboxTrouble as trouble:
        return trouble.reason
    except TimeoutError:
        return "timed-out"


async def _facts(request: web.Request) -> dict[str, Any]:
    house = await organisation_by_id(request[DB], request[ACTOR].organisation_id)
    return {
        "title": "Mailbox for answers",
        "is_set": house.mailbox_sealed is not None,
        "installation_has_one": request.app[SETTINGS].mailbox_url is not None
        or request.app[SETTINGS].lmtp_listen is not None,
        "address": house.contact_email,
        "tried": request.query.get("tried", ""),
    }
