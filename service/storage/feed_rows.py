"""What stands in a feed: one row for each event, with the facts its text is made from, and the stored text.

The facts are values as the driver gives them: they are only compared, by the key made of them, and so
need not be decoded. Whatever an event tells must stand here, or its stored text would stay when it
changes; a test changes everything and compares.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.types import NULLTYPE

from accessibility.contact import NEUTRAL, SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.storage.base import Db
from service.storage.feeds import CalendarBlock
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.needs import Need
from service.storage.people import Channel, Person
from service.storage.places import Place

AnyRow = Row[*tuple[Any, ...]]
Rows = Sequence[AnyRow]

#: Dates that were stay so long, and so do those that were called off, from the day they were.
PAST = timedelta(weeks=4)
#: How a mail counts that has not failed and that nothing has overtaken.
MAILED = (MessageState.WAITING, MessageState.SENDING, MessageState.SENT)
_KEY_BYTES = 16

_Lead, _Second = aliased(Person), aliased(Person)
_Place, _Outdoors = aliased(Place), aliased(Place)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a feed: its stored text if that was made from the same facts, else none."""

    subject_id: UUID
    zone: str
    key: str
    block: bytes | None


def event_rows(rows: Rows, made_with: Callable[[str], bytes]) -> list[EventRow]:
    """Check the stored texts; `made_with` names what else an event in a zone is made with."""
    return [_event_row(row, made_with) for row in rows]


async def guest_rows(
    db: Db,
    organisation_id: UUID,
    person_id: UUID,
    made_for: str,
    *,
    day: datetime,
    mailed_too: bool,
) -> Rows:
    """Everything one person is invited to, by start; without what was mailed to them if so wanted."""
    whose = {"organisation_id": organisation_id, "person_id": person_id, "made_for": made_for}
    return (await db.execute(_guest(mailed_too), whose | _since(day))).all()


async def host_rows(
    db: Db, organisation_id: UUID, person_id: UUID, made_for: str, *, day: datetime
) -> Rows:
    """Every meeting a person leads, helps with or made, by start."""
    whose = {"organisation_id": organisation_id, "person_id": person_id, "made_for": made_for}
    return (await db.execute(_hosting(), whose | _since(day))).all()


async def public_rows(db: Db, organisation_id: UUID, made_for: str, *, day: datetime) -> Rows:
    """Every public meeting of an organisation, by start."""
    whose = {"organisation_id": organisation_id, "made_for": made_for}
    return (await db.execute(_public(), whose | _since(day))).all()


async def plainness_of(db: Db, organisation_id: UUID, person_id: UUID) -> frozenset[str]:
    """Tell which of the two needs a person has that make what they are sent plainer."""
    query = select(Need.code).where(
        Need.organisation_id == organisation_id,
        Need.person_id == person_id,
        Need.code.in_((NEUTRAL, SAFE_CONTACT)),
        Need.ended_at.is_(None),
    )
    return frozenset(await db.scalars(query))


def _event_row(row: AnyRow, made_with: Callable[[str], bytes]) -> EventRow:
    subject_id, zone, stored_key, block, *facts = row
    named = repr(facts).encode(errors="surrogatepass") + made_with(zone)
    key = blake2b(named, digest_size=_KEY_BYTES).hexdigest()
    return EventRow(UUID(str(subject_id)), zone, key, bytes(block) if stored_key == key else None)


def _since(day: datetime) -> dict[str, datetime]:
    return {"since": day - PAST}


@cache
def _guest(mailed_too: bool) -> Select[*tuple[Any, ...]]:
    query = _with_facts(_INVITATION_FACTS, Invitation.id).where(
        Invitation.organisation_id == bindparam("organisation_id"),
        Invitation.person_id == bindparam("person_id"),
        Invitation.answer != Answer.NO,
        or_(
            Invitation.removed_at >= bindparam("since"),
            and_(Invitation.removed_at.is_(None), _is_shown()),
        ),
    )
    if not mailed_too:
        query = query.where(or_(Meeting.is_held, ~_was_mailed()))
    return query.order_by(Meeting.starts_at, Invitation.id)


