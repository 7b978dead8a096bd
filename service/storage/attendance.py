"""Who took part, by which way: worked out from room events or noted by a facilitator, and kept."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Index,
    UniqueConstraint,
    delete,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from scheduling.ways import Way
from service.actor import Actor
from service.identifiers import new_id
from service.storage.base import Base, Db, OfOrganisation
from service.storage.counts import Counted, StillCounted


class AttendanceSource(StrEnum):
    """How we know: from the room's events, or because somebody noted it. What is noted goes before."""

    EVENTS = "events"
    NOTED = "noted"


class Attendance(OfOrganisation, Base):
    """That one invited person took part in a meeting by a way, or (`was_there` false) did not."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("meeting_id", "invitation_id"),
        Index(None, "organisation_id", "meeting_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    way: Mapped[Way]
    was_there: Mapped[bool]
    source: Mapped[AttendanceSource]
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    noted_at: Mapped[datetime]


class OthersThere(OfOrganisation, Base):
    """How many took part by a way whom nobody invited by name."""

    __tablename__ = "others_there"
    __table_args__ = (
        UniqueConstraint("meeting_id", "way"),
        CheckConstraint("people >= 0", name="people"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    way: Mapped[Way]
    people: Mapped[int]
    source: Mapped[AttendanceSource]


@dataclass(frozen=True, slots=True)
class CameBy:
    """That somebody took part by a way, or (`was_there` false) did not."""

    invitation_id: UUID
    way: Way
    was_there: bool = True


async def attendance_of(db: Db, meeting_id: UUID) -> Sequence[Attendance]:
    """What is known of who took part in a meeting the actor may see."""
    query = select(Attendance).where(Attendance.meeting_id == meeting_id)
    return (await db.scalars(query.order_by(Attendance.invitation_id))).all()


async def others_of(db: Db, meeting_id: UUID) -> Sequence[OthersThere]:
    """How many others took part in a meeting the actor may see, by way."""
    query = select(OthersThere).where(OthersThere.meeting_id == meeting_id)
    return (await db.scalars(query.order_by(OthersThere.way))).all()


async def put_down(
    db: Db, actor: Actor, meeting_id: UUID, people: Iterable[CameBy], *, now: datetime
) -> int:
    """Write down who took part, as somebody noted it or, for the system, as events tell; count what changed.

    What events tell never goes over what was noted.
    """
    source = _source(actor)
    rows = [
        {
            "id": new_id(),
            "organisation_id": actor.organisation_id,
            "meeting_id": meeting_id,
            "invitation_id": each.invitation_id,
            "way": each.way,
            "was_there": each.was_there,
            "source": source,
            "noted_by": actor.person_id,
            "noted_at": now,
        }
        for each in sorted(people, key=lambda each: each.invitation_id)
    ]
    return await _put(db, Attendance, rows, ("meeting_id", "invitation_id"))


async def put_down_others(db: Db, actor: Actor, meeting_id: UUID, others: Mapping[Way, int]) -> int:
    """Write down how many others took part by each way; as `put_down`."""
    rows = [
        {
            "id": new_id(),
            "organisation_id": actor.organisation_id,
            "meeting_id": meeting_id,
            "way": way,
            "people": others[way],
            "source": _source(actor),
        }
        for way in sorted(others)
    ]
    return await _put(db, OthersThere, rows, ("meeting_id", "way"))


async def confirm_others(db: Db, actor: Actor, meeting_id: UUID, others: Mapping[Way, int]) -> None:
    """Note that these numbers were looked at; one that somebody else has just changed stays as it is."""
    insert = _insert_of(db)
    for way in sorted(others):
        put = insert(OthersThere).values(
            id=new_id(),
            organisation_id=actor.organisation_id,
            meeting_id=meeting_id,
            way=way,
            people=others[way],
            source=AttendanceSource.NOTED,
        )
        noted = {"source": AttendanceSource.NOTED}
        await db.execute(
            put.on_conflict_do_update(index_elements=("meeting_id", "way"), set_=noted)
        )


async def drop_unnoted(db: Db, meeting_id: UUID, *, but: Collection[UUID]) -> int:
    """Forget of whom events told once that they were there, and do not any more; count them."""
    gone = (
        delete(Attendance)
        .where(
            Attendance.meeting_id == meeting_id,
            Attendance.source == AttendanceSource.EVENTS,
            Attendance.invitation_id.not_in(but),
        )
        .returning(Attendance.id)
    )
    return len((await db.scalars(gone)).all())


async def counts_of(db: Db, meeting_id: UUID) -> Counter[Way]:
    """Count who took part in a meeting by each way, others included; one query."""
    people = (
        select(Attendance.way, func.count())
        .where(Attendance.meeting_id == meeting_id, Attendance.was_there)
        .group_by(Attendance.way)
    )
    others = select(OthersThere.way, OthersThere.people).where(OthersThere.meeting_id == meeting_id)
    left = select(StillCounted.word, StillCounted.people).where(
        StillCounted.meeting_id == meeting_id, StillCounted.what == Counted.CAME
    )
    every: CompoundSelect[str, int] = union_all(people, others, left)
    counts: Counter[Way] = Counter()
    for way, count in await db.execute(every):
        counts[Way(way)] += count
    return +counts


def is_noted(meeting_id: ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Say of a meeting that somebody noted who came to it."""
    noted = AttendanceSource.NOTED
    return or_(
        exists().where(Attendance.meeting_id == meeting_id, Attendance.source == noted),
        exists().where(OthersThere.meeting_id == meeting_id, OthersThere.source == noted),
    )


def _source(actor: Actor) -> AttendanceSource:
    return AttendanceSource.EVENTS if actor.person_id is None else AttendanceSource.NOTED


async def _put(
    db: Db,
    table: type[Attendance | OthersThere],
    rows: Sequence[Mapping[str, object]],
    key: tuple[str, ...],
) -> int:
    """Add rows, or change those that are there and say something else, in one statement each."""
    insert = _insert_of(db)
    changed = 0
    for row in rows:
        put = insert(table).values(row)
        told = {
            name: put.excluded[name]
            for name in row
            if name not in (*key, "id", "organisation_id", "noted_by", "noted_at")
        }
        differs = or_(*(getattr(table, name).is_distinct_from(told[name]) for name in told))
        if row["source"] is AttendanceSource.EVENTS:
            differs &= table.source == AttendanceSource.EVENTS
        by_whom = {name: put.excluded[name] for name in ("noted_by", "noted_at") if name in row}
        put = put.on_conflict_do_update(index_elements=key, set_=told | by_whom, where=differs)
        changed += len((await db.scalars(put.returning(table.id))).all())
    return changed


def _insert_of(db: Db) -> Callable[..., postgresql.Insert | sqlite.Insert]:
    """Give the INSERT of this database that knows what to do about rows that are there."""
    return postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
