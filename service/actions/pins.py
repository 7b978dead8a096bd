"""PINs for dialling in: one for a meeting, one for everybody invited to it, made when they are needed.

A PIN is nine digits out of nowhere, so it tells nothing, and what it opens is looked up. It is kept with
an invitation that is past, as the calendar's text stays as it was; it opens nothing any more.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select

from scheduling.meeting import MeetingState
from scheduling.notices import Change, Notice, NoticeKind
from scheduling.ways import Way
from service.actions.telling import tell
from service.rooms.dialin import PIN_DIGITS
from service.storage.base import Db
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.phone_lines import PhoneLine, line_of
from service.storage.pins import pins_taken
from service.storage.planned import PhoneJoining

_GROUP: Final = 3


def new_pin() -> str:
    """Make a PIN that is easy to say and to type.

    It begins with no nought, as programs that take it for a number would lose that; no digit stands three
    times running, as fingers and ears lose count; and its three groups differ.
    """
    while True:
        pin = str(secrets.randbelow(9 * 10 ** (PIN_DIGITS - 1)) + 10 ** (PIN_DIGITS - 1))
        if is_easy_to_type(pin):
            return pin


def is_easy_to_type(pin: str) -> bool:
    """Say whether nobody loses count in it: no digit three times running, no group of three twice."""
    runs = zip(pin, pin[1:], pin[2:], strict=False)
    groups = [pin[at : at + _GROUP] for at in range(0, len(pin), _GROUP)]
    return all(len(set(run)) > 1 for run in runs) and len(set(groups)) == len(groups)


async def fresh_pins(db: Db, count: int) -> list[str]:
    """Make PINs that are nobody's, no meeting's and no table's."""
    fresh: set[str] = set()
    while len(fresh) < count:
        made = {new_pin() for _ in range(count - len(fresh))}
        fresh |= made - await pins_taken(db, made)
    return list(fresh)


def dials(meeting: Meeting, *, offers_phone: bool) -> bool:
    """Say whether people dial in to a published meeting."""
    is_published = meeting.state is MeetingState.PUBLISHED
    return is_published and offers_phone and meeting.phone_joining is PhoneJoining.DIAL


async def give_pins(
    db: Db, organisation_id: UUID, meeting_ids: Collection[UUID]
) -> frozenset[UUID]:
    """Give these meetings and all invited to them the PINs they lack, and take away what is not needed.

    Only where their organisation's server takes calls and makes PINs. Gives the invitations whose PIN is
    another now. Nobody is told here.
    """
    line = await line_of(db, organisation_id) if meeting_ids else None
    if line is None:
        return frozenset()
    query = (
        select(Meeting, Offer.id)
        .outerjoin(Offer, and_(Offer.meeting_id == Meeting.id, Offer.way == Way.PHONE))
        .where(Meeting.organisation_id == organisation_id, Meeting.id.in_(meeting_ids))
    )
    on_it: list[Meeting] = []
    off_it: list[Meeting] = []
    for meeting, phone in (await db.execute(query)).all():
        is_on = dials(meeting, offers_phone=phone is not None) and is_on_line(meeting, line)
        (on_it if is_on else off_it).append(meeting)
    lost = await take_pins(db, off_it)
    return lost | await _give(db, on_it, line)


def is_on_line(meeting: Meeting, line: PhoneLine) -> bool:
    """Say whether a meeting people dial in to leaves number and PIN to the line."""
    if not line.makes_pins and meeting.room_pin is not None:
        return meeting.dial_pin == meeting.room_pin
    return line.carries(meeting.dial_number, meeting.dial_pin)


async def take_pins(db: Db, meetings: Iterable[Meeting]) -> frozenset[UUID]:
    """Take the PINs of meetings and of all invited to them away; gives those who had one."""
    had = [meeting for meeting in meetings if meeting.room_pin is not None]
    if not had:
        return frozenset()
    theirs = select(Invitation).where(
        Invitation.meeting_id.in_([meeting.id for meeting in had]), Invitation.dial_pin.is_not(None)
    )
    lost = (await db.scalars(theirs)).all()
    for meeting in had:
        if meeting.dial_pin == meeting.room_pin:
            meeting.dial_pin = meeting.dial_number = ""
        meeting.room_pin = None
    for each in lost:
        each.dial_pin = None
    await db.flush()
    return frozenset(each.id for each in lost)


async def _give(db: Db, meetings: Collection[Meeting], line: PhoneLine) -> frozenset[UUID]:
    if not meetings or not line.makes_pins:
        return frozenset()
    query = select(Invitation).where(
        Invitation.meeting_id.in_([meeting.id for meeting in meetings]),
        Invitation.dial_pin.is_(None),
        Invitation.removed_at.is_(None),
    )
    guests = (await db.scalars(query)).all()
    rooms = [meeting for meeting in meetings if meeting.room_pin is None]
    pins = iter(await fresh_pins(db, len(guests) + len(rooms)))
    for meeting in rooms:
        meeting.room_pin = next(pins)
    for meeting in meetings:
        meeting.dial_number = meeting.dial_number.strip() or line.first_number
    for guest in guests:
        guest.dial_pin = next(pins)
    await db.flush()
    return frozenset(guest.id for guest in guests)


async def renew_pins(db: Db, invitation_ids: Collection[UUID], *, now: datetime) -> None:
    """Give those of these invitations that have a PIN another one, and tell who sees it in their letters.

    The old one may be known to somebody who should not have it, as with a link that is made anew.
    """
    query = select(Invitation).where(
        Invitation.id.in_(invitation_ids), Invitation.dial_pin.is_not(None)
    )
    query = query.options(*WHOLE_INVITATION).order_by(Invitation.id)
    theirs = (await db.scalars(query)).all()
    for each, pin in zip(theirs, await fresh_pins(db, len(theirs)), strict=True):
        each.dial_pin = pin
    for each in theirs:
        notices = list(phone_notices(each.meeting, [each]))
        await tell(db, each.meeting, [each], notices, now=now)


def phone_notices(meeting: Meeting, invitations: Iterable[Invitation]) -> Iterator[Notice]:
    """Say who must be told of another number or PIN: who joins by phone, or has not chosen yet.

    Those who cannot come, were taken off or have left are left in peace. The meeting's ways are loaded.
    """
    offered = {offer.way for offer in meeting.offers}
    if Way.PHONE not in offered:
        return
    for each in invitations:
        is_asked = each.removed_at is None and each.answer.may_come
        sees = each.way is Way.PHONE or each.way not in offered
        if is_asked and sees and each.person.left_at is None:
            yield Notice(each.id, NoticeKind.UPDATE, frozenset({Change.PHONE}))
