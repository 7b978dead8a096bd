"""Somebody was ill: see how many are told and how, press once."""

from typing import Any

from aiohttp import web

from service.actions.illness import IllNotice, foresee_ill_notice, tell_of_illness
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.words import day_of, people, time_of
from service.web.reading import read_id
from service.web.words import say


async def check(request: web.Request) -> web.Response:
    """Show how many would be told; nothing is asked of who was ill."""
    notice = await foresee_ill_notice(
        request[DB], request[ACTOR], read_id(request), now=request[NOW]
    )
    return await page(request, "meetings/illness.html", **_facts(notice))


async def tell(request: web.Request) -> web.Response:
    """Tell them."""
    told = await tell_of_illness(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    done = "ill-told" if told else "ill-nobody"
    return see_other(f"/sessions/{read_id(request)}", done=done)


def _facts(notice: IllNotice) -> dict[str, Any]:
    meeting, count = notice.meeting, len(notice.fresh)
    return {
        "title": say("ill.title"),
        "meeting_id": meeting.id,
        "name": meeting.real_title or meeting.neutral_title,
        "day": day_of(meeting),
        "time": time_of(meeting),
        "who": say("ill.who.after" if notice.is_over else "ill.who.before"),
        "count": count,
        "people": people(count),
        "already": people(notice.told) if notice.told else "",
    }
