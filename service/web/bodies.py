"""Bodies of requests: refused before anything of them is read, or read up to a limit, as they came."""

import asyncio
from typing import Final

from aiohttp import web
from aiohttp.hdrs import CONTENT_ENCODING, CONTENT_TYPE
from aiohttp.helpers import parse_mimetype

from service.web.reading import BODY_SECONDS

#: Kinds of body, written as nearly everybody writes them: nothing else is said that could be odd.
USUAL: Final = frozenset({"", "application/json", "application/x-www-form-urlencoded"})
_CHUNK: Final = 64 * 1024


def refuse_bodies(request: web.Request, *, takes_file: bool) -> None:
    """Refuse bodies that a route does not read, before anything of them is read.

    Those are too long ones, packed ones, and text that is not UTF-8. A file needs its length and a
    boundary beforehand: without a boundary aiohttp's own limit does not hold (reliability finding F4).
    """
    most, length = request.client_max_size, request.content_length
    if length is not None and length > most:
        raise web.HTTPRequestEntityTooLarge(most, length)
    if request.headers.get(CONTENT_TYPE, "") not in USUAL:
        _refuse_odd(request, takes_file=takes_file)
    if CONTENT_ENCODING in request.headers:
        raise web.HTTPUnsupportedMediaType


def _refuse_odd(request: web.Request, *, takes_file: bool) -> None:
    """Look closer at a kind of body that is not written as usual."""
    is_file = request.content_type == "multipart/form-data"
    if request.content_length is None and is_file and takes_file:
        raise web.HTTPRequestEntityTooLarge(request.client_max_size, 0)
    if not _is_utf8(request) or (is_file and not (takes_file and _has_boundary(request))):
        raise web.HTTPUnsupportedMediaType


async def read_limited(request: web.Request, most_bytes: int) -> bytes:
    """Read the body as it came; raises HTTPRequestEntityTooLarge before more than this is read."""
    refuse_bodies(request, takes_file=False)
    length = request.content_length or 0
    if length > most_bytes:
        raise web.HTTPRequestEntityTooLarge(most_bytes, length)
    if request.content.is_eof():  # it came together with the head, as small ones do
        body = request.content.read_nowait()
        if len(body) > most_bytes:
            raise web.HTTPRequestEntityTooLarge(most_bytes, len(body))
        return body
    return await _read_on(request, most_bytes)


async def _read_on(request: web.Request, most_bytes: int) -> bytes:
    """Read a body piece by piece, within a time of its own."""
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        while chunk := await request.content.read(_CHUNK):
            body += chunk
            if len(body) > most_bytes:
                raise web.HTTPRequestEntityTooLarge(most_bytes, len(body))
    return bytes(body)


def _is_utf8(request: web.Request) -> bool:
    """Tell whether the body's text is UTF-8, which it is if nothing is said of it."""
    return (request.charset or "utf-8").lower() == "utf-8"


def _has_boundary(request: web.Request) -> bool:
    """Tell whether a multipart body names what stands between its parts."""
    boundary = parse_mimetype(request.headers.get("Content-Type", "")).parameters.get("boundary")
    return bool(boundary)
