"""Keeping places: where people can meet, and what is known about each, with the day it was checked."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling.meeting import Plan
from scheduling.notices import between
from service.actions.permissions import Permission, require
from service.actions.plans import guests_of, plan_of
from service.actions.telling import tell
from service.actor import Actor
from service.errors import Invalid
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitations_of
from service.storage.meetings import Meeting, coming_at
from service.storage.places import Place, PlaceFact, name_is_taken, place_by_id

#: After this long without a look, nobody should rely on a fact.
FRESH_FOR = timedelta(days=365)
LONGEST_NAME = 120
LONGEST_TEXT = 2000
MOST_PEOPLE = 10_000
MOST_FACTS = 30


@dataclass(frozen=True, slots=True)
class PlaceDetails:
    """What is kept of a place. A limit of None: that part is not offered, or has no limit."""

    name: str
    address: str = ""
    directions: str = ""
    room_limit: int | None = None
    outdoor_limit: int | None = None
    facts: tuple[PlaceFact, ...] = field(default=())

    def problems(self, today: date) -> dict[str, str]:
        """Give the code of what is wrong, by field; facts by their number, from 1."""
        found = {}
        if not self.name:
            found["name"] = "needed"
        for name, limit in (
            ("name", LONGEST_NAME),
            ("address", LONGEST_TEXT),
            ("directions", LONGEST_TEXT),
        ):
            if len(getattr(self, name)) > limit:
                found[name] = "too-long"
        for name in ("room_limit", "outdoor_limit"):
            people = getattr(self, name)
            if people is not None and not 1 <= people <= MOST_PEOPLE:
                found[name] = "too-small" if people < 1 else "too-big"
        return found | self._fact_problems(today)

    def _fact_problems(self, today: date) -> dict[str, str]:
        found = {}
        if len(self.facts) > MOST_FACTS:
            found["facts"] = "too-many-facts"
        for number, fact in enumerate(self.facts, 1):
            if not fact.word:
                found[f"word_{number}"] = "needed"
            elif len(fact.word) > LONGEST_NAME or len(fact.detail) > LONGEST_TEXT:
                found[f"word_{number}"] = "too-long"
            if fact.checked_on is not None and fact.checked_on > today:
                found[f"checked_{number}"] = "in-the-future"
        return found


def is_stale(fact: PlaceFact, today: date) -> bool:
    """Tell whether a fact was never checked, or not for over twelve months."""
    return fact.checked_on is None or today - fact.checked_on > FRESH_FOR


def details_of(place: Place) -> PlaceDetails:
    """Give what is kept of a place as a value."""
    return PlaceDetails(
        name=place.name,
        address=place.address,
        directions=place.directions,
        room_limit=place.room_limit,
        outdoor_limit=place.outdoor_limit,
        facts=tuple(place.facts),
    )


async def add_place(db: Db, actor: Actor, details: PlaceDetails, *, now: datetime) -> Place:
    """Add a place; raises Invalid."""
    require(actor, Permission.KEEP_PLACES)
    await _check(db, actor, details, but=None, now=now)
    place = Place(id=new_id(), organisation_id=actor.organisation_id)
    _fill(place, details)
    db.add(place)
    await db.flush()
    record(db, actor, "place.added", place, now=now)
    return place


async def change_place(
    db: Db, actor: Actor, place_id: UUID, details: PlaceDetails, *, now: datetime
) -> Place:
    """Change what is kept of a place; raises Invalid or NotFound.

    Guests of coming meetings are told if the name or the address they were given is another now.
    """
    require(actor, Permission.KEEP_PLACES)
    place = await place_by_id(db, actor, place_id)
    await _check(db, actor, details, but=place.id, now=now)
    if details_of(place) != details:
        meetings = await coming_at(db, actor, place.id, now)
        before = [plan_of(meeting) for meeting in meetings]
        _fill(place, details)
        await db.flush()
        record(db, actor, "place.changed", place, now=now)
        for meeting, plan in zip(meetings, before, strict=True):
            await _tell_guests(db, actor, meeting, plan, now=now)
    return place


async def _tell_guests(
    db: Db, actor: Actor, meeting: Meeting, before: Plan, *, now: datetime
) -> None:
    """Tell those who come in person that the name or address of the place is another."""
    invitations = await invitations_of(db, actor, meeting.id)
    guests = guests_of(invitations)
    notices = between(before, plan_of(meeting), before=guests, after=guests)
    await tell(db, meeting, invitations, notices, now=now)


async def close_place(
    db: Db, actor: Actor, place_id: UUID, *, is_closed: bool, now: datetime
) -> Place:
    """Close a place, so that no new meeting is planned there, or open it again; raises NotFound."""
    require(actor, Permission.KEEP_PLACES)
    place = await place_by_id(db, actor, place_id)
    if place.is_closed is not is_closed:
        place.is_closed = is_closed
        record(db, actor, "place.closed" if is_closed else "place.opened", place, now=now)
    return place


async def _check(
    db: Db, actor: Actor, details: PlaceDetails, *, but: UUID | None, now: datetime
) -> None:
    problems = details.problems(now.date())
    if await name_is_taken(db, actor, details.name, but=but):
        problems["name"] = "taken"
    if problems:
        raise Invalid(problems)


def _fill(place: Place, details: PlaceDetails) -> None:
    place.name, place.address, place.directions = details.name, details.address, details.directions
    place.room_limit, place.outdoor_limit = details.room_limit, details.outdoor_limit
    place.facts = list(details.facts)
