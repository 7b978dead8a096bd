"""Queries round money that people ask for: one claim, those of a person, what waits, what is handed out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import defer, joinedload

from accessibility.claims import Caps, ClaimState, PayBy, caps_of
from scheduling.answers import Answer
from service.actor import Actor, Door
from service.errors import NotFound
from service.storage.base import Db
from service.storage.claims import Claim, Receipt
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.organisations import organisation_by_id
from service.storage.people import Person

#: What a coordinator's list shows first: what waits for them.
OPEN_CLAIMS = (ClaimState.ASKED, ClaimState.AGREED)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim with how its person answers the session now, and how many receipts came with it."""

    claim: Claim
    answer: Answer | None
    receipts: int = 0

    @property
    def is_coming(self) -> bool:
        """Say whether the person still means to take part, as far as we know."""
        return self.answer is Answer.YES


async def caps_here(db: Db, actor: Actor) -> Caps:
    """Give what the actor's organisation pays at most."""
    return caps_of((await organisation_by_id(db, actor.organisation_id)).access_settings)


def visible_claims(actor: Actor) -> Select[Claim]:
    """Select claims: a guest's own, or all of the organisation (who may ask is the permission's matter)."""
    query = select(Claim).where(Claim.organisation_id == actor.organisation_id)
    return query.where(Claim.person_id == actor.person_id) if actor.door is Door.GUEST else query


async def claim_by_id(db: Db, actor: Actor, claim_id: UUID) -> Claim:
    """Give one claim with its person and meeting; raises NotFound."""
    query = visible_claims(actor).where(Claim.id == claim_id)
    whole = joinedload(Claim.person), joinedload(Claim.meeting)
    claim = await db.scalar(query.options(*whole))
    if claim is None:
        raise NotFound
    return claim


async def claim_to_change(
    db: Db, actor: Actor, claim_id: UUID, *, person_id: UUID | None = None
) -> Claim:
    """Give one claim, whole, that nobody else moves before this transaction ends; raises NotFound.

    With `person_id` it must be that person's.
    """
    mine = visible_claims(actor).where(Claim.id == claim_id)
    if person_id is not None:
        mine = mine.where(Claim.person_id == person_id)
    if await db.scalar(mine.with_only_columns(Claim.id).with_for_update()) is None:
        raise NotFound
    claim = await claim_by_id(db, actor, claim_id)
    # Its own columns only: what a page has loaded of its meeting stays.
    await db.refresh(claim, [column.key for column in Claim.__table__.columns])
    return claim


async def claims_for(
    db: Db, actor: Actor, person_id: UUID, meeting_id: UUID
) -> Sequence[tuple[Claim, int]]:
    """What one person asked for so that they can take part in one meeting, with its number of receipts."""
    theirs = visible_claims(actor).where(
        Claim.person_id == person_id, Claim.meeting_id == meeting_id
    )
    counted = theirs.add_columns(_receipts()).order_by(Claim.created_at, Claim.id)
    return [(row[0], row[1]) for row in await db.execute(counted)]


async def claims_in(
    db: Db,
    actor: Actor,
    states: Collection[ClaimState],
    *,
    meeting_id: UUID | None = None,
    limit: int = 200,
) -> Sequence[ClaimLine]:
    """Claims of the organisation in these states, soonest meeting first, with person and meeting."""
    query = (
        visible_claims(actor)
        .join(Meeting, Meeting.id == Claim.meeting_id)
        .outerjoin(Invitation, _its_invitation())
        .where(Claim.state.in_(states))
        .options(joinedload(Claim.person), joinedload(Claim.meeting))
        .add_columns(Invitation.answer, Invitation.removed_at, _receipts())
        .order_by(Meeting.starts_at, Claim.created_at, Claim.id)
    )
    if meeting_id is not None:
        query = query.where(Claim.meeting_id == meeting_id)
    rows = await db.execute(query.limit(limit))
    return [ClaimLine(row[0], None if row[2] else row[1], row[3]) for row in rows]


async def paid_claims(
    db: Db, actor: Actor, *, meeting_id: UUID | None = None, limit: int = 40
) -> Sequence[Claim]:
    """What was paid last, newest first, with person and meeting."""
    query = visible_claims(actor).where(Claim.state == ClaimState.PAID)
    if meeting_id is not None:
        query = query.where(Claim.meeting_id == meeting_id)
    query = query.options(joinedload(Claim.person), joinedload(Claim.meeting))
    return (await db.scalars(query.order_by(Claim.paid_at.desc(), Claim.id).limit(limit))).all()


async def cash_claims(db: Db, actor: Actor, meeting_id: UUID) -> Sequence[Claim]:
    """What is handed out at the door of one meeting, or was, by name; not to who does not come any more."""
    query = (
        select(Claim)
        .join(Person, Person.id == Claim.person_id)
        .join(Invitation, _its_invitation())
        .where(Claim.organisation_id == actor.organisation_id, Claim.meeting_id == meeting_id)
        .where(Claim.pay_by == PayBy.CASH_AT_THE_DOOR)
        .where(Claim.state.in_((ClaimState.AGREED, ClaimState.PAID)))
        .where(Invitation.removed_at.is_(None), Invitation.answer != Answer.NO)
        .options(joinedload(Claim.person))
        .order_by(Person.name_key, Claim.created_at, Claim.id)
    )
    return (await db.scalars(query)).all()


async def unpaid_after(db: Db, actor: Actor, now: datetime) -> Sequence[Claim]:
    """Cash that was agreed for meetings that are over and was not handed out, with the meeting."""
    query = (
        select(Claim)
        .join(Meeting, Meeting.id == Claim.meeting_id)
        .where(Claim.organisation_id == actor.organisation_id)
        .where(Claim.state == ClaimState.AGREED, Claim.pay_by == PayBy.CASH_AT_THE_DOOR)
        .where(Meeting.ends_at <= now)
        .options(joinedload(Claim.meeting))
        .order_by(Claim.id)
    )
    return (await db.scalars(query)).all()


async def receipts_of(db: Db, actor: Actor, claim_id: UUID) -> Sequence[Receipt]:
    """The receipts that came with a claim, oldest first; what is in them stays sealed, and unread."""
    query = select(Receipt).where(
        Receipt.organisation_id == actor.organisation_id, Receipt.claim_id == claim_id
    )
    query = query.options(defer(Receipt.sealed, raiseload=True))
    return (await db.scalars(query.order_by(Receipt.created_at, Receipt.id))).all()


async def receipt_by_id(db: Db, actor: Actor, claim_id: UUID, receipt_id: UUID) -> Receipt:
    """Give one receipt of a claim, with what is in it; raises NotFound."""
    query = select(Receipt).where(
        Receipt.organisation_id == actor.organisation_id,
        Receipt.claim_id == claim_id,
        Receipt.id == receipt_id,
    )
    receipt = await db.scalar(query)
    if receipt is None:
        raise NotFound
    return receipt


def _its_invitation() -> ColumnElement[bool]:
    return (Invitation.meeting_id == Claim.meeting_id) & (Invitation.person_id == Claim.person_id)


def _receipts() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Receipt)
        .where(Receipt.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )
