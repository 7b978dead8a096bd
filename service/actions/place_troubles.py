"""Something is wrong at a place for some days: written down once, and looked at for every session there."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from scheduling.time import day_words, on_wall
from scheduling.ways import Way
from service.actions.permissions import Permission, require
from service.actions.raising import about_meeting
from service.actor import Actor
from service.errors import Invalid
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting, coming_at
from service.storage.places import Place, place_by_id
from service.storage.special_dates import PlaceTrouble, trouble_by_id
from service.storage.tasks import Task, TaskKind, overtake_tasks

LONGEST_WORDS = 120


@dataclass(frozen=True, slots=True)
class TroubleDetails:
    """What is wrong from a first to a last day; `fact` is empty if the place cannot be used at all."""

    fact: str
    why: str
    first_on: date
    last_on: date

    def problems(self, today: date) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {
            name: "too-long" for name in ("fact", "why") if len(getattr(self, name)) > LONGEST_WORDS
        }
        if self.last_on < self.first_on:
            found["last_on"] = "ends-before"
        elif self.last_on < today:
            found["last_on"] = "in-the-past"
        return found


async def report_trouble(
    db: Db, actor: Actor, place_id: UUID, details: TroubleDetails, *, now: datetime
) -> PlaceTrouble:
    """Write down that something is wrong at a place; raises Invalid or NotFound.

    A coordinator is asked to look at every published session there in these days.
    """
    require(actor, Permission.KEEP_PLACES)
    place = await place_by_id(db, actor, place_id)
    if problems := details.problems(now.date()):
        raise Invalid(problems)
    trouble = PlaceTrouble(
        id=new_id(),
        organisation_id=actor.organisation_id,
        place_id=place.id,
        fact=details.fact,
        why=details.why,
        first_on=details.first_on,
        last_on=details.last_on,
    )
    db.add(trouble)
    for meeting in await coming_at(db, actor, place.id, now):
        if is_hit(meeting, trouble):
            db.add(_task(meeting, place, trouble, now))
    record(db, actor, "place.trouble", trouble, now=now, place_id=place.id)
    await db.flush()
    return trouble


async def end_trouble(db: Db, actor: Actor, trouble_id: UUID, *, now: datetime) -> UUID:
    """Take a trouble away, with the tasks nobody has done yet; gives the place. Raises NotFound."""
    require(actor, Permission.KEEP_PLACES)
    trouble = await trouble_by_id(db, actor, trouble_id)
    await overtake_tasks(
        db,
        Task.organisation_id == actor.organisation_id,
        Task.kind == TaskKind.LOOK_AT_DATE,
        Task.subject_id == trouble.id,
    )
    record(db, actor, "place.trouble-over", trouble, now=now, place_id=trouble.place_id)
    await db.delete(trouble)
    return trouble.place_id


def is_hit(meeting: Meeting, trouble: PlaceTrouble) -> bool:
    """Tell whether a meeting (its offers loaded) uses the place on one of these days."""
    offered = {offer.way for offer in meeting.offers}
    uses = (
        meeting.place_id if Way.ROOM in offered else None,
        meeting.outdoor_place_id if Way.OUTDOORS in offered else None,
    )
    if trouble.place_id not in uses or meeting.starts_at is None:
        return False
    day = on_wall(meeting.starts_at, meeting.zone).local.date()
    return trouble.first_on <= day <= trouble.last_on


def _task(meeting: Meeting, place: Place, trouble: PlaceTrouble, now: datetime) -> Task:
    span = f"{day_words(trouble.first_on)} to {day_words(trouble.last_on)}"
    words = f"{place.name}, {span}: {trouble.fact or 'closed'}"
    task = Task(
        kind=TaskKind.LOOK_AT_DATE,
        once=f"{TaskKind.LOOK_AT_DATE}|{trouble.id}|{meeting.id}",
        subject_id=trouble.id,
        words=f"{words}. {trouble.why}" if trouble.why else words,
    )
    return about_meeting(task, meeting, now=now)
