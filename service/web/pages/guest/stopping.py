"""Stopping reminders by the link at the foot of each: a page with a button, and the press itself.

Mail services press it for people, without cookies and without following redirects (RFC 8058, 3.2). So
the press is answered with a page, and takes one body and no other.
"""

from aiohttp import web

from service.actions.stopping import stop_reminders
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW

FIELD, PRESSED = "List-Unsubscribe", "One-Click"


async def show(request: web.Request) -> web.Response:
    """Ask whether to stop reminders; looking changes nothing, for scanners look at every link."""
    return await _page(request, is_stopped=False)


async def press(request: web.Request) -> web.Response:
    """Stop the person's reminders; they stay on the list of every session."""
    form = await request.post()
    if form.getall(FIELD, []) != [PRESSED]:
        raise web.HTTPBadRequest
    await stop_reminders(request[DB], request[ACTOR], now=request[NOW])
    return await _page(request, is_stopped=True)


async def _page(request: web.Request, *, is_stopped: bool) -> web.Response:
    return await page(
        request,
        "guest/stop.html",
        title="Your reminders are stopped" if is_stopped else "Stop your reminders?",
        is_stopped=is_stopped,
        field=FIELD,
        pressed=PRESSED,
    )
