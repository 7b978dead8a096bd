"""Series: the rule that makes meetings, their template, what was decided of single dates, and who comes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Select,
    TypeDecorator,
    UniqueConstraint,
    case,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import String

from scheduling.meeting import MeetingState
from scheduling.recurrence import WEEK, Rule
from scheduling.series import LEAST_TOLD, DateChoice, SeriesState
from scheduling.ways import Way
from service.actor import Actor
from service.errors import Conflict, NotFound
from service.storage.base import Base, Db, OfOrganisation, changed_rows
from service.storage.kinds import Kind
from service.storage.meetings import SEES_ALL, WHOLE_MEETING, Meeting, visible_meetings
from service.storage.people import Person
from service.storage.places import Place
from service.storage.planned import Planned
from service.storage.types import UtcDateTime, WallDateTime


class RuleText(TypeDecorator[Rule]):
    """A rule, kept as RFC 5545 writes it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Rule | None, dialect: Dialect) -> str | None:
        """Store the rule's text."""
        return None if value is None else value.text

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Rule | None:
        """Give the rule back."""
        return None if value is None else Rule.of(value)


class Series(Planned, OfOrganisation, Base):
    """A rule that makes meetings, and what each of them begins with.

    `starts_local` is the first date and the time of day, on the wall; `ends_on` is the last day a date
    may fall on, itself included. `limits` maps the Way values offered to their limits (None: no limit).
    Guests are told `weeks_ahead` weeks before, and always of the next two dates. `date_rules` says what
    is done with dates that fall on something (DateKind value to "skip" or "next_same_weekday").
    `made_until` is how far meetings have been made; `follows_id` names the series this one was split from.
    """

    __tablename__ = "series"
    __table_args__ = (
        Index(None, "organisation_id", "state"),
        CheckConstraint("minutes BETWEEN 5 AND 1440", name="minutes"),
        CheckConstraint("weeks_ahead BETWEEN 1 AND 52", name="weeks_ahead"),
    )

    state: Mapped[SeriesState] = mapped_column(default=SeriesState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    rule: Mapped[Rule | None] = mapped_column(RuleText())
    starts_local: Mapped[datetime | None] = mapped_column(WallDateTime())
    ends_on: Mapped[date | None]
    limits: Mapped[dict[str, int | None]] = mapped_column(default=dict)
    date_rules: Mapped[dict[str, str]] = mapped_column(default=dict)
    weeks_ahead: Mapped[int] = mapped_column(default=6)
    made_until: Mapped[date | None]
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    kind: Mapped[Kind] = relationship(lazy="raise")
    lead: Mapped[Person | None] = relationship(lazy="raise", foreign_keys="Series.lead_id")
    second: Mapped[Person | None] = relationship(lazy="raise", foreign_keys="Series.second_id")
    place: Mapped[Place | None] = relationship(lazy="raise", foreign_keys="Series.place_id")
    outdoor_place: Mapped[Place | None] = relationship(
        lazy="raise", foreign_keys="Series.outdoor_place_id"
    )
    dates: Mapped[list["SeriesDate"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="SeriesDate.on"
    )


class SeriesDate(OfOrganisation, Base):
    """What was decided about one date of a series; `on` is the wall-clock time its rule gives.

    `because` is the DateKind value of the rule that decided; it is empty if a person did.
    """

    __tablename__ = "series_dates"
    __table_args__ = (UniqueConstraint("series_id", "on"),)

    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    on: Mapped[datetime] = mapped_column(WallDateTime())
    choice: Mapped[DateChoice]
    moved_to: Mapped[datetime | None] = mapped_column(WallDateTime())
    because: Mapped[str] = mapped_column(default="")


class SeriesGuest(OfOrganisation, Base):
    """Somebody who is invited to every date of a series; with `is_every_time` they come to each.

    `way`, `supporters` and `supporter_name` are what their standing answer says.
    """

    __tablename__ = "series_guests"
    __table_args__ = (
        UniqueConstraint("series_id", "person_id"),
        Index(None, "organisation_id", "person_id"),
        CheckConstraint("supporters BETWEEN 0 AND 2", name="supporters"),
    )

    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    is_every_time: Mapped[bool] = mapped_column(default=False)
    way: Mapped[Way | None]
    supporters: Mapped[int] = mapped_column(default=0)
    supporter_name: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


#: What a page about a series needs beside its own columns: one query in all.
WHOLE_SERIES = (
    joinedload(Series.kind),
    joinedload(Series.lead),
    joinedload(Series.second),
    joinedload(Series.place),
    joinedload(Series.outdoor_place),
    joinedload(Series.dates),
)
#: Drafts and what runs come before what has ended.
_ENDED_LAST = Series.state == SeriesState.ENDED


def visible_series(actor: Actor) -> Select[Series]:
    """Select the series the actor may see: all of the organisation, or for a facilitator her own."""
    query = select(Series).where(Series.organisation_id == actor.organisation_id)
    if actor.person_id is None or actor.has(*SEES_ALL):
        return query
    me = actor.person_id
    return query.where(or_(Series.lead_id == me, Series.second_id == me, Series.created_by == me))


async def series_by_id(db: Db, actor: Actor, series_id: UUID) -> Series:
    """Give one series with all its parts; raises NotFound."""
    query = visible_series(actor).where(Series.id == series_id).options(*WHOLE_SERIES)
    found = await db.scalars(query.execution_options(populate_existing=True))
    series = found.unique().one_or_none()
    if series is None:
        raise NotFound
    return series


async def series_listed(db: Db, actor: Actor, *, limit: int = 200) -> Sequence[Series]:
    """The series the actor may see with their kinds: drafts and running ones, then those that ended."""
    query = visible_series(actor).options(joinedload(Series.kind))
    return (await db.scalars(query.order_by(_ENDED_LAST, Series.id.desc()).limit(limit))).all()


async def series_hosted_by(db: Db, actor: Actor, host_id: UUID) -> Sequence[Series]:
    """Series somebody leads or helps with that have not ended, whole."""
    hosts = or_(Series.lead_id == host_id, Series.second_id == host_id)
    query = visible_series(actor).where(hosts, Series.state != SeriesState.ENDED)
    return (await db.scalars(query.options(*WHOLE_SERIES).order_by(Series.id))).unique().all()


async def claim_series(db: Db, series: Series, version: int) -> None:
    """Take the step to the next version; raises Conflict unless the series is still at this one."""
    claim = update(Series).where(Series.id == series.id, Series.version == version)
    claim = claim.values(version=version + 1).execution_options(synchronize_session=False)
    if await changed_rows(db, claim) != 1:
        raise Conflict
    set_committed_value(series, "version", version + 1)


async def meetings_of_series(
    db: Db,
    actor: Actor,
    series_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 120,
) -> Sequence[Meeting]:
    """Dates of a series that start in a span, earliest first, with their parts."""
    query = visible_meetings(actor).where(Meeting.series_id == series_id)
    if since is not None:
        query = query.where(Meeting.starts_at >= since)
    if until is not None:
        query = query.where(Meeting.starts_at < until)
    query = query.options(*WHOLE_MEETING).order_by(Meeting.starts_at, Meeting.id)
    return (await db.scalars(query.limit(limit))).all()


async def dates_made(
    db: Db, actor: Actor, series_id: UUID, since: datetime, until: datetime
) -> Sequence[Meeting]:
    """Dates of a series that start in a span, earliest first, without their parts: one query."""
    query = visible_meetings(actor).where(
        Meeting.series_id == series_id, Meeting.starts_at >= since, Meeting.starts_at < until
    )
    return (await db.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(500))).all()


async def next_starts(
    db: Db, actor: Actor, series_ids: Sequence[UUID], now: datetime
) -> dict[UUID, tuple[datetime, int]]:
    """For each of several series, when it is next, and how many dates are to come."""
    query = (
        select(Meeting.series_id, func.min(Meeting.starts_at), func.count())
        .where(Meeting.organisation_id == actor.organisation_id)
        .where(Meeting.series_id.in_(series_ids), *is_coming(now))
        .group_by(Meeting.series_id)
    )
    rows = await db.execute(query)
    return {id_: (first, count) for id_, first, count in rows if id_ and first is not None}


def is_coming(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Meetings that people can still be told of: published, and not begun."""
    return (Meeting.state == MeetingState.PUBLISHED, Meeting.starts_at > now)


async def dates_to_open(
    db: Db, actor: Actor, now: datetime, *, series_id: UUID | None = None
) -> Sequence[UUID]:
    """Held dates whose guests are to be told by now, the soonest first: see `scheduling.series.told_of`."""
    nth = func.row_number().over(partition_by=Meeting.series_id, order_by=Meeting.starts_at)
    opens = {weeks: now + weeks * WEEK for weeks in range(1, 53)}
    coming = (
        select(Meeting.id, Meeting.is_held, Meeting.starts_at, Series.weeks_ahead, nth.label("nth"))
        .join(Series, Meeting.series_id == Series.id)
        .where(Meeting.organisation_id == actor.organisation_id, *is_coming(now))
    )
    if series_id is not None:
        coming = coming.where(Meeting.series_id == series_id)
    each = coming.subquery()
    until = case(opens, value=each.c.weeks_ahead)
    is_due = or_(each.c.nth <= LEAST_TOLD, each.c.starts_at <= type_coerce(until, UtcDateTime()))
    query = select(each.c.id).where(each.c.is_held, is_due).order_by(each.c.starts_at, each.c.id)
    return (await db.scalars(query)).all()


async def series_to_make(db: Db, actor: Actor, until: date, *, limit: int) -> Sequence[Series]:
    """Running series whose dates are not made as far as this day, whole."""
    query = (
        visible_series(actor)
        .where(Series.state == SeriesState.RUNNING, Series.made_until < until)
        .where(or_(Series.ends_on.is_(None), Series.made_until < Series.ends_on))
        .options(*WHOLE_SERIES)
        .order_by(Series.id)
        .limit(limit)
    )
    return (await db.scalars(query)).unique().all()


async def claim_making(db: Db, series: Series, until: date) -> bool:
    """Take it on to make a series' dates up to a day; False if another process has, or it was edited."""
    claim = (
        update(Series)
        .where(Series.id == series.id, Series.state == SeriesState.RUNNING)
        .where(Series.version == series.version, Series.made_until == series.made_until)
        .values(made_until=until)
        .execution_options(synchronize_session=False)
    )
    if await changed_rows(db, claim) != 1:
        return False
    set_committed_value(series, "made_until", until)
    return True


async def series_over(db: Db, actor: Actor, before: date) -> Sequence[Series]:
    """Running series whose last day lies before this one."""
    query = visible_series(actor).where(Series.state == SeriesState.RUNNING)
    return (await db.scalars(query.where(Series.ends_on < before))).all()
