"""Number and PIN of meetings at 8x8: which lack them, keeping what was fetched, and doing without.

8x8 is asked by the worker, outside any transaction (`service.fetching_dial_in`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from scheduling.meeting import MeetingState
from scheduling.online import Ability, ServerKind
from scheduling.ways import Way
from service.actions.keeping_lines import ring_instead
from service.actions.permissions import Permission, require
from service.actions.pins import phone_notices
from service.actions.telling import tell
from service.actor import Actor
from service.errors import NotFound
from service.outbound.jitsi import ask, asking
from service.rooms.jaas_dialin import NoDialIn, number_in, numbers_address, pin_address, pin_in
from service.rooms.jitsi import BadRoom
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitations_of
from service.storage.meetings import (
    Meeting,
    Offer,
    claim_version,
    lock_offers,
    meeting_by_id,
    read_again,
)
from service.storage.messages import Message, MessageState
from service.storage.organisations import Organisation
from service.storage.planned import PhoneJoining
from service.storage.servers import JitsiServer

#: Dates of a series are asked for when they come so near; guests see them in feeds before that.
AHEAD: Final = timedelta(weeks=9)
#: So many are asked for in one round.
MOST_AT_ONCE: Final = 20
#: How long invitations wait for a PIN that was not fetched while the meeting was planned.
WAIT: Final = timedelta(minutes=1)
NO_PIN: Final = "no-pin"
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A meeting whose number and PIN are wanted, and where its room is."""

    meeting_id: UUID
    organisation_id: UUID
    is_published: bool
    url: str
    conference: str


@dataclass(frozen=True, slots=True)
class DialInAt:
    """What was fetched: the number to tell, and the PIN of the room."""

    number: str
    pin: str


async def meetings_without_pin(db: Db, now: datetime) -> Sequence[Wanted]:
    """Name meetings at 8x8, drafts too, that people dial in to and whose PIN is not known, soonest first."""
    near = or_(Meeting.is_held.is_(False), Meeting.starts_at < now + AHEAD)
    query = (
        select(Meeting, JitsiServer.url, JitsiServer.muc_domain, JitsiServer.abilities)
        .join(Organisation, Organisation.id == Meeting.organisation_id)
        .join(JitsiServer, JitsiServer.id == Organisation.server_id)
        .join(Offer, and_(Offer.meeting_id == Meeting.id, Offer.way == Way.PHONE))
        .where(JitsiServer.kind == ServerKind.JAAS, JitsiServer.is_retired.is_(False))
        .where(Meeting.state.in_((MeetingState.DRAFT, MeetingState.PUBLISHED)), near)
        .where(or_(Meeting.ends_at.is_(None), Meeting.ends_at > now))
        .where(Meeting.phone_joining == PhoneJoining.DIAL)
        .where(Meeting.room_pin.is_(None), Meeting.dial_pin == "", Meeting.dial_number == "")
        .order_by(Meeting.state.desc(), Meeting.starts_at, Meeting.id)
    )
    found = (await db.execute(query)).all()
    return [
        Wanted(
            meeting.id,
            meeting.organisation_id,
            meeting.state is MeetingState.PUBLISHED,
            url,
            f"{meeting.room_name}@{muc_domain}",
        )
        for meeting, url, muc_domain, abilities in found
        if Ability.DIAL_IN.value in abilities
    ]


async def fetch(wanted: Wanted) -> DialInAt:
    """Ask 8x8 for number and PIN of one room; raises NoDialIn, whatever went wrong."""
    try:
        addresses = (
            pin_address(wanted.url, wanted.conference),
            numbers_address(wanted.url, wanted.conference),
        )
    except BadRoom as error:
        raise NoDialIn from error
    async with asking() as session:
        answers = [await ask(session, address) for address in addresses]
    if any(each.status != _OK for each in answers):
        raise NoDialIn
    return DialInAt(number_in(answers[1].body), pin_in(answers[0].body, wanted.conference))


async def keep_dial_in(
    db: Db, actor: Actor, meeting_id: UUID, found: DialInAt, *, now: datetime
) -> bool:
    """Keep number and PIN of a meeting that still lacks them, and tell guests who were invited already."""
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await _lacking(db, actor, meeting_id)
    if meeting is None:
        return False
    meeting.dial_number, meeting.dial_pin, meeting.room_pin = found.number, found.pin, found.pin
    record(db, actor, "meeting.dial-in-fetched", meeting, now=now)
    if meeting.state is MeetingState.PUBLISHED:
        await claim_version(db, meeting, meeting.version)
        guests = await invitations_of(db, actor, meeting_id)
        await tell(db, meeting, guests, list(phone_notices(meeting, guests)), now=now)
    await db.flush()
    return True


async def do_without(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> bool:
    """Have people rung, as 8x8 gives no PIN for a published meeting; a coordinator hears of it once."""
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await _lacking(db, actor, meeting_id)
    if meeting is None or meeting.state is not MeetingState.PUBLISHED:
        return False
    await ring_instead(db, actor, meeting, about=NO_PIN, now=now)
    return True


async def wait_for_pin(db: Db, meeting_id: UUID, *, now: datetime) -> None:
    """Let the invitations of a meeting wait a moment, in which its PIN may come."""
    waiting = update(Message).where(
        Message.meeting_id == meeting_id, Message.state == MessageState.WAITING
    )
    await db.execute(waiting.where(Message.due_at <= now).values(due_at=now + WAIT))


async def _lacking(db: Db, actor: Actor, meeting_id: UUID) -> Meeting | None:
    """Give a meeting, locked and whole, if it still lacks what people dial."""
    try:
        await lock_offers(db, actor, meeting_id)
        meeting = await meeting_by_id(db, actor, meeting_id)
    except NotFound:
        return None
    await read_again(db, meeting)
    has_one = meeting.room_pin is not None or bool(meeting.dial_pin or meeting.dial_number)
    is_dialled = meeting.phone_joining is PhoneJoining.DIAL
    return meeting if is_dialled and not has_one else None
