"""What coordinators press on a claim: agree, say no, paid, not paid after all; and opening a receipt."""

from typing import Annotated

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import Field

from accessibility.claims import PayBy
from service.actions.money.asking import take_back_claim
from service.actions.money.deciding import Agreement, agree_claim, refuse_claim
from service.actions.money.paying import not_paid, pay_claim
from service.actions.money.receipt_files import ENDINGS
from service.actions.money.receipts import open_receipt
from service.errors import Invalid, Refused
from service.storage.claiming import claim_by_id
from service.web.answers import again, see_other
from service.web.context import ACTOR, DB, NOW, SEALER
from service.web.pages.money.claims import ONE, claim_facts
from service.web.pages.money.fields import Money
from service.web.reading import Form, Lines, read_form, read_id, typed

Words = Annotated[Lines, Field(max_length=1000)]


class AgreeForm(Form):
    """What is agreed to."""

    pence: Money
    pay_by: PayBy
    note: Words = ""


class RefuseForm(Form):
    """Why not, in kind words."""

    words: Words = ""


def kept_on_page(handler: Handler) -> Handler:
    """Show the claim again, with what is wrong and what was typed, if the handler refuses."""

    async def shown(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Invalid, Refused) as problem:
            facts = await claim_facts(request)
            return await again(request, ONE, problem, await typed(request), **facts)

    return shown


@kept_on_page
async def agree(request: web.Request) -> web.StreamResponse:
    """Agree to a sum."""
    form = await read_form(request, AgreeForm)
    agreement = Agreement(form.pence, form.pay_by, form.note)
    await agree_claim(request[DB], request[ACTOR], read_id(request), agreement, now=request[NOW])
    return see_other("/claims", done="claim-agreed")


@kept_on_page
async def refuse(request: web.Request) -> web.StreamResponse:
    """Say no, and why."""
    form = await read_form(request, RefuseForm)
    await refuse_claim(request[DB], request[ACTOR], read_id(request), form.words, now=request[NOW])
    return see_other("/claims", done="claim-refused")


@kept_on_page
async def paid(request: web.Request) -> web.StreamResponse:
    """Write down that it is paid."""
    await pay_claim(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/claims", done="claim-paid")


@kept_on_page
async def unpaid(request: web.Request) -> web.StreamResponse:
    """Write down that it is not paid after all."""
    await not_paid(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other(f"/claims/{read_id(request)}", done="claim-not-paid")


@kept_on_page
async def back(request: web.Request) -> web.StreamResponse:
    """Take it back for the person, as they said."""
    claim = await claim_by_id(request[DB], request[ACTOR], read_id(request))
    await take_back_claim(request[DB], request[ACTOR], claim.id, claim.person_id, now=request[NOW])
    return see_other("/claims", done="claim-taken-back")


async def receipt(request: web.Request) -> web.Response:
    """Give a receipt as a file to keep, under a name of ours; who opened it is written down."""
    claim_id, receipt_id = read_id(request), read_id(request, "receipt")
    file = await open_receipt(
        request[DB],
        request[ACTOR],
        request.app[SEALER],
        claim_id,
        receipt_id,
        now=request[NOW],
    )
    name = f"receipt-{receipt_id.hex[-6:]}.{ENDINGS[file.media_type]}"
    return web.Response(
        body=file.content,
        content_type=file.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
