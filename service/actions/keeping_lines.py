"""Keeping what people were told of dialling in true: when a server changes, and where a PIN is missing.

What a meeting offers is settled when it is published or changed (`pins`). A server may be given numbers,
lose them, or be another one later; then somebody must hear of it, and nobody may be left without a way.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select

from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins, phone_notices, take_pins
from service.actions.raising import about_meeting
from service.actions.telling import tell
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation, invitations_of
from service.storage.meetings import (
    Meeting,
    Offer,
    claim_version,
    lock_offers,
    meeting_by_id,
    read_again,
)
from service.storage.phone_lines import PhoneLine, line_of
from service.storage.planned import PhoneJoining
from service.storage.tasks import Task, TaskKind

#: So many meetings are looked after in one round of the timers; the others come a minute later.
MOST_AT_ONCE: Final = 50
#: What a task about the phone line says it is about.
NO_LINE: Final = "no-line"


async def keep_lines(db: Db, actor: Actor, *, now: datetime) -> int:
    """Give missing numbers and PINs, or have people rung where nobody can dial in any more; counts meetings.

    Two processes may do so at once: the second finds nothing left to do.
    """
    require(actor, Permission.PLAN_MEETINGS)
    line = await line_of(db, actor.organisation_id)
    kept = 0
    for meeting_id in await _to_look_after(db, actor, line, now):
        await lock_offers(db, actor, meeting_id)
        meeting = await meeting_by_id(db, actor, meeting_id)
        await read_again(db, meeting)
        kept += await _look_after(db, actor, meeting, line, now=now)
    return kept


async def ring_instead(
    db: Db, actor: Actor, meeting: Meeting, *, about: str = NO_LINE, now: datetime
) -> None:
    """Have people rung, as nobody can dial in; tell them, and raise one task for a coordinator.

    `meeting` is loaded whole; `about` says why in the task.
    """
    require(actor, Permission.PLAN_MEETINGS)
    await take_pins(db, [meeting])
    meeting.phone_joining = PhoneJoining.RING
    await _tell(db, actor, meeting, None, now=now)
    once = f"{TaskKind.ROOM_TROUBLE}|{about}|{meeting.id}"
    if await db.scalar(select(Task.id).where(Task.once == once)) is None:
        task = Task(kind=TaskKind.ROOM_TROUBLE, about=about, once=once, subject_id=meeting.id)
        db.add(about_meeting(task, meeting, now=now))
    record(db, actor, "meeting.line-lost", meeting, now=now)
    await db.flush()


async def _to_look_after(
    db: Db, actor: Actor, line: PhoneLine | None, now: datetime
) -> Sequence[UUID]:
    """Name the coming meetings that people dial in to whose number or PINs are not as they should be."""
    lacks = (
        select(Invitation.id)
        .where(Invitation.meeting_id == Meeting.id, Invitation.removed_at.is_(None))
        .where(Invitation.dial_pin.is_(None))
        .exists()
    )
    query = (
        select(Meeting.id, Meeting.room_pin, Meeting.dial_number, Meeting.dial_pin, lacks)
        .join(Offer, and_(Offer.meeting_id == Meeting.id, Offer.way == Way.PHONE))
        .where(Meeting.organisation_id == actor.organisation_id)
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at > now)
        .where(Meeting.phone_joining == PhoneJoining.DIAL)
        .where(or_(Meeting.room_pin.is_not(None), Meeting.dial_pin == ""))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    found = (await db.execute(query)).all()
    return [row[0] for row in found if _is_amiss(line, *row[1:])][:MOST_AT_ONCE]


def _is_amiss(
    line: PhoneLine | None, room_pin: str | None, number: str, pin: str, lacks_pin: bool
) -> bool:
    if line is None or not line.makes_pins:
        return room_pin is not None and (line is None or pin != room_pin)
    if room_pin is None:
        return line.carries(number, pin)
    return lacks_pin or pin == room_pin or not line.has(number)


async def _look_after(
    db: Db, actor: Actor, meeting: Meeting, line: PhoneLine | None, *, now: datetime
) -> int:
    if line is None:
        await ring_instead(db, actor, meeting, now=now)
        return 1
    if not line.makes_pins or meeting.dial_pin:
        await take_pins(db, [meeting])
    before = meeting.dial_number
    if not line.makes_pins:
        meeting.dial_number = ""
    elif not line.has(before):
        meeting.dial_number = line.first_number
    given = await give_pins(db, actor.organisation_id, [meeting.id])
    is_another = meeting.dial_number != before
    if line.makes_pins and (is_another or given):
        await _tell(db, actor, meeting, None if is_another else given, now=now)
        record(db, actor, "meeting.pins-given", meeting, now=now, people=len(given))
    await db.flush()
    return 1


async def _tell(
    db: Db, actor: Actor, meeting: Meeting, whom: frozenset[UUID] | None, *, now: datetime
) -> None:
    """Tell those who see it in their letters, or of them only these; hosts see it in their calendars."""
    await claim_version(db, meeting, meeting.version)
    guests = await invitations_of(db, actor, meeting.id)
    guests = [each for each in guests if whom is None or each.id in whom]
    await tell(db, meeting, guests, list(phone_notices(meeting, guests)), now=now)
