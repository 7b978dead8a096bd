"""Who is to be rung at a meeting, and whether somebody rings there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import contains_eager

from accessibility.contact import SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actor import Actor
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import Need
from service.storage.people import Person
from service.storage.planned import PhoneJoining

#: Somebody who asked to be rung, so that it costs them nothing; and who is rung through an operator.
CALL_OUT, RELAY = "DIG-CALLOUT", "CON-RELAY"


@dataclass(frozen=True, slots=True)
class RungRow:
    """Somebody to be rung, with the needs that change how."""

    invitation: Invitation
    needs: frozenset[str] = field(default=frozenset())


async def people_to_ring(db: Db, actor: Actor, meeting: Meeting) -> Sequence[RungRow]:
    """Who comes by phone and is to be rung, by name, with the person: all, or where people dial in those
    who asked for it."""
    counts = and_(
        Need.organisation_id == Invitation.organisation_id,
        Need.person_id == Invitation.person_id,
        Need.code.in_((CALL_OUT, RELAY, SAFE_CONTACT)),
        Need.ended_at.is_(None),
    )
    query = (
        select(Invitation, Need.code)
        .join(Invitation.person)
        .outerjoin(Need, counts)
        .where(Invitation.organisation_id == actor.organisation_id)
        .where(Invitation.meeting_id == meeting.id, Invitation.removed_at.is_(None))
        .where(Invitation.answer == Answer.YES, Invitation.way == Way.PHONE)
        .where(Person.left_at.is_(None))
        .options(contains_eager(Invitation.person))
        .order_by(Person.name_key, Invitation.id)
    )
    found: dict[UUID, tuple[Invitation, set[str]]] = {}
    for invitation, code in await db.execute(query):
        found.setdefault(invitation.id, (invitation, set()))[1].add(code or "")
    rung = [RungRow(invitation, frozenset(codes)) for invitation, codes in found.values()]
    if meeting.phone_joining is PhoneJoining.RING:
        return rung
    return [each for each in rung if CALL_OUT in each.needs]


async def rings_somebody(db: Db, actor: Actor, meeting_id: UUID) -> bool:
    """Tell whether the actor was chosen to ring somebody at a meeting of their organisation."""
    query = select(Invitation.id).where(
        Invitation.organisation_id == actor.organisation_id,
        Invitation.meeting_id == meeting_id,
        Invitation.ringer_id == actor.person_id,
        Invitation.removed_at.is_(None),
    )
    return actor.person_id is not None and await db.scalar(query.limit(1)) is not None
