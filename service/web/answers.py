"""Answering: a page from a template, the same page again with what is wrong, or on to another page."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from service.actor import Actor, Door
from service.errors import Invalid, Refused
from service.web.context import ACTOR, DB, FORM_TOKEN, HOUSE, TEMPLATES
from service.web.navigation import Link, staff_links
from service.web.words import all_words, say

#: What was typed cannot be used: nothing was changed, and the transaction is undone.
NOT_USABLE = 422


async def page(
    request: web.Request, template: str, *, status: int = 200, **facts: Any
) -> web.Response:
    """Give a page. Staff pages get their navigation; `notice` comes from `?done=code` of a redirect."""
    actor, house = request.get(ACTOR), request.get(HOUSE)
    context: dict[str, Any] = {
        "organisation": house,
        "actor": actor,
        "csrf": request.get(FORM_TOKEN, ""),
        "errors": {},
        "values": {},
        "here": request.path,
        "notice": _notice(request),
        "print_size": None,
        "footer_links": footer_links(house.slug if house else None),
        **facts,
    }
    if "nav" not in facts:
        context["nav"] = await _links(request, actor)
    text = request.app[TEMPLATES].get_template(template).render(context)
    return web.Response(text=text, content_type="text/html", status=status)


async def again(
    request: web.Request,
    template: str,
    problem: Invalid | Refused,
    typed: Mapping[str, Any],
    **facts: Any,
) -> web.Response:
    """Give the same page again with what is wrong and everything that was typed; nothing is changed."""
    return await page(
        request, template, status=NOT_USABLE, errors=sentences(problem), values=typed, **facts
    )


def sentences(problem: Invalid | Refused) -> dict[str, str]:
    """Put a problem in words by field; a refusal stands under the field its facts name, or "form"."""
    if isinstance(problem, Refused):
        field = str(problem.facts.get("field", "form"))
        return {field: say(problem.reason, problem.facts)}
    words = all_words()
    return {
        field: words.get(f"{field}.{code}") or say(code) for field, code in problem.fields.items()
    }


def see_other(path: str, *, done: str = "") -> web.Response:
    """Send the browser on after a change; `done` is the code of what to say there.

    Returned, never raised: raising would undo the transaction.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("redirects stay on this site")
    location = f"{path}{'&' if '?' in path else '?'}done={done}" if done else path
    return web.Response(status=303, headers={"Location": location})


def footer_links(slug: str | None) -> list[dict[str, str]]:
    """Give the links at the foot of every page, for one organisation or the installation."""
    base = f"/about/{slug}" if slug else "/about"
    return [
        {"href": f"{base}/privacy", "word": "Privacy notice"},
        {"href": f"{base}/accessibility", "word": "Accessibility"},
        {"href": f"{base}/complaints", "word": "How to complain"},
    ]


async def _links(request: web.Request, actor: Actor | None) -> Sequence[Link]:
    """Give staff their navigation. Not asked for on error pages, where the transaction is over."""
    if actor is None or actor.door is not Door.STAFF:
        return ()
    return await staff_links(request[DB], actor, request.path)


def _notice(request: web.Request) -> str | None:
    code = request.query.get("done", "")
    return all_words().get(f"done.{code}") if code else None
