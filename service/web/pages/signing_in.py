"""Signing in by a mailed link or code, and signing out. Looking at a link never uses it up."""

import re
from typing import Annotated

from aiohttp import web
from pydantic import Field

from service.actions import signing_in
from service.errors import Invalid, NotFound, Refused
from service.storage.staff import SignInRequest
from service.web.answers import NOT_USABLE, again, page, see_other
from service.web.context import ACTOR, DB, IS_DEMO, KEYS, LIMITS, NOW
from service.web.cookies import BROWSER, NEXT, SIGN_IN, cookie_of, give_cookie, take_cookie
from service.web.proxies import address_of, is_local
from service.web.reading import Form, Line, read_form, typed
from service.web.words import say

#: What was there and is there no more.
GONE = 410
#: Paths on this site: no second slash or backslash, which browsers take for another host.
OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,500}")


class Asking(Form):
    """Who wants to sign in, and what they were on the way to."""

    email: Annotated[Line, Field(min_length=1, max_length=254)]
    next: str = ""


class Code(Form):
    """The six digits from the mail."""

    code: Annotated[Line, Field(min_length=1, max_length=40)]


class Confirming(Form):
    """Whether a person on another browser said that it was they who asked."""

    confirm: str = ""


async def ask(request: web.Request) -> web.Response:
    """Ask for the mail address; who is signed in already goes on."""
    if ACTOR in request:
        return see_other(own_path(request.query.get("next", "")))
    return await _ask_page(request)


async def send_mail(request: web.Request) -> web.Response:
    """Send a mail if the address is known, and say the same either way."""
    try:
        form = await read_form(request, Asking)
        _count_ask(request, form.email)
        await signing_in.ask_to_sign_in(
            request[DB],
            request.app[KEYS],
            form.email,
            cookie_of(request, BROWSER),
            now=request[NOW],
        )
    except Invalid as problem:
        return await again(
            request, "signing_in/ask.html", problem, await typed(request), title="Sign in"
        )
    response = see_other("/sign-in/sent")
    give_cookie(request, response, NEXT, own_path(form.next), seconds=600)
    return response


async def sent(request: web.Request) -> web.Response:
    """Say what to do now, with a box for the code."""
    return await _sent_page(request)


async def take_code(request: web.Request) -> web.Response:
    """Sign in by the code. A wrong one is answered with 200, so that the try stays counted."""
    try:
        form = await read_form(request, Code)
    except Invalid:
        return await _sent_page(request, wrong="needed", status=NOT_USABLE)
    secret = await signing_in.sign_in_by_code(
        request[DB],
        request.app[KEYS],
        cookie_of(request, BROWSER),
        form.code,
        now=request[NOW],
        old_secret=cookie_of(request, SIGN_IN),
    )
    if secret is None:
        _count_failure(request)
        return await _sent_page(request, wrong="sign-in-code")
    return _welcome(request, secret)


async def look(request: web.Request) -> web.Response:
    """Show the button that signs in."""
    found = await _request_of(request)
    if not signing_in.is_usable(found, request[NOW]):
        return await _old_link(request)
    return await _button_page(request, found)


async def use(request: web.Request) -> web.Response:
    """Sign in, once; on another browser than the one that asked only if the person says so."""
    found = await _request_of(request)
    form = await read_form(request, Confirming)
    if not _is_from_here(request, found) and form.confirm != "yes":
        return await _button_page(request, found, status=NOT_USABLE)
    try:
        secret = await signing_in.sign_in_by_link(
            request[DB],
            request.app[KEYS],
            found,
            now=request[NOW],
            old_secret=cookie_of(request, SIGN_IN),
        )
    except Refused:
        return await _old_link(request)
    return _welcome(request, secret)


async def sign_out(request: web.Request) -> web.Response:
    """Sign this browser out."""
    secret = cookie_of(request, SIGN_IN)
    await signing_in.sign_out(
        request[DB], request.app[KEYS], request[ACTOR], secret, now=request[NOW]
    )
    return _goodbye(request, "signed-out")


async def sign_out_everywhere(request: web.Request) -> web.Response:
    """Sign the person out on every browser."""
    await signing_in.sign_out_everywhere(request[DB], request[ACTOR], now=request[NOW])
    return _goodbye(request, "signed-out-everywhere")


def own_path(text: str) -> str:
    """Give the path if it is one of ours, else the front door."""
    return text if OWN_PATH.fullmatch(text) else "/"


async def _ask_page(request: web.Request) -> web.Response:
    values = {"next": request.query.get("next", "")}
    return await page(request, "signing_in/ask.html", title="Sign in", values=values)


async def _sent_page(request: web.Request, *, wrong: str = "", status: int = 200) -> web.Response:
    return await page(
        request,
        "signing_in/sent.html",
        status=status,
        title="Look in your mail",
        has_tray=request.app[IS_DEMO],
        errors={"code": say(wrong)} if wrong else {},
    )


async def _button_page(
    request: web.Request, found: SignInRequest, *, status: int = 200
) -> web.Response:
    return await page(
        request,
        "signing_in/button.html",
        status=status,
        title="Sign in",
        is_from_here=_is_from_here(request, found),
    )


async def _old_link(request: web.Request) -> web.Response:
    return await page(
        request, "signing_in/old_link.html", status=GONE, title="This link is used or too old"
    )


async def _request_of(request: web.Request) -> SignInRequest:
    """Find what the link is for; unknown links are counted. Standing links open on this machine only."""
    found = await signing_in.request_by_link(
        request[DB], request.app[KEYS], request.match_info["request_link"]
    )
    if found is None:
        _count_failure(request)
        raise NotFound
    if found.is_standing and not (request.app[IS_DEMO] and is_local(request)):
        raise NotFound
    return found


def _is_from_here(request: web.Request, found: SignInRequest) -> bool:
    return signing_in.is_from_here(request.app[KEYS], found, cookie_of(request, BROWSER))


def _count_failure(request: web.Request) -> None:
    """Count a link or code that is none of ours against its caller, and stop who guesses on."""
    limits, address = request.app[LIMITS].by_address, address_of(request)
    limits.check(address, request[NOW])
    limits.failed(address, request[NOW])


def _count_ask(request: web.Request, email: str) -> None:
    """Limit how often one mail address, or one caller, may ask."""
    limits, now = request.app[LIMITS], request[NOW]
    for attempts, key in (
        (limits.by_address, address_of(request)),
        (limits.by_target, f"sign-in|{email.casefold()}"),
    ):
        attempts.check(key, now)
        attempts.failed(key, now)


def _welcome(request: web.Request, secret: str) -> web.Response:
    response = see_other(own_path(cookie_of(request, NEXT)))
    give_cookie(
        request, response, SIGN_IN, secret, seconds=int(signing_in.STAYS_FOR.total_seconds())
    )
    take_cookie(request, response, NEXT)
    return response


def _goodbye(request: web.Request, done: str) -> web.Response:
    response = see_other("/sign-in", done=done)
    take_cookie(request, response, SIGN_IN)
    return response
