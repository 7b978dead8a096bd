"""One person as the desk sees them: who looks after them, and how they may be contacted safely."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from accessibility.contact import SAFE_CONTACT
from scheduling.meeting import MeetingState
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Db
from service.storage.invitations import Invitation, invitations_of_person
from service.storage.meetings import Meeting
from service.storage.needs import Need
from service.storage.people import Person


@dataclass(frozen=True, slots=True)
class Contact:
    """A person, the name of their coordinator ("" if none) and their safe-contact need, if they have one."""

    person: Person
    coordinator: str = ""
    safe: Need | None = None

    def is_hidden_from(self, actor: Actor) -> bool:
        """Say whether only the person's own coordinator may see how to reach them."""
        others = self.person.coordinator_id not in (None, actor.person_id)
        return self.safe is not None and others


async def contact_of(db: Db, actor: Actor, person_id: UUID) -> Contact:
    """Give one person of the organisation, also one who left, for the desk; raises NotFound."""
    coordinator = aliased(Person)
    query = (
        select(Person, coordinator.chosen_name, Need)
        .outerjoin(coordinator, Person.coordinator_id == coordinator.id)
        .outerjoin(
            Need,
            (Need.person_id == Person.id)
            & (Need.code == SAFE_CONTACT)
            & (Need.organisation_id == actor.organisation_id)
            & Need.ended_at.is_(None),
        )
        .where(Person.organisation_id == actor.organisation_id, Person.id == person_id)
        .where(Person.erased_at.is_(None))
    )
    row = (await db.execute(query.limit(1))).first()
    if row is None:
        raise NotFound
    return Contact(row[0], row[1] or "", row[2])


async def safe_contact_among(db: Db, actor: Actor, people: Sequence[UUID]) -> frozenset[UUID]:
    """Who of these people may only be contacted in the safe way they agreed."""
    query = select(Need.person_id).where(
        Need.organisation_id == actor.organisation_id,
        Need.person_id.in_(people),
        Need.code == SAFE_CONTACT,
        Need.ended_at.is_(None),
    )
    return frozenset((await db.scalars(query)).all())


async def coming_sessions_of(
    db: Db, actor: Actor, person_id: UUID, now: datetime
) -> Sequence[Invitation]:
    """What a person is invited to and is not over, earliest first, with the meeting's own columns only."""
    query = (
        invitations_of_person(actor, person_id)
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at >= now)
        .options(joinedload(Invitation.meeting))
    )
    return (await db.scalars(query.limit(30))).all()
