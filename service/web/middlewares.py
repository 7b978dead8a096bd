"""Round every request: one log line and the headers, errors as pages, cross-site posts refused."""

import logging
import time
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.hdrs import CONTENT_TYPE, ORIGIN
from aiohttp.typedefs import Handler
from multidict import CIMultiDict, istr

from service.actions.needs import CannotOpen
from service.config import Settings
from service.errors import (
    Busy,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    ServiceError,
    TooManyAttempts,
)
from service.rooms.bodies import BadBody
from service.web.answers import page
from service.web.context import LEADS_TO, LISTENS, SETTINGS
from service.web.entry import SAFE_METHODS, NotSignedIn
from service.web.form_tokens import BadFormToken
from service.web.jitsi.asking import MACHINES, refusal
from service.web.lines import LINES, Line
from service.web.problems import Unreadable, problem_answer
from service.web.words import say

log = structlog.get_logger("web")

POLICY = "Content-Security-Policy"
HEADERS = {
    POLICY: (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
#: What is sent gzipped to whoever takes it. Another site cannot fish for secrets by their length
#: (BREACH): its requests come without our SameSite cookies, and so get nobody's page.
SQUEEZED = frozenset({"application/json", "text/css", "text/html", "text/javascript"})
PAGE = "text/html"
#: Looked for in every post: the header's name as aiohttp compares names, made once.
FETCH_SITE = istr("Sec-Fetch-Site")
API = "/api/"
#: What pages of other sites may ask: it takes no cookie, and changes nothing.
FOR_ALL_SITES = "/phone/"

STATUSES: Mapping[type[ServiceError], int] = {
    NotSignedIn: 401,
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    Refused: 409,
    Conflict: 409,
    TooManyAttempts: 429,
    CannotOpen: 409,
    Unreadable: 400,
    BadBody: 400,
    Busy: 503,
}


def status_of(error: ServiceError) -> int:
    """Give the status for an error; a kind of error without one is a programming error (500)."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def safety_headers(settings: Settings) -> CIMultiDict[str]:
    """Give the headers that every answer gets unless it has its own, made once for an application."""
    found = CIMultiDict(HEADERS)
    found["Cache-Control"] = "no-store"
    if settings.is_secure:
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


SAFETY = web.AppKey("safety", CIMultiDict[str])


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Set the safety headers and write one line: the route's name, never the path (it may hold a link)."""
    begun = time.perf_counter()
    response = await handler(request)
    app = request.app
    # Leaves what is there.
    response.headers.merge(app[SAFETY])
    kind = response.headers.get(CONTENT_TYPE, "").partition(";")[0]
    if kind == PAGE:
        _widen(request, response)
    if kind in SQUEEZED:
        _squeeze(request, response)
    took = round((time.perf_counter() - begun) * 1000, 1)
    name = request.match_info.route.name or "unknown"
    app[LINES].add(Line(request.method, name, response.status, took))
    return response


def _widen(request: web.Request, response: web.StreamResponse) -> None:
    """Let a page lead to a room, or listen to news of ours, if it is one that does."""
    if LEADS_TO in request:
        # Browsers hold a form's redirects to the policy too.
        response.headers[POLICY] = HEADERS[POLICY].replace(
            "form-action 'self'", f"form-action 'self' {request[LEADS_TO]}"
        )
    if LISTENS in request:
        response.headers[POLICY] += "; connect-src 'self'"


def _squeeze(request: web.Request, response: web.StreamResponse) -> None:
    """Gzip a page or a style: both shrink to a quarter, which counts on an old phone's data."""
    if "ETag" in response.headers:
        # A strong ETag names these very bytes (RFC 9110, 8.8.3).
        return
    response.headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        response.enable_compression(web.ContentCoding.gzip)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever went wrong into a page, a problem document for programs, or a line for Jitsi."""
    try:
        return await handler(request)
    except ServiceError as error:
        return await _answer(request, status_of(error), error.code, error)
    except web.HTTPException as error:
        if error.status < web.HTTPBadRequest.status_code:
            raise
        response = await _answer(request, error.status, f"http-{error.status}", None)
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except TimeoutError:
        return await _answer(request, 503, "busy", None)
    except Exception as error:  # noqa: BLE001 - the edge: logged by kind and place, shown as a page
        number = uuid.uuid4().hex[:8]
        log.log(
            logging.ERROR, "failed", number=number, kind=type(error).__name__, where=_where(error)
        )
        return await _answer(request, 500, "our-fault", None)


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse posts that another site made the browser send (browsers say so in two headers)."""
    if (
        request.method not in SAFE_METHODS
        and _is_foreign(request)
        and not request.path.startswith((API, FOR_ALL_SITES))
    ):
        raise BadFormToken
    return await handler(request)


def _is_foreign(request: web.Request) -> bool:
    site = request.headers.get(FETCH_SITE)
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get(ORIGIN)
    if origin is None:
        return False
    ours = {request.host, urlsplit(request.app[SETTINGS].public_url).netloc}
    try:
        return urlsplit(origin).netloc not in ours
    except ValueError:
        return True


async def _answer(
    request: web.Request, status: int, code: str, error: ServiceError | None
) -> web.Response:
    if request.path.startswith(API):
        response = problem_answer(status, code, error)
    elif request.path.startswith(MACHINES):
        response = refusal(status, _to_machines(code, error))
    else:
        response = await page(
            request, "error.html", status=status, nav=[], **_explained(code, error)
        )
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after)
    if code == "busy":
        response.headers["Retry-After"] = "5"
    return response


def _explained(code: str, error: ServiceError | None) -> dict[str, str]:
    if isinstance(error, Refused):
        return {"title": say("refused.title"), "words": say(error.reason, error.facts)}
    known = code if code in _TITLES else "our-fault"
    return {"title": say(f"{known}.title"), "words": say(known)}


_TITLES = frozenset(
    {
        "not-found", "not-allowed", "bad-form", "invalid", "conflict", "too-many-attempts", "busy",
        "our-fault", "not-signed-in", "cannot-open", "http-404", "http-405", "http-413", "http-415", "http-400",
    }
)  # fmt: skip

#: What machines are told in words of its own; the rest is between them and whoever set them up.
_TO_MACHINES = frozenset({"busy", "our-fault", "not-signed-in", "not-found"})


def _to_machines(code: str, error: ServiceError | None) -> str:
    if isinstance(error, BadBody):
        return str(error)
    return say(f"machine.{code}" if code in _TO_MACHINES else "machine")


def _where(error: Exception) -> str:
    """Name the innermost line of ours, without any value."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
