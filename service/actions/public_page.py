"""The public page: switching it on, and what of a meeting everybody may see.

Who comes and how many is never told, nor who runs it; a place is named only for kinds marked open,
because an address of a closed group is an address to wait at (field, point 13).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.meeting import MeetingState
from scheduling.time import Slot
from scheduling.ways import EASE, IN_PERSON_WAYS, Way
from service.actions.facts import outside_title
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation, organisation_by_id
from service.storage.places import Place

LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """Where an open meeting is, by one way of being there."""

    way: Way
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class PublicSession:
    """What everybody may see of a meeting. `version` grows with every change of it."""

    id: UUID
    title: str
    slot: Slot
    zone: str
    ways: tuple[Way, ...]
    places: tuple[PublicPlace, ...]
    is_cancelled: bool
    published_at: datetime
    version: int

    @property
    def is_in_person(self) -> bool:
        """Tell whether one can be there."""
        return not IN_PERSON_WAYS.isdisjoint(self.ways)

    @property
    def is_remote(self) -> bool:
        """Tell whether one can join from home."""
        return any(way.is_remote for way in self.ways)

    @property
    def hides_place(self) -> bool:
        """Tell whether the place is told only to who joins."""
        return self.is_in_person and not self.places


def public_session(meeting: Meeting) -> PublicSession:
    """Give what everybody may see of a meeting (loaded whole); raises Refused without a time."""
    if meeting.starts_at is None or meeting.ends_at is None:
        raise Refused("no-time", field="date")
    offered = {offer.way for offer in meeting.offers}
    return PublicSession(
        id=meeting.id,
        title=outside_title(meeting),
        slot=Slot(meeting.starts_at, meeting.ends_at),
        zone=meeting.zone,
        ways=tuple(way for way in EASE if way in offered),
        places=_places(meeting, offered) if meeting.is_open else (),
        is_cancelled=meeting.state is MeetingState.CANCELLED,
        published_at=meeting.published_at or meeting.created_at,
        version=meeting.version,
    )


def _places(meeting: Meeting, offered: set[Way]) -> tuple[PublicPlace, ...]:
    where: dict[Way, Place | None] = {
        Way.ROOM: meeting.place,
        Way.OUTDOORS: meeting.outdoor_place,
    }
    return tuple(
        PublicPlace(way, place.name, place.address)
        for way, place in where.items()
        if way in offered and place is not None
    )


async def change_public_page(
    db: Db, actor: Actor, *, is_public: bool, words: str, now: datetime
) -> Organisation:
    """Switch the public page on or off and keep its words; raises Invalid."""
    require(actor, Permission.SET_UP)
    if len(words) > LONGEST_WORDS:
        raise Invalid({"public_words": "too-long"})
    organisation = await organisation_by_id(db, actor.organisation_id)
    if (organisation.is_public, organisation.public_words) != (is_public, words):
        organisation.is_public, organisation.public_words = is_public, words
        await db.flush()
        record(db, actor, "organisation.public-page", organisation, now=now, is_public=is_public)
    return organisation
