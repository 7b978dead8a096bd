"""The token in every form of ours: what is sent without it, or with somebody else's, is refused."""

import hmac

from aiohttp import web

from service.errors import NotAllowed
from service.web.context import FORM_TOKEN


class BadFormToken(NotAllowed):
    """The form was not one of ours, or was made for somebody else."""

    code = "bad-form"


async def check_form_token(request: web.Request) -> None:
    """Hold the token that was sent against this browser's; raises BadFormToken."""
    given = (await request.post()).get("csrf", "")
    if not isinstance(given, str) or not hmac.compare_digest(
        given.encode(), request[FORM_TOKEN].encode()
    ):
        raise BadFormToken
