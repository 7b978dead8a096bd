"""Meetings and the ways of joining each of them offers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    CursorResult,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    UniqueConstraint,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actor import Actor, Role
from service.errors import Conflict, NotFound
from service.storage.base import Base, Db, OfOrganisation, changed_rows
from service.storage.kinds import Kind
from service.storage.people import Person
from service.storage.places import Place
from service.storage.planned import Planned
from service.storage.types import WallDateTime

#: Who sees every meeting of the organisation; the others see those they lead, help with or made.
SEES_ALL = (Role.COORDINATOR, Role.DIRECTOR, Role.ADMIN, Role.SAFEGUARDING)


class Meeting(Planned, OfOrganisation, Base):
    """One dated gathering. `version` grows with every change and guards against editing over each other.

    `starts_local` with `zone` is what was meant; `starts_at` and `ends_at` are the instants it gives.
    A date of a series knows it (`series_id`) and the wall-clock time its rule gave (`series_on`), its place
    in the rule, which it keeps until the rule itself is changed; `is_edited` keeps the series from changing
    it. Guests of a meeting that `is_held` are told nothing yet: it lies beyond the window in which its
    series is sent. What people are reminded of has been seen to up to `reminded_until`.

    `room_pin` opens the room by phone through our own mapper; `dial_pin` is typed in, for a line that
    somebody else runs. `passcode` is what the online room asks everybody for, digits made by us, or
    nothing. `settled_at` is when attendance was last worked out from what the room told.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        Index(None, "organisation_id", "starts_at"),
        Index(None, "lead_id"),
        Index(None, "second_id"),
        UniqueConstraint("series_id", "series_on"),
        CheckConstraint("minutes BETWEEN 5 AND 1440", name="minutes"),
    )

    state: Mapped[MeetingState] = mapped_column(default=MeetingState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    starts_local: Mapped[datetime | None] = mapped_column(WallDateTime())
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    dial_pin: Mapped[str] = mapped_column(default="")
    room_name: Mapped[str] = mapped_column(unique=True)
    room_pin: Mapped[str | None] = mapped_column(unique=True)
    waits_in_lobby: Mapped[bool] = mapped_column(default=False)
    passcode: Mapped[str] = mapped_column(default="")
    cancel_message: Mapped[str] = mapped_column(default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    series_on: Mapped[datetime | None] = mapped_column(WallDateTime())
    is_edited: Mapped[bool] = mapped_column(default=False)
    is_held: Mapped[bool] = mapped_column(default=False)
    reminded_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    kind: Mapped[Kind] = relationship(lazy="raise")
    lead: Mapped[Person | None] = relationship(lazy="raise", foreign_keys="Meeting.lead_id")
    second: Mapped[Person | None] = relationship(lazy="raise", foreign_keys="Meeting.second_id")
    place: Mapped[Place | None] = relationship(lazy="raise", foreign_keys="Meeting.place_id")
    outdoor_place: Mapped[Place | None] = relationship(
        lazy="raise", foreign_keys="Meeting.outdoor_place_id"
    )
    offers: Mapped[list["Offer"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Offer(OfOrganisation, Base):
    """A way of joining one meeting offers, with its limit (`places`, None: no limit) and seats taken.

    `seats` is never less than what was taken when the limit was last set, so that lowering a limit
    throws nobody out while the CHECK still forbids selling more than there ever was.
    """

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("meeting_id", "way"),
        CheckConstraint("taken >= 0", name="taken"),
        CheckConstraint("seats IS NULL OR taken <= seats", name="seats"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    way: Mapped[Way]
    places: Mapped[int | None]
    seats: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)


#: What a page or a letter about a meeting needs beside its own columns: two queries in all.
WHOLE_MEETING = (
    joinedload(Meeting.kind),
    joinedload(Meeting.lead),
    joinedload(Meeting.second),
    joinedload(Meeting.place),
    joinedload(Meeting.outdoor_place),
    selectinload(Meeting.offers),
)


def visible_meetings(actor: Actor) -> Select[Meeting]:
    """Select the meetings the actor may see: all of the organisation, or for a facilitator her own."""
    query = select(Meeting).where(Meeting.organisation_id == actor.organisation_id)
    if actor.person_id is None or actor.has(*SEES_ALL):
        return query
    me = actor.person_id
    return query.where(
        or_(Meeting.lead_id == me, Meeting.second_id == me, Meeting.created_by == me)
    )


async def meeting_by_id(db: Db, actor: Actor, meeting_id: UUID) -> Meeting:
    """Give one meeting with all its parts; raises NotFound."""
    meeting = await db.scalar(
        visible_meetings(actor).where(Meeting.id == meeting_id).options(*WHOLE_MEETING)
    )
    if meeting is None:
        raise NotFound
    return meeting


async def coming_and_drafts(db: Db, actor: Actor, now: datetime) -> Sequence[Meeting]:
    """Drafts, and meetings published or cancelled that are not over, by start, with their parts.

    Dates of a series that guests are not told of yet stand on the page of their series only.
    """
    is_near = (Meeting.ends_at >= now) & Meeting.is_held.is_(False)
    query = visible_meetings(actor).where(or_(Meeting.state == MeetingState.DRAFT, is_near))
    query = query.options(*WHOLE_MEETING).order_by(Meeting.starts_at, Meeting.id)
    return (await db.scalars(query.limit(300))).all()


async def earlier_meetings(
    db: Db, actor: Actor, before: datetime, *, skip: int = 0, limit: int = 40
) -> Sequence[Meeting]:
    """Published and cancelled meetings that began and ended before an instant, latest first, with parts."""
    query = visible_meetings(actor).where(
        Meeting.state != MeetingState.DRAFT, Meeting.ends_at < before, Meeting.starts_at < before
    )
    query = query.options(*WHOLE_MEETING).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    return (await db.scalars(query.offset(skip).limit(limit))).all()


async def meeting_row(db: Db, actor: Actor, meeting_id: UUID) -> Meeting:
    """Give one meeting without its parts, in one query; raises NotFound."""
    meeting = await db.scalar(visible_meetings(actor).where(Meeting.id == meeting_id))
    if meeting is None:
        raise NotFound
    return meeting


async def lock_offers(db: Db, actor: Actor, meeting_id: UUID) -> None:
    """Let nobody take or give back a seat until the end of this transaction (on SQLite nobody can).

    Offers that were read before are read again, so that nothing is counted from an older state.
    """
    offers = select(Offer).where(
        Offer.organisation_id == actor.organisation_id, Offer.meeting_id == meeting_id
    )
    offers = offers.order_by(Offer.id).with_for_update()
    await db.execute(offers.execution_options(populate_existing=True))


async def read_again(db: Db, meeting: Meeting) -> None:
    """Read a meeting's own columns anew, once a lock was waited for; its parts stay as they are."""
    await db.refresh(meeting, [column.key for column in Meeting.__table__.columns])


async def claim_version(db: Db, meeting: Meeting, version: int) -> None:
    """Take the step to the next version; raises Conflict unless the meeting is still at this one."""
    claim = update(Meeting).where(Meeting.id == meeting.id, Meeting.version == version)
    claim = claim.values(version=version + 1).execution_options(synchronize_session=False)
    if await changed_rows(db, claim) != 1:
        raise Conflict
    set_committed_value(meeting, "version", version + 1)


async def replace_passcode(db: Db, meeting: Meeting, passcode: str) -> bool:
    """Let a meeting's room ask for this instead of what was read; False if somebody changed it meanwhile."""
    change = update(Meeting).where(Meeting.id == meeting.id, Meeting.passcode == meeting.passcode)
    change = change.values(passcode=passcode).execution_options(synchronize_session=False)
    is_ours = await changed_rows(db, change) == 1
    if is_ours:
        set_committed_value(meeting, "passcode", passcode)
    return is_ours


async def coming_at(db: Db, actor: Actor, place_id: UUID, now: datetime) -> Sequence[Meeting]:
    """Published meetings at a place that are not over, earliest first, with their parts."""
    query = visible_meetings(actor).where(
        Meeting.state == MeetingState.PUBLISHED,
        Meeting.ends_at >= now,
        or_(Meeting.place_id == place_id, Meeting.outdoor_place_id == place_id),
    )
    query = query.options(*WHOLE_MEETING).order_by(Meeting.starts_at, Meeting.id)
    return (await db.scalars(query)).all()


async def to_hand_over(db: Db, actor: Actor, host_id: UUID, now: datetime) -> Sequence[Meeting]:
    """Drafts and coming meetings somebody leads or helps with, earliest first, with their parts."""
    query = visible_meetings(actor).where(
        or_(Meeting.lead_id == host_id, Meeting.second_id == host_id),
        or_(
            Meeting.state == MeetingState.DRAFT,
            (Meeting.state == MeetingState.PUBLISHED) & (Meeting.ends_at >= now),
        ),
    )
    query = query.options(*WHOLE_MEETING).order_by(Meeting.starts_at, Meeting.id)
    return (await db.scalars(query)).all()


async def claim_seats(db: Db, meeting_id: UUID, way: Way, seats: int) -> bool:
    """Take seats by a way if there are that many left: one conditional UPDATE (reliability finding F2)."""
    result = await db.execute(_CLAIM, {"of_meeting": meeting_id, "by_way": way, "wanted": seats})
    return cast("CursorResult[Any]", result).rowcount == 1


async def release_seats(db: Db, meeting_id: UUID, way: Way, seats: int) -> None:
    """Give seats by a way back."""
    await db.execute(_RELEASE, {"of_meeting": meeting_id, "by_way": way, "wanted": seats})


#: Made once, and of the table alone: making them, and looking after rows in memory, would take longer
#: than the UPDATE itself (performance P11).
_OFFERS = cast("Table", Offer.__table__)
_OFFERED = (
    _OFFERS.c.meeting_id == bindparam("of_meeting"),
    _OFFERS.c.way == bindparam("by_way"),
)
_TAKEN_THEN = _OFFERS.c.taken + bindparam("wanted", type_=Integer)
_CLAIM = (
    update(_OFFERS)
    .where(*_OFFERED, or_(_OFFERS.c.places.is_(None), _OFFERS.c.places >= _TAKEN_THEN))
    .values(taken=_TAKEN_THEN)
)
_RELEASE = (
    update(_OFFERS)
    .where(*_OFFERED)
    .values(taken=_OFFERS.c.taken - bindparam("wanted", type_=Integer))
)
