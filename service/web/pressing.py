"""Small forms of presses that many make at the same moment: read without a transaction, and fast.

A press that changes nothing needs no token of ours: whoever has the address could open its page too, and
posts that other sites make a browser send are refused before (`middlewares.same_site`).
"""

import asyncio
import hmac
from collections.abc import Mapping

from aiohttp import web

from service.web.bodies import refuse_bodies
from service.web.context import KEYS
from service.web.form_tokens import BadFormToken
from service.web.reading import BODY_SECONDS

#: A press is a token and a choice or two.
MOST_BYTES = 2048
FORM = "application/x-www-form-urlencoded"


async def read_press(request: web.Request) -> Mapping[str, str]:
    """Read the fields of a small form: the last of each name, and only what needs no escaping.

    Raises HTTPRequestEntityTooLarge or HTTPUnsupportedMediaType before anything of the body is read,
    HTTPBadRequest for a body that is no text.
    """
    refuse_bodies(request, takes_file=False)
    length = request.content_length or 0
    if length > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, length)
    body = await _body(request)
    if request.content_type != FORM:
        return {}
    try:
        pairs = [each.partition("=") for each in body.decode("ascii").split("&")]
    except UnicodeDecodeError as error:
        raise web.HTTPBadRequest from error
    return {name: value for name, _, value in pairs}


def check_press(request: web.Request, press: Mapping[str, str], *, bound_to: str) -> None:
    """Hold a press that changes something to our form; raises BadFormToken for any other."""
    ours = request.app[KEYS].form_token(bound_to)
    if not hmac.compare_digest(press.get("csrf", ""), ours):
        raise BadFormToken


async def _body(request: web.Request) -> bytes:
    if request.content.is_eof():  # it came together with the head, as a small form does
        return request.content.read_nowait()
    async with asyncio.timeout(BODY_SECONDS):
        return await request.read()
