"""Money set aside for access: how much, for which days, and what of it is spoken for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select, union_all

from accessibility.bookings import ArrangementState
from accessibility.claims import ClaimKind, ClaimState
from accessibility.requests import RequestState
from scheduling.recurrence import instant_of
from scheduling.time import WallTime
from service.actor import Actor
from service.errors import NotFound
from service.storage.arrangements import Arrangement
from service.storage.base import Db
from service.storage.claims import Claim
from service.storage.counts import Counted, StillCounted
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.own_terms import AccessBudget

#: Claims that were agreed to: this money is spoken for.
AGREED: Final = (ClaimState.AGREED, ClaimState.PAID)
#: Requests that cost nothing unless somebody wrote down that they did.
GIVEN_UP: Final = (RequestState.WITHDRAWN, RequestState.CANNOT_MEET)
#: The term that a claim without a request counts for.
OTHER: Final = "OTH-OTHER"
CODE_OF: Final[Mapping[ClaimKind, str]] = {
    ClaimKind.TRAVEL: "MON-TRAVEL",
    ClaimKind.CHILDCARE: "MON-CHILDCARE",
    ClaimKind.CARE: "CAR-REPLACE",
}


async def budgets_of(db: Db, actor: Actor) -> Sequence[AccessBudget]:
    """All budgets, the latest first."""
    query = select(AccessBudget).where(AccessBudget.organisation_id == actor.organisation_id)
    return (await db.scalars(query.order_by(AccessBudget.starts_on.desc()))).all()


async def budget_by_id(db: Db, actor: Actor, budget_id: UUID) -> AccessBudget:
    """Give one budget; raises NotFound."""
    query = select(AccessBudget).where(
        AccessBudget.organisation_id == actor.organisation_id, AccessBudget.id == budget_id
    )
    found = await db.scalar(query)
    if found is None:
        raise NotFound
    return found


async def budget_on(db: Db, actor: Actor, day: date) -> AccessBudget | None:
    """Give the budget for a day; None if none is set."""
    query = select(AccessBudget).where(
        AccessBudget.organisation_id == actor.organisation_id,
        AccessBudget.starts_on <= day,
        AccessBudget.ends_on >= day,
    )
    return await db.scalar(query.order_by(AccessBudget.starts_on.desc()).limit(1))


async def overlapping_budget(
    db: Db, actor: Actor, starts_on: date, ends_on: date, *, but: UUID | None
) -> AccessBudget | None:
    """Give another budget that counts for one of these days as well."""
    query = select(AccessBudget).where(
        AccessBudget.organisation_id == actor.organisation_id,
        AccessBudget.starts_on <= ends_on,
        AccessBudget.ends_on >= starts_on,
    )
    if but is not None:
        query = query.where(AccessBudget.id != but)
    return await db.scalar(query.limit(1))


async def spoken_for(db: Db, actor: Actor, days: tuple[date, date], zone: str) -> Mapping[str, int]:
    """Add up, by term, what is spent or spoken for at meetings from one day to another; one query.

    What was called off counts with what that cost. A request that has an arrangement counts as that, and
    one that money was agreed for counts as the claim.
    """
    parts = (_arranged(actor), _by_themselves(actor), _claimed(actor), _left(actor))
    every = union_all(*(part.where(*_of_days(days, zone)) for part in parts)).subquery()
    query = select(every.c.code, func.sum(every.c.pence)).group_by(every.c.code)
    return {row[0]: int(row[1]) for row in await db.execute(query)}


async def cost_alone(db: Db, requests: Collection[UUID]) -> Mapping[UUID, int]:
    """Say what each of these requests costs that no arrangement and no claim counts, in pence."""
    query = select(AccessRequest.id, _alone()).where(AccessRequest.id.in_(requests), *_is_alone())
    return {row[0]: int(row[1]) for row in await db.execute(query)}


async def asked_in(
    db: Db, actor: Actor, days: tuple[date, date], zone: str
) -> Sequence[tuple[str, UUID, int]]:
    """Who asked for what at meetings from one day to another: the term, the person, and how often."""
    query = (
        select(AccessRequest.code, AccessRequest.person_id, func.count())
        .join(Meeting, AccessRequest.meeting_id == Meeting.id)
        .where(AccessRequest.organisation_id == actor.organisation_id)
        .where(AccessRequest.state != RequestState.DRAFT, *_of_days(days, zone))
        .group_by(AccessRequest.code, AccessRequest.person_id)
    )
    return [(row[0], row[1], row[2]) for row in await db.execute(query)]


def _of_days(days: tuple[date, date], zone: str) -> tuple[ColumnElement[bool], ...]:
    first, last = days
    return (
        Meeting.starts_at >= _midnight(first, zone),
        Meeting.starts_at < _midnight(last + timedelta(days=1), zone),
    )


def _midnight(day: date, zone: str) -> datetime:
    return instant_of(WallTime(datetime.combine(day, time.min), zone))


def _arranged(actor: Actor) -> Select[str, int]:
    """Select what is planned, booked or done; of what was called off only what that cost."""
    expected = case(
        (Arrangement.state == ArrangementState.CALLED_OFF, 0), else_=_estimate(Arrangement)
    )
    return (
        select(
            Arrangement.code.label("code"),
            func.coalesce(Arrangement.actual_pence, expected).label("pence"),
        )
        .join(Meeting, Arrangement.meeting_id == Meeting.id)
        .where(Arrangement.organisation_id == actor.organisation_id)
    )


def _by_themselves(actor: Actor) -> Select[str, int]:
    """Select requests without an arrangement or a claim; of those given up only what they did cost."""
    return (
        select(AccessRequest.code, _alone())
        .join(Meeting, AccessRequest.meeting_id == Meeting.id)
        .where(AccessRequest.organisation_id == actor.organisation_id)
        .where(*_is_alone())
    )


def _alone() -> ColumnElement[int]:
    expected = case((AccessRequest.state.in_(GIVEN_UP), 0), else_=_estimate(AccessRequest))
    return func.coalesce(AccessRequest.actual_pence, expected)


def _is_alone() -> tuple[ColumnElement[bool], ...]:
    claimed = exists().where(Claim.request_id == AccessRequest.id, Claim.state.in_(AGREED))
    return AccessRequest.arrangement_id.is_(None), ~claimed


def _left(actor: Actor) -> Select[str, int]:
    """Select what requests cost that are only numbers by now; for what it was is not known any more."""
    return (
        select(literal(OTHER), StillCounted.pence)
        .join(Meeting, StillCounted.meeting_id == Meeting.id)
        .where(StillCounted.organisation_id == actor.organisation_id)
        .where(StillCounted.what == Counted.ASKED)
    )


def _claimed(actor: Actor) -> Select[str, int]:
    """Select money that was agreed to; what it was for is said by its request, or else by its kind."""
    by_kind = case(*((Claim.kind == kind, code) for kind, code in CODE_OF.items()), else_=OTHER)
    return (
        select(func.coalesce(AccessRequest.code, by_kind), func.coalesce(Claim.agreed_pence, 0))
        .join(Meeting, Claim.meeting_id == Meeting.id)
        .outerjoin(AccessRequest, Claim.request_id == AccessRequest.id)
        .where(Claim.organisation_id == actor.organisation_id, Claim.state.in_(AGREED))
    )


def _estimate(table: type[Arrangement | AccessRequest]) -> ColumnElement[int]:
    return func.coalesce(table.estimate_pence, 0)
