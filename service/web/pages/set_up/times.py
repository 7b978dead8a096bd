"""How soon people hear from us: one small form of working days."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from accessibility.service_times import LIMITS
from service.actions.service_times import set_times
from service.errors import Invalid
from service.storage.service_times import times_here
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.reading import Form, read_form, typed
from service.web.words import say

PAGE = "set_up/times.html"

Days = Annotated[int, Field(ge=-1000, le=1000)]


class TimesForm(Form):
    """Working days, but for the months after which what is kept is looked at again."""

    reply: Days
    soon: Days
    plan: Days
    confirm: Days
    feedback: Days
    apology: Days
    check_in: Days
    amber: Days
    red: Days
    review_months: Days


async def show(request: web.Request) -> web.Response:
    """Show the times as they are."""
    return await page(request, PAGE, **await _facts(request))


async def change(request: web.Request) -> web.Response:
    """Keep the times."""
    try:
        form = await read_form(request, TimesForm)
        await set_times(request[DB], request[ACTOR], form.model_dump(), now=request[NOW])
    except Invalid as problem:
        return await again(request, PAGE, problem, await typed(request), **await _facts(request))
    return see_other("/set-up/times", done="setting-kept")


async def _facts(request: web.Request) -> dict[str, Any]:
    stored = asdict(await times_here(request[DB], request[ACTOR]))
    return {"title": say("times.title"), "fields": _fields(stored)}


def _fields(stored: Mapping[str, int]) -> Sequence[Mapping[str, Any]]:
    """Give each field in the order of a request's life, with what it may be."""
    return [
        {
            "name": name,
            "label": say(f"times.{name}"),
            "hint": say("times.limits", {"least": least, "most": most}),
            "value": stored[name],
        }
        for name, (least, most) in LIMITS.items()
    ]
