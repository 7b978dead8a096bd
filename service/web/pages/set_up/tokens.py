"""Tokens for programs: made here, shown once, revoked for good."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from service.actions import tokens
from service.actions.permissions import SCOPES
from service.actions.tokens import NewToken
from service.errors import Invalid
from service.storage.staff import tokens_of
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, KEYS, NOW
from service.web.reading import Form, Line, read_form, read_id, typed
from service.web.words import say


class TokenForm(Form):
    """What a new token is for."""

    name: Annotated[Line, Field(max_length=200)] = ""
    scopes: tuple[str, ...] = ()


async def all_tokens(request: web.Request) -> web.Response:
    """List the tokens, with a form for a new one."""
    return await page(request, "set_up/tokens.html", **await _facts(request))


async def make(request: web.Request) -> web.Response:
    """Make a token and show it, this once: so there is no page to come back to."""
    try:
        form = await read_form(request, TokenForm)
        wanted = NewToken(form.name, form.scopes)
        secret = await tokens.make_token(
            request[DB], request[ACTOR], request.app[KEYS], wanted, now=request[NOW]
        )
    except Invalid as problem:
        facts = await _facts(request)
        return await again(request, "set_up/tokens.html", problem, await typed(request), **facts)
    return await page(
        request, "set_up/new_token.html", title="Your new token", name=form.name, secret=secret
    )


async def revoke(request: web.Request) -> web.Response:
    """End a token."""
    await tokens.revoke_token(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/set-up/tokens", done="token-revoked")


async def _facts(request: web.Request) -> dict[str, Any]:
    found = await tokens_of(request[DB], request[ACTOR])
    return {
        "title": "Programs",
        "tokens": found,
        "scope_options": [
            {"value": scope, "word": say(f"scope.{scope}"), "hint": scope} for scope in SCOPES
        ],
    }
