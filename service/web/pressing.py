"""Small forms of presses that many make at the same moment: read without a transaction, and fast.

A press that changes nothing needs no token of ours: whoever has the address could open its page too, and
posts that other sites make a browser send are refused before (`middlewares.same_site`).
"""

import hmac
from collections.abc import Mapping

from aiohttp import web
from aiohttp.hdrs import CONTENT_TYPE

from service.web.bodies import read_limited
from service.web.context import KEYS
from service.web.form_tokens import BadFormToken

#: A press is a token and a choice or two.
MOST_BYTES = 2048
FORM = "application/x-www-form-urlencoded"


async def read_press(request: web.Request) -> Mapping[str, str]:
    """Read the fields of a small form: the last of each name, and only what needs no escaping.

    Raises HTTPRequestEntityTooLarge or HTTPUnsupportedMediaType before anything of the body is read,
    HTTPBadRequest for a body that is no text.
    """
    body = await read_limited(request, MOST_BYTES)
    if request.headers.get(CONTENT_TYPE) != FORM and request.content_type != FORM:
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
