"""Who came to a session, as its page counts them: by way, against those who said yes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from accessibility.disclosure import shown_count
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import EASE, REMOTE_WAYS, Way
from service.actions.attendance import NOTE_BEFORE
from service.actions.permissions import Permission, may
from service.actions.seeing import is_their_own, may_see_names
from service.storage.attendance import counts_of
from service.storage.meetings import SEES_ALL, Meeting
from service.storage.tallies import Tally
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.words import WAY_WORDS
from service.web.words import say


async def came_facts(request: web.Request, meeting: Meeting, tally: Tally) -> Mapping[str, Any]:
    """Give the counts, once it has begun, and where to see who is in and to note who came."""
    actor, now = request[ACTOR], request[NOW]
    is_on = meeting.state is MeetingState.PUBLISHED and meeting.starts_at and meeting.ends_at
    looks_after = may(actor, Permission.LOOK_AFTER_ROOM) and (
        actor.has(*SEES_ALL) or is_their_own(actor, meeting)
    )
    facts: dict[str, Any] = {"came": [], "room_href": "", "attendance_href": ""}
    if not is_on or meeting.starts_at is None or meeting.ends_at is None:
        return facts
    page = f"/sessions/{meeting.id}"
    sees_names = may_see_names(actor, meeting, now)
    is_remote = any(offer.way in REMOTE_WAYS for offer in meeting.offers)
    if looks_after and is_remote and now < meeting.ends_at:
        facts["room_href"] = f"{page}/room"
    if looks_after and sees_names and now >= meeting.starts_at - NOTE_BEFORE:
        facts["attendance_href"] = f"{page}/attendance"
    if now >= meeting.starts_at:
        counts = await counts_of(request[DB], meeting.id)
        facts["came"] = _lines(meeting, counts, tally, is_exact=sees_names)
    return facts


def _lines(
    meeting: Meeting, counts: Counter[Way], tally: Tally, *, is_exact: bool
) -> Sequence[Mapping[str, str]]:
    """Say for each way how many came and how many said yes; nothing while nobody is known to have come."""
    if not counts:
        return []
    offered = {offer.way for offer in meeting.offers}
    return [
        {
            "term": WAY_WORDS[way],
            "value": say(
                "came.line",
                {
                    "came": _count(counts[way], is_exact=is_exact),
                    "said": tally.answers[Answer.YES, way],
                },
            ),
        }
        for way in EASE
        if way in offered or counts[way]
    ]


def _count(count: int, *, is_exact: bool) -> str:
    """Give a count; a small one could point at a person, and is not told to who may not see names."""
    if is_exact or shown_count(count) is not None:
        return str(count)
    return say("came.few")
