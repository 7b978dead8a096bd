"""The cash list for one door: chosen names and sums, to be printed, and ticked as envelopes are handed out."""

from typing import Any

from aiohttp import web

from accessibility.claims import ClaimState
from accessibility.disclosure import Field
from accessibility.money import pounds
from service.actions.money.paying import CashList, cash_list, hand_out
from service.errors import Refused
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.meetings.words import day_of, time_of
from service.web.reading import read_id
from service.web.words import say

PAGE = "money/cash.html"


async def show(request: web.Request) -> web.Response:
    """Show the list."""
    listed = await cash_list(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    note_shown(request, Field.CASH_LIST, meeting_id=listed.meeting.id, count=len(listed.claims))
    return await page(request, PAGE, **_facts(listed))


async def given(request: web.Request) -> web.Response:
    """Tick one envelope as handed out."""
    db, actor, now, meeting_id = request[DB], request[ACTOR], request[NOW], read_id(request)
    try:
        await hand_out(db, actor, meeting_id, read_id(request, "claim"), now=now)
    except Refused as problem:
        facts = _facts(await cash_list(db, actor, meeting_id, now=now))
        return await again(request, PAGE, problem, {}, **facts)
    return see_other(f"/sessions/{meeting_id}/cash", done="cash-given")


def _facts(listed: CashList) -> dict[str, Any]:
    meeting = listed.meeting
    return {
        "title": say("cash.title"),
        "meeting_id": meeting.id,
        "name": meeting.neutral_title,
        "day": day_of(meeting),
        "time": time_of(meeting),
        "rows": [
            {
                "id": claim.id,
                "name": claim.person.chosen_name,
                "sum": pounds(claim.agreed_pence or 0),
                "is_given": claim.state is ClaimState.PAID,
            }
            for claim in listed.claims
        ],
        "total": pounds(listed.total_pence),
        "left": sum(claim.state is not ClaimState.PAID for claim in listed.claims),
    }
