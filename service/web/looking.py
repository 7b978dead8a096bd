"""Who looked at what: pages say what of people they show, and it is written down before they are shown.

A page that changes nothing leaves its lines by a writer of their own, as its transaction cannot write;
if that takes too long, the page is not shown. A page that changes something leaves them in its transaction.
"""

from uuid import UUID

from aiohttp import web

from accessibility.disclosure import Field
from service.actor import Door
from service.storage.audit import AuditLine
from service.storage.looks import Look
from service.web.context import ACTOR, AUDIT, BOUND_TO, DB, NOW

#: What the page shows, collected while it is made.
SHOWN = web.RequestKey("shown", list[Look])


def note_shown(
    request: web.Request,
    *fields: Field,
    person_id: UUID | None = None,
    meeting_id: UUID | None = None,
    count: int | None = None,
) -> None:
    """Say that the answer shows these fields of a person, or of so many people in a list.

    What somebody is shown of themselves, behind their own link, is no look.
    """
    if request[ACTOR].door is Door.GUEST or not fields or count == 0:
        return
    _, _, way_in = request[BOUND_TO].partition("|")
    look = Look(
        frozenset(fields), person_id=person_id, meeting_id=meeting_id, count=count, way_in=way_in
    )
    if SHOWN not in request:
        request[SHOWN] = []
    request[SHOWN].append(look)


async def keep_looks(request: web.Request) -> None:
    """Write down what was shown, outside any transaction; raises NotKept (503) if it does not get there."""
    lines = _lines(request)
    if lines:
        await request.app[AUDIT].keep(lines)


def record_looks(request: web.Request) -> None:
    """Write down what was shown, in the transaction of the request."""
    request[DB].add_all(_lines(request))


def _lines(request: web.Request) -> list[AuditLine]:
    shown = request.get(SHOWN, [])
    return [look.line(request[ACTOR], now=request[NOW]) for look in shown]
