"""The rota: who does what at a meeting beside its two hosts, and when staff can."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from scheduling.availability import Away, Times, WeeklyTime
from scheduling.meeting import MeetingState
from scheduling.roles import MeetingRole
from scheduling.rota import Colleague
from scheduling.time import Slot
from scheduling.ways import REMOTE_WAYS
from service.actor import Actor, Role
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation, changed_rows
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.staff import StaffMember, StaffRole

#: Who may host: facilitators, and the coordinators who stand in for them.
HOSTING = (Role.FACILITATOR, Role.COORDINATOR)


class Duty(OfOrganisation, Base):
    """Somebody's part in a meeting. Lead and co-facilitator stand with the meeting itself, not here."""

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("meeting_id", "role"),
        Index(None, "organisation_id", "person_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    role: Mapped[MeetingRole]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")


class Availability(OfOrganisation, Base):
    """When somebody of the staff can, week by week, or (`is_away`) cannot, from a first to a last day.

    Minutes count from midnight on the wall of the organisation's zone; `until_minute` is not included.
    """

    __tablename__ = "availability"
    __table_args__ = (
        Index(None, "organisation_id", "person_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "0 <= from_minute AND from_minute < until_minute AND until_minute <= 1440",
            name="minutes",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    is_away: Mapped[bool] = mapped_column(default=False)
    weekday: Mapped[int | None]
    from_minute: Mapped[int] = mapped_column(default=0)
    until_minute: Mapped[int] = mapped_column(default=1440)
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]


def within(window: Slot) -> ColumnElement[bool]:
    """Say of a meeting that it shares time with a window."""
    return and_(Meeting.starts_at < window.ends_at, Meeting.ends_at > window.starts_at)


def beside(meeting_id: UUID) -> ColumnElement[bool]:
    """Say of a meeting that it shares time with this one, or is it."""
    this = aliased(Meeting)
    overlaps = and_(this.starts_at < Meeting.ends_at, this.ends_at > Meeting.starts_at)
    return select(this.id).where(this.id == meeting_id, overlaps).exists()


async def meetings_on_rota(db: Db, actor: Actor, which: ColumnElement[bool]) -> Sequence[Meeting]:
    """Published meetings of the organisation, whoever hosts them, earliest first, with kind, hosts and ways."""
    query = (
        select(Meeting)
        .where(Meeting.organisation_id == actor.organisation_id)
        .where(Meeting.state == MeetingState.PUBLISHED, which)
        .options(
            joinedload(Meeting.kind),
            joinedload(Meeting.lead),
            joinedload(Meeting.second),
            joinedload(Meeting.offers),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return (await db.scalars(query)).unique().all()


async def duties_at(db: Db, actor: Actor, which: ColumnElement[bool]) -> Sequence[Duty]:
    """Who has which part at those meetings, beside their hosts; with the persons."""
    query = (
        select(Duty)
        .join(Meeting, Meeting.id == Duty.meeting_id)
        .where(Duty.organisation_id == actor.organisation_id, which)
        .options(joinedload(Duty.person))
    )
    return (await db.scalars(query)).all()


async def colleagues(db: Db, actor: Actor) -> tuple[Colleague, ...]:
    """Everybody of the staff who may sign in, by name, with what they told of when they can."""
    may_host = select(StaffRole.role).where(
        StaffRole.person_id == StaffMember.person_id, StaffRole.role.in_(HOSTING)
    )
    query = (
        select(Person, may_host.exists(), Organisation.zone, Availability)
        .join(StaffMember, StaffMember.person_id == Person.id)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .outerjoin(Availability, Availability.person_id == Person.id)
        .where(StaffMember.organisation_id == actor.organisation_id)
        .where(StaffMember.disabled_at.is_(None))
        .order_by(Person.name_key, Person.id)
    )
    people: dict[UUID, tuple[Person, bool, str]] = {}
    told: dict[UUID, list[Availability]] = {}
    for row in await db.execute(query):
        person, time = row[0], cast("Availability | None", row[3])
        people[person.id] = (person, row[1], row[2])
        told.setdefault(person.id, []).extend([time] if time else [])
    return tuple(
        Colleague(
            person.id,
            person.chosen_name,
            times_of(told[person.id], zone),
            may_host=hosts,
            hosts_in_room=person.usual_way not in REMOTE_WAYS,
        )
        for person, hosts, zone in people.values()
    )


def times_of(rows: Iterable[Availability], zone: str) -> Times:
    """Give what somebody told of when they can as a value."""
    weekly, away = [], []
    for row in rows:
        if row.is_away and row.first_on is not None and row.last_on is not None:
            away.append(Away(row.first_on, row.last_on))
        elif row.weekday is not None:
            weekly.append(WeeklyTime(row.weekday, row.from_minute, row.until_minute))
    return Times(zone, tuple(weekly), tuple(away))


async def times_told(db: Db, actor: Actor, person_id: UUID) -> Sequence[Availability]:
    """What one person told of when they can: times of the week by weekday, then days away."""
    query = select(Availability).where(
        Availability.organisation_id == actor.organisation_id, Availability.person_id == person_id
    )
    order = (Availability.weekday, Availability.from_minute, Availability.first_on, Availability.id)
    return (await db.scalars(query.order_by(Availability.is_away, *order))).all()


async def coming_meeting(db: Db, actor: Actor, meeting_id: UUID, now: datetime) -> Meeting:
    """Give a published meeting that is not over, whoever hosts it, whole; raises NotFound."""
    query = (
        select(Meeting)
        .where(Meeting.organisation_id == actor.organisation_id, Meeting.id == meeting_id)
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at > now)
        .options(*WHOLE_MEETING)
    )
    meeting = await db.scalar(query)
    if meeting is None:
        raise NotFound
    return meeting


async def coming_dates(db: Db, actor: Actor, meeting: Meeting, now: datetime) -> Sequence[Meeting]:
    """The published dates of a meeting's series that are not over, earliest first, with their kind."""
    query = (
        select(Meeting)
        .where(Meeting.organisation_id == actor.organisation_id)
        .where(Meeting.series_id == meeting.series_id, Meeting.series_id.is_not(None))
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at > now)
        .options(joinedload(Meeting.kind))
    )
    return (await db.scalars(query.order_by(Meeting.starts_at))).all()


async def duties_of(
    db: Db, actor: Actor, person_id: UUID, now: datetime
) -> Sequence[tuple[Duty, Meeting]]:
    """The parts somebody has at meetings that are not over, each with its meeting and the kind."""
    query = (
        select(Duty, Meeting)
        .join(Meeting, Meeting.id == Duty.meeting_id)
        .where(Duty.organisation_id == actor.organisation_id, Duty.person_id == person_id)
        .where(or_(Meeting.ends_at > now, Meeting.ends_at.is_(None)))
        .options(joinedload(Meeting.kind))
        .order_by(Duty.id)
    )
    return [(duty, meeting) for duty, meeting in await db.execute(query)]


async def duties_for(db: Db, actor: Actor, meetings: Sequence[UUID]) -> Sequence[Duty]:
    """Who has which part at these meetings, beside their hosts."""
    query = select(Duty).where(
        Duty.organisation_id == actor.organisation_id, Duty.meeting_id.in_(meetings)
    )
    return (await db.scalars(query)).all()


async def hand_duty(db: Db, duty: Duty, to: UUID) -> bool:
    """Give a part from who has it to somebody else, if they still have it."""
    hand = update(Duty).where(Duty.id == duty.id, Duty.person_id == duty.person_id)
    return await changed_rows(db, hand.values(person_id=to)) == 1


async def drop_duties(db: Db, duties: Sequence[Duty]) -> None:
    """Take parts from those who have them."""
    await db.execute(delete(Duty).where(Duty.id.in_([duty.id for duty in duties])))
