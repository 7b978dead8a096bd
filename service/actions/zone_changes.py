"""Keeping wall clocks when governments change their zones: the session stays at 1pm, the instant moves.

A digest of the data behind the zones in use says whether anything can have changed; only then are all
meetings looked at. Every digest is looked at once, so that two processes with different data do not move
meetings to and fro (reliability E31).
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.notices import Change, Notice, NoticeKind
from scheduling.recurrence import instant_of, settled, slot_of
from scheduling.time import WallTime
from service.actions.dating import date_requests_of
from service.actions.permissions import Permission, require
from service.actions.telling import tell
from service.actor import Actor
from service.outbound.zone_rules import zone_digest
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitations_of
from service.storage.meetings import Meeting, lock_offers, meeting_by_id, read_again
from service.storage.organisations import claim_fact

CHANGED = frozenset({Change.TIME})


async def keep_wall_clocks(db: Db, actor: Actor, *, now: datetime) -> int:
    """Move the instants of meetings whose zone has other rules than when they were planned; counts them.

    Their guests are told once. Two processes may do so at once: one of them does.
    """
    require(actor, Permission.PLAN_MEETINGS)
    zones = (await db.scalars(select(Meeting.zone).where(*_may_move(actor, now)).distinct())).all()
    name = f"zones|{actor.organisation_id}|{_mark(zones)}"
    if not zones or not await claim_fact(db, name, now.isoformat()):
        return 0
    moved = await _moved(db, actor, now)
    for meeting_id in moved:
        await _move(db, actor, meeting_id, now)
    return len(moved)


def _may_move(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Meeting.organisation_id == actor.organisation_id,
        Meeting.starts_at > now,
        Meeting.state != MeetingState.CANCELLED,
    )


def _mark(zones: Iterable[str]) -> str:
    data = " ".join(f"{zone}={zone_digest(zone)}" for zone in sorted(zones))
    return hashlib.sha256(data.encode()).hexdigest()[:16]


async def _moved(db: Db, actor: Actor, now: datetime) -> Sequence[UUID]:
    query = select(Meeting.id, Meeting.starts_local, Meeting.zone, Meeting.starts_at)
    rows = await db.execute(query.where(*_may_move(actor, now)).order_by(Meeting.id))
    return [
        id_
        for id_, local, zone, starts_at in rows
        if local is not None and instant_of(WallTime(local, zone)) != starts_at
    ]


async def _move(db: Db, actor: Actor, meeting_id: UUID, now: datetime) -> None:
    await lock_offers(db, actor, meeting_id)
    meeting = await meeting_by_id(db, actor, meeting_id)
    await read_again(db, meeting)
    if meeting.starts_local is None:
        return
    wall = settled(WallTime(meeting.starts_local, meeting.zone))
    slot = slot_of(wall, meeting.minutes)
    meeting.starts_local, meeting.version = wall.local, meeting.version + 1
    meeting.starts_at, meeting.ends_at = slot.starts_at, slot.ends_at
    await db.flush()
    await date_requests_of(db, actor, [meeting], now=now)
    if meeting.state is MeetingState.PUBLISHED:
        guests = [
            each
            for each in await invitations_of(db, actor, meeting.id)
            if each.answer is not Answer.NO and each.person.left_at is None
        ]
        notices = [Notice(each.id, NoticeKind.UPDATE, CHANGED) for each in guests]
        await tell(db, meeting, guests, notices, now=now)
    record(db, actor, "meeting.zone-changed", meeting, now=now, zone=meeting.zone)
