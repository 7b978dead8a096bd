"""When colleagues can help: told by themselves, or written down for them by a coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from scheduling.availability import Away, WeeklyTime
from scheduling.time import on_wall
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.people import Person
from service.storage.rota import Availability, times_told
from service.storage.staff import staff_member_by_id

#: More than this nobody means, and nobody could look through.
MOST_TIMES = 60


@dataclass(frozen=True, slots=True)
class Told:
    """One person of the staff and what they told of when they can."""

    person: Person
    rows: Sequence[Availability]


async def told_times(db: Db, actor: Actor, person_id: UUID) -> Told:
    """Give what somebody of the staff told: their own for everybody, others' for coordinators."""
    require(actor, _permission(actor, person_id))
    member = await staff_member_by_id(db, actor, person_id)
    return Told(member.person, await times_told(db, actor, person_id))


async def add_weekly(
    db: Db, actor: Actor, person_id: UUID, weekly: Sequence[WeeklyTime], *, now: datetime
) -> None:
    """Write down times of the week at which somebody can."""
    require(actor, _permission(actor, person_id))
    rows = [
        Availability(
            weekday=each.weekday, from_minute=each.from_minute, until_minute=each.until_minute
        )
        for each in weekly
    ]
    await _add(db, actor, person_id, rows, now=now)


async def add_away(
    db: Db, actor: Actor, person_id: UUID, away: Away, *, zone: str, now: datetime
) -> None:
    """Write down days on which somebody cannot; raises Invalid for days that are over."""
    require(actor, _permission(actor, person_id))
    if away.last_on < on_wall(now, zone).local.date():
        raise Invalid({"last_on": "days-are-over"})
    row = Availability(is_away=True, first_on=away.first_on, last_on=away.last_on)
    await _add(db, actor, person_id, [row], now=now)


async def remove_time(
    db: Db, actor: Actor, person_id: UUID, row_id: UUID | None, *, now: datetime
) -> None:
    """Take back one thing that somebody told; raises NotFound."""
    require(actor, _permission(actor, person_id))
    rows = await times_told(db, actor, person_id)
    row = next((each for each in rows if each.id == row_id), None)
    if row is None:
        raise NotFound
    await db.delete(row)
    record(db, actor, "availability.removed", row, now=now)


def days_away(first_on: date, last_on: date) -> Away:
    """Make days away of what was typed; raises Invalid if they end before they begin."""
    if last_on < first_on:
        raise Invalid({"last_on": "before-first-day"})
    return Away(first_on, last_on)


def _permission(actor: Actor, person_id: UUID) -> Permission:
    return Permission.SEE_ROTA if person_id == actor.person_id else Permission.KEEP_ROTA


async def _add(
    db: Db, actor: Actor, person_id: UUID, rows: Sequence[Availability], *, now: datetime
) -> None:
    told = await told_times(db, actor, person_id)
    if len(told.rows) + len(rows) > MOST_TIMES:
        raise Refused("too-many-times")
    for row in rows:
        row.id, row.organisation_id, row.person_id = new_id(), actor.organisation_id, person_id
        db.add(row)
        record(db, actor, "availability.added", row, now=now)
    await db.flush()
