"""Cancelling many dates of a series at once: those that a new rule does not give, or after its end."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from scheduling.meeting import MeetingState
from scheduling.notices import Notice, NoticeKind
from service.actions.cancelling import overtake_pointless
from service.actions.offering import review_offers
from service.actions.requests import close_requests_of
from service.actions.series.consequences import invitations_in
from service.actions.telling import tell
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.versions import raise_versions


async def cancel_dates(
    db: Db, actor: Actor, dates: Sequence[Meeting], message: str, *, now: datetime
) -> None:
    """Cancel dates (loaded whole, their ways locked) and tell everybody who had heard of them.

    They lose their place in the rule, so that the same date can be made again if the rule comes back.
    """
    ids = [each.id for each in dates]
    if not ids:
        return
    for each in dates:
        each.state, each.cancelled_at, each.cancel_message = MeetingState.CANCELLED, now, message
        each.series_on, each.version = None, each.version + 1
        record(db, actor, "meeting.cancelled", each, now=now, series=each.series_id)
    await overtake_pointless(db, ids)
    await db.flush()
    near = [each for each in dates if not each.is_held]
    invitations = await invitations_in(db, [each.id for each in near])
    for each in near:
        await review_offers(db, actor, each, now=now)
        there = invitations[each.id]
        notices = [Notice(one.id, NoticeKind.CANCEL) for one in there]
        await tell(db, each, there, notices, now=now)
    await raise_versions(db, [each.id for each in dates if each.is_held], None, (), now=now)
    await _close_requests(db, actor, dates, now)


async def _close_requests(db: Db, actor: Actor, dates: Sequence[Meeting], now: datetime) -> None:
    by_id: dict[UUID, Meeting] = {each.id: each for each in dates}
    asked = select(AccessRequest.meeting_id).where(AccessRequest.meeting_id.in_(by_id)).distinct()
    for meeting_id in (await db.scalars(asked)).all():
        await close_requests_of(db, actor, by_id[meeting_id], now=now)
