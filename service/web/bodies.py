"""Bodies of requests that are refused before anything of them is read."""

from aiohttp import web
from aiohttp.helpers import parse_mimetype


def refuse_bodies(request: web.Request, *, takes_file: bool) -> None:
    """Refuse bodies that a route does not read, before anything of them is read.

    Those are too long ones, packed ones, and text that is not UTF-8. A file needs its length and a
    boundary beforehand: without a boundary aiohttp's own limit does not hold (reliability finding F4).
    """
    most, length = request.client_max_size, request.content_length
    is_file = request.content_type == "multipart/form-data"
    if (length is None and is_file and takes_file) or (length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(most, length or 0)
    is_odd = "Content-Encoding" in request.headers or not _is_utf8(request)
    if is_odd or (is_file and not (takes_file and _has_boundary(request))):
        raise web.HTTPUnsupportedMediaType


def _is_utf8(request: web.Request) -> bool:
    """Tell whether the body's text is UTF-8, which it is if nothing is said of it."""
    return (request.charset or "utf-8").lower() == "utf-8"


def _has_boundary(request: web.Request) -> bool:
    """Tell whether a multipart body names what stands between its parts."""
    boundary = parse_mimetype(request.headers.get("Content-Type", "")).parameters.get("boundary")
    return bool(boundary)
