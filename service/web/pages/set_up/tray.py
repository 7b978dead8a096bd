"""The post tray of a demonstration: every letter that would have been mailed, to be looked at."""

from aiohttp import web

from service.errors import NotFound
from service.outbound.tray import NoSuchLetter, PostTray, TrayLetter
from service.web.answers import page
from service.web.context import SETTINGS

#: A letter's own page may carry its own style and nothing else; no script, form or picture.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox "
    "allow-top-navigation-by-user-activation"
)


async def tray(request: web.Request) -> web.Response:
    """List the newest letters."""
    letters = await _tray(request).newest(100)
    return await page(request, "set_up/tray.html", title="Post tray", letters=letters)


async def letter(request: web.Request) -> web.Response:
    """Show one letter as plain text, with its calendar file."""
    found = await _letter(request)
    return await page(
        request, "set_up/letter.html", title=found.subject or "A letter", letter=found
    )


async def looks(request: web.Request) -> web.Response:
    """Show one letter as a mail program would."""
    found = await _letter(request)
    return web.Response(
        text=found.html,
        content_type="text/html",
        headers={"Content-Security-Policy": LETTER_POLICY},
    )


async def _letter(request: web.Request) -> TrayLetter:
    try:
        return await _tray(request).letter(request.match_info["name"])
    except NoSuchLetter as error:
        raise NotFound from error


def _tray(request: web.Request) -> PostTray:
    return PostTray(request.app[SETTINGS].post_folder)
