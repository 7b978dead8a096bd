"""What was changed and looked at here lately, by whom and when.

What it was about stays out: that may be private. Of a look stands here which fields were seen, not whose.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from service.actor import Door
from service.storage.audit import AuditLine, recent_lines
from service.storage.looks import ONE, SEVERAL
from service.storage.staff import staff_of
from service.web.answers import page
from service.web.context import ACTOR, DB
from service.web.pages.helping.looked import fields_in_words
from service.web.reading import EmptyIsNone, Form, read_query
from service.web.words import say

LINES = 50
CHANGES = "/set-up/changes"

MaybeId = Annotated[UUID | None, EmptyIsNone]


class Wanted(Form):
    """The last line seen, and whose lines are wanted: by whom, about whom."""

    before: MaybeId = None
    by: MaybeId = None
    about: MaybeId = None


async def changes(request: web.Request) -> web.Response:
    """List the newest changes and looks."""
    wanted = read_query(request, Wanted)
    found = await recent_lines(
        request[DB],
        request[ACTOR],
        before=wanted.before,
        by=wanted.by,
        about=wanted.about,
        limit=LINES + 1,
    )
    last = found[LINES - 1][0].id if len(found) > LINES else None
    return await page(
        request,
        "set_up/changes.html",
        title=say("changes.title"),
        rows=[_row(line, name) for line, name in found[:LINES]],
        more=_further(wanted, last) if last else "",
        wanted=wanted,
        staff=await _staff(request),
    )


def _further(wanted: Wanted, last: UUID) -> str:
    kept = {"by": wanted.by, "about": wanted.about, "before": last}
    return f"{CHANGES}?{urlencode({name: id_ for name, id_ in kept.items() if id_})}"


async def _staff(request: web.Request) -> Sequence[Mapping[str, str]]:
    """Give who can have done it, by name."""
    members = await staff_of(request[DB], request[ACTOR])
    names = sorted((each.person.chosen_name, str(each.person_id)) for each in members)
    everybody = {"value": "", "word": say("changes.everybody")}
    return [everybody, *({"value": id_, "word": name} for name, id_ in names)]


def _row(line: AuditLine, name: str | None) -> dict[str, Any]:
    return {
        "at": line.at,
        # Who came by their own link has a name that an admin need not know (disclosure: attendance).
        "who": name if name and line.door is not Door.GUEST else say(f"door.{line.door}"),
        "what": _what(line),
        "fields": fields_in_words(line) if line.what in (ONE, SEVERAL) else "",
    }


def _what(line: AuditLine) -> str:
    if line.what == ONE:
        return say("changes.looked-one")
    if line.what == SEVERAL:
        count = line.facts.get("count", "")
        return (
            say("changes.looked-people", {"count": count}) if count else say("changes.looked-many")
        )
    noun, _, verb = line.what.partition(".")
    words = f"{noun} {verb}".replace("-", " ").replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}".replace("Meeting", "Session")
