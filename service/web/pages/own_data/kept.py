"""How long what we hold is kept, what goes tonight and soon, and what went on earlier nights."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from accessibility.retention import SCHEDULE, Held, Keeping
from service.actions.retaining import (
    Foreseen,
    earlier_nights,
    foresee_removals,
    shown,
    what_is_left,
)
from service.outbound.tray import PostTray
from service.storage.audit import AuditLine
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW, SETTINGS
from service.web.words import say

MONTHS: Final = 12
#: What is kept from the session on; all else from when something happened.
OF_SESSIONS: Final = frozenset({Held.REQUESTS, Held.ATTENDANCE, Held.FEEDBACK, Held.DIAL_PINS})
_FOR: Final = {True: "kept.for-after", False: "kept.for"}
#: From so many months on, years are easier to read.
YEARS_FROM: Final = 24


async def show(request: web.Request) -> web.Response:
    """Show the schedule in plain words, with numbers; small ones are hidden."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    tray = PostTray(request.app[SETTINGS].post_folder)
    foreseen = {each.held: each for each in await foresee_removals(db, actor, tray, now=now)}
    left = await what_is_left(db, actor)
    return await page(
        request,
        "own_data/kept.html",
        title=say("kept.title"),
        rows=[_row(held, keeping, foreseen.get(held)) for held, keeping in SCHEDULE.items()],
        nights=[_night(line) for line in await earlier_nights(db, actor)],
        left=[
            {
                "title": say(f"kept.left.{what}"),
                "rows": [
                    {"term": word.replace("_", " "), "value": _number(number)}
                    for word, number in words
                ],
            }
            for what, words in left.items()
            if words
        ],
    )


def _row(held: Held, keeping: Keeping, foreseen: Foreseen | None) -> Mapping[str, str]:
    return {
        "what": say(f"kept.what.{held}"),
        "for": say(_FOR[held in OF_SESSIONS], {"span": _span(keeping), "since": keeping.since}),
        "tonight": _number(foreseen.tonight) if foreseen else say("kept.all-day"),
        "soon": _number(foreseen.soon) if foreseen else say("kept.all-day"),
    }


def _span(keeping: Keeping) -> str:
    if keeping.months >= YEARS_FROM:
        return say("kept.years", {"number": keeping.months // MONTHS})
    if keeping.months:
        return say("kept.months", {"number": keeping.months})
    return say("kept.days" if keeping.days > 1 else "kept.day", {"number": keeping.days})


def _night(line: AuditLine) -> Mapping[str, Any]:
    rows: Sequence[Mapping[str, str]] = [
        {"term": say(f"kept.what.{held}"), "value": _number(shown(int(line.facts[held])))}
        for held in Held
        if held in line.facts
    ]
    return {"at": line.at, "rows": rows}


def _number(number: int | None) -> str:
    if number is None:
        return say("kept.few")
    return str(number) if number else say("kept.none")
