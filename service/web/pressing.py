"""Small forms of presses that many make at the same moment: read and checked without a transaction."""

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from aiohttp import web

from service.web.bodies import refuse_bodies
from service.web.context import KEYS
from service.web.form_tokens import BadFormToken
from service.web.reading import BODY_SECONDS

#: A press is a token and a choice or two.
MOST_BYTES = 4096
MOST_FIELDS = 20
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed: a form's fields by name."""

    fields: dict[str, list[str]]

    def has(self, name: str) -> bool:
        """Tell whether the form had such a field."""
        return name in self.fields

    def values(self, name: str) -> Sequence[str]:
        """Give every value of a field."""
        return self.fields.get(name, ())


async def read_press(request: web.Request, *, bound_to: str) -> Press:
    """Read a form of ours; raises BadFormToken for one that was not made for this page.

    Raises HTTPRequestEntityTooLarge or HTTPUnsupportedMediaType before anything of the body is read.
    """
    refuse_bodies(request, takes_file=False)
    length = request.content_length or 0
    if length > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, length)
    fields = _fields(await _body(request)) if request.content_type == FORM else {}
    given = fields.get("csrf", [""])[0]
    ours = request.app[KEYS].form_token(bound_to)
    if not hmac.compare_digest(given.encode(errors="surrogatepass"), ours.encode()):
        raise BadFormToken
    return Press(fields)


async def _body(request: web.Request) -> bytes:
    if request.content.is_eof():  # it came together with the head, as a small form does
        return await request.read()
    async with asyncio.timeout(BODY_SECONDS):
        return await request.read()


def _fields(body: bytes) -> dict[str, list[str]]:
    """Read fields, empty ones too; raises HTTPBadRequest for what is none of our forms."""
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise web.HTTPBadRequest from error
