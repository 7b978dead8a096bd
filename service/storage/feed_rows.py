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
    FromClause,
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
from sqlalchemy.types import NULLTYPE

from accessibility.contact import NEUTRAL, SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.errors import NotFound
from service.storage.base import Db
from service.storage.feeds import CalendarBlock
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.needs import Need
from service.storage.organisations import Organisation
from service.storage.people import Channel, Person
from service.storage.places import Place

AnyRow = Row[*tuple[Any, ...]]
Rows = Sequence[AnyRow]
Statement = Select[*tuple[Any, ...]]

#: Dates that were stay so long, and so do those that were called off, from the day they were.
PAST = timedelta(weeks=4)
#: How a mail counts that has not failed and that nothing has overtaken.
MAILED = (MessageState.WAITING, MessageState.SENDING, MessageState.SENT)
_KEY_BYTES = 16

# Tables, not classes: rows are compared as they come, and nothing of them is ever changed.
_invitations, _meetings = Invitation.__table__, Meeting.__table__
_blocks, _offers = CalendarBlock.__table__, Offer.__table__
_messages, _people = Message.__table__, Person.__table__
_leads, _seconds = _people.alias("leads"), _people.alias("seconds")
_places, _outdoors = Place.__table__.alias("rooms"), Place.__table__.alias("outdoors")


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a feed: its stored text if that was made from the same facts, else none."""

    subject: object
    zone: str
    key: str
    block: bytes | None

    @property
    def subject_id(self) -> UUID:
        """Give the identifier, which the driver of SQLite gives as text."""
        return UUID(str(self.subject))


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


async def house_and_plainness(
    db: Db, organisation_id: UUID, person_id: UUID
) -> tuple[Organisation, frozenset[str]]:
    """Give the organisation, and which of the two needs its person has that make all plainer.

    Raises NotFound.
    """
    whose = {"organisation_id": organisation_id, "person_id": person_id}
    rows = (await db.execute(_HOUSE_AND_NEEDS, whose)).all()
    if not rows:
        raise NotFound
    return rows[0][0], frozenset(code for _, code in rows if code)


#: Made once, as making it takes longer than asking it.
_HOUSE_AND_NEEDS = (
    select(Organisation, Need.code)
    .outerjoin(
        Need,
        and_(
            Need.organisation_id == Organisation.id,
            Need.person_id == bindparam("person_id"),
            Need.code.in_((NEUTRAL, SAFE_CONTACT)),
            Need.ended_at.is_(None),
        ),
    )
    .where(Organisation.id == bindparam("organisation_id"))
)


def _event_row(row: AnyRow, made_with: Callable[[str], bytes]) -> EventRow:
    subject, zone, stored_key, block, *facts = row
    named = repr(facts).encode(errors="surrogatepass") + made_with(zone)
    key = blake2b(named, digest_size=_KEY_BYTES).hexdigest()
    return EventRow(subject, zone, key, block if stored_key == key else None)


def _since(day: datetime) -> dict[str, datetime]:
    return {"since": day - PAST}


@cache
def _guest(mailed_too: bool) -> Statement:
    of, meeting = _invitations.c, _meetings.c
    query = _with_facts(of.id, _INVITATION_FACTS).where(
        of.organisation_id == bindparam("organisation_id"),
        of.person_id == bindparam("person_id"),
        of.answer != Answer.NO,
        or_(of.removed_at >= bindparam("since"), and_(of.removed_at.is_(None), _is_shown())),
    )
    if not mailed_too:
        query = query.where(or_(meeting.is_held, ~_was_mailed()))
    joined = _invitations.join(_meetings, meeting.id == of.meeting_id)
    return query.select_from(_with_names(joined, of.id)).order_by(meeting.starts_at, of.id)


@cache
def _hosting() -> Statement:
    me: BindParameter[UUID] = bindparam("person_id")
    meeting = _meetings.c
    is_mine = or_(meeting.lead_id == me, meeting.second_id == me, meeting.created_by == me)
    return _of_meetings().where(is_mine)


@cache
def _public() -> Statement:
    return _of_meetings().where(_meetings.c.is_public)


def _of_meetings() -> Statement:
    meeting = _meetings.c
    query = _with_facts(meeting.id, _HOST_FACTS).where(
        meeting.organisation_id == bindparam("organisation_id"), _is_shown()
    )
    joined = _with_names(_meetings, meeting.id)
    return query.select_from(joined).order_by(meeting.starts_at, meeting.id)


def _is_shown() -> ColumnElement[bool]:
    """A published meeting not long over, or one called off not long ago."""
    meeting = _meetings.c
    coming = and_(meeting.state == MeetingState.PUBLISHED, meeting.ends_at >= bindparam("since"))
    is_off = meeting.state == MeetingState.CANCELLED
    called_off = and_(is_off, meeting.cancelled_at >= bindparam("since"))
    return and_(meeting.starts_at.is_not(None), or_(coming, called_off))


def _was_mailed() -> ColumnElement[bool]:
    """Whether this person was invited by a mail that has gone, or is about to, to an address that works."""
    mail, who = _messages.c, _people.c
    return (
        select(mail.id)
        .join_from(_messages, _people, who.id == mail.person_id)
        .where(
            mail.subject_id == _invitations.c.id,
            mail.kind == MessageKind.INVITATION,
            mail.channel == Channel.EMAIL,
            mail.state.in_(MAILED),
            who.email_stopped_at.is_(None),
        )
        .correlate(_invitations)
        .exists()
    )


def _with_facts(subject: ColumnElement[UUID], facts: Sequence[ColumnElement[Any]]) -> Statement:
    """Select the subject, its zone, the stored text and the facts, all but the text undecoded."""
    raw = [
        type_coerce(column, NULLTYPE).label(f"fact_{number}")
        for number, column in enumerate((subject, *facts, *_MEETING_FACTS))
    ]
    query: Statement = select(
        raw[0], _meetings.c.zone, _blocks.c.key, _blocks.c.block, *raw[1:], _WAYS
    )
    return query


def _with_names(joined: FromClause, subject: ColumnElement[UUID]) -> FromClause:
    """Join what an event tells of others: who runs it, where it is, and its stored text."""
    meeting = _meetings.c
    is_stored = and_(_blocks.c.subject_id == subject, _blocks.c.made_for == bindparam("made_for"))
    return (
        joined.outerjoin(_blocks, is_stored)
        .outerjoin(_leads, _leads.c.id == meeting.lead_id)
        .outerjoin(_seconds, _seconds.c.id == meeting.second_id)
        .outerjoin(_places, _places.c.id == meeting.place_id)
        .outerjoin(_outdoors, _outdoors.c.id == meeting.outdoor_place_id)
    )


def _columns(table: FromClause, *names: str) -> tuple[ColumnElement[Any], ...]:
    return tuple(table.c[name] for name in names)


_INVITATION_FACTS = _columns(
    _invitations,
    *("uid", "sequence", "stamp", "created_at", "link_generation", "answer", "way"),
    *("asked_again", "what_changed", "removed_at", "dial_pin"),
)
_HOST_FACTS = _columns(_meetings, "version", "created_at", "published_at", "cancelled_at")
_MEETING_FACTS = (
    *_columns(_meetings, "state", "starts_at", "ends_at", "neutral_title", "real_title"),
    *_columns(_meetings, "is_open", "help_phone", "phone_joining", "dial_number", "dial_pin"),
    *_columns(_meetings, "cancel_message"),
    *(_leads.c.chosen_name, _seconds.c.chosen_name),
    *_columns(_places, "name", "address"),
    *_columns(_outdoors, "name", "address"),
)
#: The ways offered, as one number: a sum of powers of two has no order.
_WAYS = (
    select(func.sum(case(*((_offers.c.way == way, 1 << bit) for bit, way in enumerate(Way)))))
    .where(_offers.c.meeting_id == _meetings.c.id)
    .correlate(_meetings)
    .scalar_subquery()
)
