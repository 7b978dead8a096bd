"""What was changed here lately, by whom and when. What it was about stays out: that may be private."""

from typing import Annotated, Any
from uuid import UUID

from aiohttp import web

from service.actor import Door
from service.storage.audit import AuditLine, recent_lines
from service.web.answers import page
from service.web.context import ACTOR, DB
from service.web.reading import EmptyIsNone, Form, read_query
from service.web.words import say

LINES = 50


class Before(Form):
    """The last line seen."""

    before: Annotated[UUID | None, EmptyIsNone] = None


async def changes(request: web.Request) -> web.Response:
    """List the newest changes."""
    before = read_query(request, Before).before
    found = await recent_lines(request[DB], request[ACTOR], before=before, limit=LINES + 1)
    more = f"/set-up/changes?before={found[LINES - 1][0].id}" if len(found) > LINES else ""
    rows = [_row(line, name) for line, name in found[:LINES]]
    return await page(request, "set_up/changes.html", title="Changes", rows=rows, more=more)


def _row(line: AuditLine, name: str | None) -> dict[str, Any]:
    noun, _, verb = line.what.partition(".")
    words = f"{noun} {verb}".replace("-", " ").replace("_", " ")
    return {
        "at": line.at,
        "who": name or say(f"door.{line.door}"),
        "what": f"{words[:1].upper()}{words[1:]}".replace("Meeting", "Session"),
        "is_guest": line.door is Door.GUEST,
    }
