"""Cancelling a published meeting: everybody is told, and what was open for it is closed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_

from scheduling.notices import Notice, between
from service.actions.foreseeing import Forecast, foresee
from service.actions.inviting import refuse_unless_coming
from service.actions.offering import review_offers
from service.actions.permissions import Permission, require
from service.actions.plans import guests_of, plan_of
from service.actions.requests import close_requests_of
from service.actions.telling import TELLING_TASKS, tell
from service.actor import Actor
from service.errors import Invalid
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation, invitations_of
from service.storage.meetings import Meeting, claim_version, lock_offers, meeting_by_id
from service.storage.messages import MessageKind
from service.storage.tasks import Task, TaskKind, overtake_tasks

MOST_LETTERS = 2000
#: Tasks that make no sense any more once nothing takes place.
POINTLESS = (
    TaskKind.KEEP_APART,
    TaskKind.PLACE_FREE,
    TaskKind.NO_WAY_LEFT,
    TaskKind.DECIDE,
    TaskKind.ROTA_GAP,
    TaskKind.ROOM_TROUBLE,
    TaskKind.HAND_OVER,
    TaskKind.LOOK_AT_DATE,
)


async def foresee_cancelling(
    db: Db, actor: Actor, meeting_id: UUID, *, now: datetime
) -> tuple[Meeting, Forecast]:
    """Say how many people would be told how, if this meeting were cancelled."""
    meeting, invitations, notices = await _work_out(db, actor, meeting_id, now)
    return meeting, await foresee(db, meeting, invitations, notices, now=now)


async def cancel_meeting(
    db: Db, actor: Actor, meeting_id: UUID, message: str, *, version: int, now: datetime
) -> Meeting:
    """Cancel with a message to everybody invited; raises Conflict if it changed since it was looked at."""
    require(actor, Permission.PLAN_MEETINGS)
    if len(message) > MOST_LETTERS:
        raise Invalid({"message": "too-long"})
    await lock_offers(db, actor, meeting_id)
    meeting, invitations, notices = await _work_out(db, actor, meeting_id, now)
    await claim_version(db, meeting, version)
    meeting.state = plan_of(meeting).cancelled().state
    meeting.cancel_message, meeting.cancelled_at = message, now
    await overtake_pointless(db, [meeting.id])
    await review_offers(db, actor, meeting, now=now)
    await tell(db, meeting, invitations, notices, now=now)
    await close_requests_of(db, actor, meeting, now=now)
    record(db, actor, "meeting.cancelled", meeting, now=now, people=len(invitations))
    return meeting


async def _work_out(
    db: Db, actor: Actor, meeting_id: UUID, now: datetime
) -> tuple[Meeting, list[Invitation], tuple[Notice, ...]]:
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await meeting_by_id(db, actor, meeting_id)
    refuse_unless_coming(meeting, now)
    invitations = list(await invitations_of(db, actor, meeting_id))
    guests, plan = guests_of(invitations), plan_of(meeting)
    return meeting, invitations, between(plan, plan.cancelled(), before=guests, after=guests)


async def overtake_pointless(db: Db, meeting_ids: Collection[UUID]) -> None:
    """Take what nobody needs to do or to hear off the lists; only that it is off is still told."""
    telling = and_(Task.kind.in_(TELLING_TASKS), Task.about != MessageKind.CANCEL.value)
    which = or_(Task.kind.in_(POINTLESS), telling)
    await overtake_tasks(db, Task.meeting_id.in_(meeting_ids), which)