@cache
def _hosting() -> Select[*tuple[Any, ...]]:
    me: BindParameter[UUID] = bindparam("person_id")
    query = _with_facts(_HOST_FACTS, Meeting.id).where(
        Meeting.organisation_id == bindparam("organisation_id"),
        or_(Meeting.lead_id == me, Meeting.second_id == me, Meeting.created_by == me),
        _is_shown(),
    )
    return query.order_by(Meeting.starts_at, Meeting.id)


@cache
def _public() -> Select[*tuple[Any, ...]]:
    query = _with_facts(_HOST_FACTS, Meeting.id).where(
        Meeting.organisation_id == bindparam("organisation_id"), Meeting.is_public, _is_shown()
    )
    return query.order_by(Meeting.starts_at, Meeting.id)


def _is_shown() -> ColumnElement[bool]:
    """A published meeting not long over, or one called off not long ago."""
    coming = and_(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at >= bindparam("since"))
    called_off = and_(
        Meeting.state == MeetingState.CANCELLED, Meeting.cancelled_at >= bindparam("since")
    )
    return and_(Meeting.starts_at.is_not(None), or_(coming, called_off))


def _was_mailed() -> ColumnElement[bool]:
    """Whether this person was invited by a mail that has gone, or is about to, to an address that works."""
    return (
        select(Message.id)
        .join(Person, Person.id == Message.person_id)
        .where(
            Message.subject_id == Invitation.id,
            Message.kind == MessageKind.INVITATION,
            Message.channel == Channel.EMAIL,
            Message.state.in_(MAILED),
            Person.email_stopped_at.is_(None),
        )
        .correlate(Invitation)
        .exists()
    )


def _with_facts(
    columns: Sequence[InstrumentedAttribute[Any]], subject: InstrumentedAttribute[UUID]
) -> Select[*tuple[Any, ...]]:
    """Select the subject, its zone, the stored text and the facts, all but the text undecoded."""
    raw = [type_coerce(column, NULLTYPE) for column in (*columns, *_MEETING_FACTS)]
    stored = CalendarBlock.subject_id == subject, CalendarBlock.made_for == bindparam("made_for")
    query: Select[*tuple[Any, ...]] = select(
        type_coerce(subject, NULLTYPE),
        Meeting.zone,
        CalendarBlock.key,
        CalendarBlock.block,
        *raw,
        _WAYS,
    )
    if subject is Invitation.id:
        query = query.select_from(Invitation).join(Meeting, Meeting.id == Invitation.meeting_id)
    else:
        query = query.select_from(Meeting)
    return (
        query.outerjoin(CalendarBlock, and_(*stored))
        .outerjoin(_Lead, _Lead.id == Meeting.lead_id)
        .outerjoin(_Second, _Second.id == Meeting.second_id)
        .outerjoin(_Place, _Place.id == Meeting.place_id)
        .outerjoin(_Outdoors, _Outdoors.id == Meeting.outdoor_place_id)
    )


_INVITATION_FACTS = (
    Invitation.uid,
    Invitation.sequence,
    Invitation.stamp,
    Invitation.created_at,
    Invitation.link_generation,
    Invitation.answer,
    Invitation.way,
    Invitation.asked_again,
    Invitation.what_changed,
    Invitation.removed_at,
)
_HOST_FACTS = (Meeting.version, Meeting.created_at, Meeting.published_at, Meeting.cancelled_at)
_MEETING_FACTS = (
    Meeting.zone,
    Meeting.state,
    Meeting.starts_at,
    Meeting.ends_at,
    Meeting.neutral_title,
    Meeting.real_title,
    Meeting.is_open,
    Meeting.help_phone,
    Meeting.phone_joining,
    Meeting.dial_number,
    Meeting.dial_pin,
    Meeting.cancel_message,
    _Lead.chosen_name,
    _Second.chosen_name,
    _Place.name,
    _Place.address,
    _Outdoors.name,
    _Outdoors.address,
)
#: The ways offered, as one number: a sum of powers of two has no order.
_WAYS = (
    select(func.sum(case(*((Offer.way == way, 1 << bit) for bit, way in enumerate(Way)))))
    .where(Offer.meeting_id == Meeting.id)
    .correlate(Meeting)
    .scalar_subquery()
)
