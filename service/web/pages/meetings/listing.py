"""Sessions: those that come, drafts, and those that were."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from scheduling.meeting import MeetingState
from service.actions.permissions import Permission, may
from service.storage.invitations import counts_of_meetings
from service.storage.meetings import Meeting, coming_and_drafts, earlier_meetings
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.paging import Paging
from service.web.pages.meetings.words import (
    STATE_FLAGS,
    counts_in_words,
    day_of,
    hosts_of,
    name_of,
    time_of,
)

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One session in a list."""

    href: str
    name: str
    day: str
    time: str
    counts: list[str]
    hosts: list[str]
    flag: tuple[str, str] | None


async def coming(request: web.Request) -> web.Response:
    """Show the sessions that come, and drafts."""
    db, actor = request[DB], request[ACTOR]
    meetings = await coming_and_drafts(db, actor, request[NOW])
    drafts = [each for each in meetings if each.state is MeetingState.DRAFT]
    return await page(
        request,
        "meetings/list.html",
        title="Sessions",
        coming=await _lines(request, [each for each in meetings if each not in drafts]),
        drafts=[_line(each, []) for each in sorted(drafts, key=lambda m: m.created_at)],
        may_plan=may(actor, Permission.PLAN_MEETINGS),
    )


async def earlier(request: web.Request) -> web.Response:
    """Show the sessions that were, latest first."""
    paging = Paging.of(request, SHOWN)
    meetings = await earlier_meetings(
        request[DB], request[ACTOR], request[NOW], skip=paging.skip, limit=SHOWN + 1
    )
    return await page(
        request,
        "meetings/earlier.html",
        title="Earlier sessions",
        lines=await _lines(request, meetings[:SHOWN]),
        paging=paging.links(has_more=len(meetings) > SHOWN),
    )


async def _lines(request: web.Request, meetings: Sequence[Meeting]) -> list[Line]:
    counts = await counts_of_meetings(request[DB], [each.id for each in meetings])
    return [
        _line(each, _coming(each, counts_in_words(each.offers, counts[each.id])))
        for each in meetings
    ]


def _coming(meeting: Meeting, counts: list[str]) -> list[str]:
    return ["Nobody, as it is cancelled"] if meeting.state is MeetingState.CANCELLED else counts


def _line(meeting: Meeting, counts: list[str]) -> Line:
    is_draft = meeting.state is MeetingState.DRAFT
    return Line(
        href=f"/sessions/{meeting.id}/plan/check" if is_draft else f"/sessions/{meeting.id}",
        name=name_of(meeting),
        day=day_of(meeting),
        time=time_of(meeting),
        counts=counts,
        hosts=hosts_of(meeting),
        flag=STATE_FLAGS.get(meeting.state),
    )
