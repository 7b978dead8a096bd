"""Cancelling a session, throwing a draft away, and copying a session to another day."""

from typing import Any

from aiohttp import web

from service.actions.cancelling import cancel_meeting, foresee_cancelling
from service.actions.drafting import copy_meeting, throw_away
from service.errors import Invalid
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.issuing import issuer_of
from service.web.pages.meetings.forms import CancelForm
from service.web.pages.meetings.planning import draft_of
from service.web.pages.meetings.words import name_of, people, told_lines, when_of
from service.web.reading import read_form, read_id, typed

CANCEL_PAGE = "meetings/cancel.html"


async def ask_to_cancel(request: web.Request) -> web.Response:
    """Say who would be told, and ask for a message."""
    return await page(request, CANCEL_PAGE, **await _cancel_facts(request))


async def cancel(request: web.Request) -> web.Response:
    """Cancel and tell everybody invited."""
    id_ = read_id(request)
    try:
        form = await read_form(request, CancelForm)
        await cancel_meeting(
            request[DB],
            request[ACTOR],
            id_,
            form.message,
            version=form.version,
            now=request[NOW],
        )
    except Invalid as problem:
        facts = await _cancel_facts(request)
        return await again(request, CANCEL_PAGE, problem, await typed(request), **facts)
    return see_other(f"/sessions/{id_}", done="session-cancelled")


async def _cancel_facts(request: web.Request) -> dict[str, Any]:
    meeting, forecast = await foresee_cancelling(
        request[DB], request[ACTOR], read_id(request), now=request[NOW]
    )
    return {
        "title": "Cancel this session?",
        "meeting": meeting,
        "name": name_of(meeting),
        "when": when_of(meeting),
        "total": people(forecast.total),
        "told": told_lines(forecast),
    }


async def ask_to_throw_away(request: web.Request) -> web.Response:
    """Ask whether a draft is to go."""
    meeting = await draft_of(request)
    return await page(
        request,
        "meetings/throw_away.html",
        title="Throw this draft away?",
        meeting=meeting,
        name=name_of(meeting),
        when=when_of(meeting),
    )


async def throw(request: web.Request) -> web.Response:
    """Throw a draft away."""
    await throw_away(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/sessions", done="draft-thrown-away")


async def copy(request: web.Request) -> web.Response:
    """Begin a draft like this session and ask for its day."""
    meeting = await copy_meeting(
        request[DB], request[ACTOR], issuer_of(request), read_id(request), now=request[NOW]
    )
    return see_other(f"/sessions/{meeting.id}/plan/time?then=check", done="session-copied")
