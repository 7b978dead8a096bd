"""Queries round kit: one thing, all of it with who has it, what is due back, what is booked for sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload

from accessibility.bookings import ArrangementState
from accessibility.kit import GIVEN_FOR_GOOD, KitState, Lent, state_of
from accessibility.requests import OPEN_STATES
from scheduling.meeting import MeetingState
from scheduling.time import on_wall
from service.actor import Actor
from service.errors import NotFound
from service.storage.arrangements import Arrangement
from service.storage.base import Db
from service.storage.kit import KitItem, Loan
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.organisations import organisation_by_id

#: The need that asks for a phone, a tablet or data.
KIT_NEEDED = "DIG-KIT"


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing, and the last time it was lent (None: never), with who has it or had it."""

    item: KitItem
    last: Loan | None = None

    def state(self, today: date) -> KitState:
        """Say where it is."""
        last = self.last
        lent = None
        if last is not None:
            is_wiped = last.wiped_at is not None
            lent = Lent(last.due_on, is_back=last.returned_at is not None, is_wiped=is_wiped)
        return state_of(self.item.kind, lent, today, is_retired=self.item.is_retired)


async def today_here(db: Db, actor: Actor, now: datetime) -> date:
    """Give the day it is at the actor's organisation."""
    organisation = await organisation_by_id(db, actor.organisation_id)
    return on_wall(now, organisation.zone).local.date()


async def things_of(db: Db, actor: Actor) -> Sequence[Thing]:
    """All that the organisation owns or gave away, by name, each with its last loan."""
    query = _things(actor).order_by(func.lower(KitItem.name), KitItem.id)
    return [Thing(item, loan) for item, loan in await db.execute(query)]


async def thing_by_id(db: Db, actor: Actor, kit_id: UUID) -> Thing:
    """Give one thing with its last loan; raises NotFound."""
    row = (await db.execute(_things(actor).where(KitItem.id == kit_id))).first()
    if row is None:
        raise NotFound
    return Thing(row[0], row[1])


async def thing_to_change(db: Db, actor: Actor, kit_id: UUID) -> Thing:
    """Give one thing that nobody else lends or takes back before this transaction ends; raises NotFound."""
    mine = select(KitItem.id).where(
        KitItem.organisation_id == actor.organisation_id, KitItem.id == kit_id
    )
    await db.execute(mine.with_for_update())
    return await thing_by_id(db, actor, kit_id)


async def name_is_taken(db: Db, actor: Actor, name: str, *, but: UUID | None = None) -> bool:
    """Tell whether another thing has this name."""
    query = select(KitItem.id).where(
        KitItem.organisation_id == actor.organisation_id,
        func.lower(KitItem.name) == name.lower(),
    )
    if but is not None:
        query = query.where(KitItem.id != but)
    return await db.scalar(query.limit(1)) is not None


async def loans_of(db: Db, actor: Actor, kit_id: UUID, *, limit: int = 20) -> Sequence[Loan]:
    """Who had a thing, newest first, with the person."""
    query = select(Loan).where(Loan.organisation_id == actor.organisation_id, Loan.kit_id == kit_id)
    query = query.options(joinedload(Loan.person)).order_by(Loan.lent_at.desc(), Loan.id.desc())
    return (await db.scalars(query.limit(limit))).all()


async def late_loans(db: Db, actor: Actor, today: date) -> Sequence[Loan]:
    """What was due back before today and is not, with the thing and the person."""
    query = (
        select(Loan)
        .join(KitItem, KitItem.id == Loan.kit_id)
        .where(Loan.organisation_id == actor.organisation_id, Loan.returned_at.is_(None))
        .where(Loan.due_on < today, KitItem.kind.not_in(GIVEN_FOR_GOOD))
        .options(joinedload(Loan.kit), joinedload(Loan.person))
        .order_by(Loan.id)
    )
    return (await db.scalars(query)).all()


async def booked_for(
    db: Db, actor: Actor, kit_id: UUID, now: datetime
) -> Sequence[tuple[Meeting, Arrangement]]:
    """The sessions to come that a thing is booked for, soonest first."""
    query = (
        select(Meeting, Arrangement)
        .join(Arrangement, Arrangement.meeting_id == Meeting.id)
        .where(Arrangement.organisation_id == actor.organisation_id, Arrangement.kit_id == kit_id)
        .where(Arrangement.state != ArrangementState.CALLED_OFF)
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at > now)
        .order_by(Meeting.starts_at)
    )
    return [(row[0], row[1]) for row in await db.execute(query)]


async def asking_for_kit(
    db: Db, actor: Actor, now: datetime, *, person_id: UUID | None = None
) -> Sequence[AccessRequest]:
    """Open requests for a phone, a tablet or data, soonest session first, with the person."""
    query = (
        select(AccessRequest)
        .join(Meeting, Meeting.id == AccessRequest.meeting_id)
        .where(AccessRequest.organisation_id == actor.organisation_id)
        .where(AccessRequest.code == KIT_NEEDED, AccessRequest.state.in_(OPEN_STATES))
        .where(Meeting.ends_at > now)
        .options(joinedload(AccessRequest.person))
        .order_by(Meeting.starts_at, AccessRequest.id)
    )
    if person_id is not None:
        query = query.where(AccessRequest.person_id == person_id)
    return (await db.scalars(query)).all()


def _things(actor: Actor) -> Select[KitItem, Loan]:
    """Select everything with its last loan: the one that is not over, or else the newest."""
    earlier = aliased(Loan)
    last = (
        select(earlier.id)
        .where(earlier.kit_id == KitItem.id)
        .order_by(earlier.returned_at.is_(None).desc(), earlier.lent_at.desc(), earlier.id.desc())
        .limit(1)
        .correlate(KitItem)
        .scalar_subquery()
    )
    return (
        select(KitItem, Loan)
        .outerjoin(Loan, Loan.id == last)
        .where(KitItem.organisation_id == actor.organisation_id)
        .options(joinedload(Loan.person))
        .execution_options(populate_existing=True)
    )
