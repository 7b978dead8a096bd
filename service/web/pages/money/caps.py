"""What the organisation pays at most, set by its admins."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import BeforeValidator

from accessibility.claims import Caps
from accessibility.money import NotMoney, pounds, read_pounds
from scheduling.text import clean
from service.actions.money.caps import set_caps
from service.errors import Invalid
from service.storage.claiming import caps_here
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.money.fields import Money
from service.web.reading import Form, read_form, typed
from service.web.words import say

PAGE = "money/caps.html"


def _limit(value: object) -> object:
    """Read pounds; an empty box is no limit."""
    if not isinstance(value, str):
        return value
    words = clean(value)
    try:
        return read_pounds(words) if words else None
    except NotMoney as error:
        raise ValueError("not-a-sum") from error


Limit = Annotated[int | None, BeforeValidator(_limit)]


class CapsForm(Form):
    """The boxes."""

    mileage_pence: Money
    travel_most_pence: Limit = None
    childcare_hour_pence: Limit = None
    care_hour_pence: Limit = None


async def show(request: web.Request) -> web.Response:
    """Show what is paid at most."""
    return await page(request, PAGE, **await _facts(request))


async def change(request: web.Request) -> web.Response:
    """Set what is paid at most."""
    try:
        form = await read_form(request, CapsForm)
        caps = Caps(**form.model_dump())
        await set_caps(request[DB], request[ACTOR], caps, now=request[NOW])
    except Invalid as problem:
        facts = await _facts(request)
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other("/set-up/money", done="setting-kept")


async def _facts(request: web.Request) -> dict[str, Any]:
    caps = await caps_here(request[DB], request[ACTOR])
    shown = {
        name: "" if pence is None else pounds(pence).removeprefix("£")
        for name, pence in (
            ("mileage_pence", caps.mileage_pence),
            ("travel_most_pence", caps.travel_most_pence),
            ("childcare_hour_pence", caps.childcare_hour_pence),
            ("care_hour_pence", caps.care_hour_pence),
        )
    }
    return {"title": say("caps.title"), "stored": shown}
