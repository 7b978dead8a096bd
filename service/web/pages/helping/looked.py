"""Who looked at what we know of somebody: for the person behind their link, and to be read out at the desk."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web

from accessibility.disclosure import Field
from service.actions.permissions import Permission, may
from service.actor import Door
from service.storage.audit import AuditLine
from service.storage.looks import OPENED, RECEIPT_OPENED, looks_at
from service.web.answers import page
from service.web.context import ACTOR, DB
from service.web.pages.helping.whose import Whose, desk_whose, guest_whose
from service.web.reading import EmptyIsNone, Form, read_query
from service.web.words import say

LINES = 40
TEMPLATE = "helping/looked.html"
#: What a line shows that does not say it.
USUAL = {OPENED: Field.OWN_WORDS.value, RECEIPT_OPENED: Field.COST.value}
#: Not shown: that there is a note may be known to the safeguarding lead alone.
KEPT_BACK = frozenset({Field.SAFEGUARDING_NOTE.value})


class Before(Form):
    """The last line seen."""

    before: Annotated[UUID | None, EmptyIsNone] = None


async def own(request: web.Request) -> web.Response:
    """Show somebody who looked at what we know of them."""
    whose = await guest_whose(request)
    base = f"{whose.base}/looked"
    return await page(
        request,
        TEMPLATE,
        title=say("looked.title.own"),
        back=whose.base,
        **await _facts(request, whose, base),
    )


async def desk(request: web.Request) -> web.Response:
    """Show who looked at what we know of somebody, to be read out to them."""
    whose = await desk_whose(request)
    base = f"/people/{whose.person.id}/looked"
    title = say("looked.title.desk", {"name": whose.person.chosen_name})
    facts = await _facts(request, whose, base)
    if may(request[ACTOR], Permission.SET_UP):
        facts["all_href"] = f"/set-up/changes?about={whose.person.id}"
    return await page(request, TEMPLATE, title=title, back=whose.base, **facts)


async def _facts(request: web.Request, whose: Whose, base: str) -> dict[str, Any]:
    before = read_query(request, Before).before
    found = await looks_at(
        request[DB], request[ACTOR], whose.person.id, before=before, limit=LINES + 1
    )
    shown = found[:LINES]
    return {
        "rows": [_row(line, name) for line, name in shown if _fields(line)],
        "more": f"{base}?before={shown[-1][0].id}" if len(found) > LINES else "",
        "all_href": "",
        **whose.facts,
    }


def _row(line: AuditLine, name: str | None) -> Mapping[str, Any]:
    return {
        "at": line.at,
        "who": _who(line, name),
        "fields": fields_in_words(line),
        "reason": line.facts.get("reason", ""),
    }


def fields_in_words(line: AuditLine) -> str:
    """Name the fields that a line says were seen."""
    return _in_a_row(say(f"looked.field.{field}") for field in _fields(line))


def _fields(line: AuditLine) -> list[str]:
    fields = line.facts.get("fields", USUAL.get(line.what, "")).split()
    return [field for field in fields if field not in KEPT_BACK]


def _who(line: AuditLine, name: str | None) -> str:
    """Name the staff by first name and role; of the rest, only what they are."""
    if line.door is Door.PROGRAM:
        return say("looked.program")
    if name is None:
        return say("looked.somebody")
    roles = _in_a_row(say(f"looked.role.{role}") for role in line.facts.get("roles", "").split())
    first = name.split()[0]
    return f"{first} ({roles})" if roles else first


def _in_a_row(words: Iterable[str]) -> str:
    *most, last = list(words) or [""]
    return f"{', '.join(most)} {say('looked.and')} {last}" if most else last
