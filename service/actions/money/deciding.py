"""Deciding about money: a coordinator agrees to a sum, or says no with kind words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accessibility.claims import Caps, ClaimState, PayBy, most_pence, payable_pence
from accessibility.requests import Party
from service.actions.money.steps import move_claim, settle_claim_tasks
from service.actions.money.tasks import raise_pay
from service.actions.money.telling import tell_of_claim
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.storage.base import Db
from service.storage.claiming import caps_here, claim_to_change
from service.storage.claims import Claim


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is paid, how, and what the person is told beside."""

    pence: int
    pay_by: PayBy
    words: str = ""


def limit_of(claim: Claim, caps: Caps) -> int | None:
    """Give the most that is paid for a claim; None: no limit."""
    return most_pence(
        claim.kind,
        caps,
        hours_tenths=claim.hours_tenths or 0,
        children=claim.children or 1,
    )


def proposed_pence(claim: Claim, caps: Caps) -> int:
    """Give the sum to agree to: what was asked for, as far as the organisation pays it."""
    return payable_pence(claim.asked_pence, limit_of(claim, caps))


async def agree_claim(
    db: Db, actor: Actor, claim_id: UUID, agreement: Agreement, *, now: datetime
) -> Claim:
    """Agree to a sum and see that it is paid in time; raises Invalid over the limit, or Refused.

    What was agreed to before is changed, until it is paid. The person is told.
    """
    require(actor, Permission.KEEP_CLAIMS)
    claim = await claim_to_change(db, actor, claim_id)
    most = limit_of(claim, await caps_here(db, actor))
    if agreement.pence <= 0:
        raise Invalid({"pence": "needed"})
    if most is not None and agreement.pence > most:
        raise Invalid({"pence": "over-the-cap"})
    await move_claim(
        db,
        actor,
        claim,
        ClaimState.AGREED,
        Party.COORDINATOR,
        now=now,
        agreed_pence=agreement.pence,
        pay_by=agreement.pay_by,
        reason=agreement.words,
        decided_at=now,
        decided_by=actor.person_id,
    )
    await settle_claim_tasks(db, claim)
    await raise_pay(db, claim, claim.meeting, now=now)
    await tell_of_claim(db, claim, now=now)
    return claim


async def refuse_claim(db: Db, actor: Actor, claim_id: UUID, words: str, *, now: datetime) -> Claim:
    """Say no, and why; the person is told. Raises Invalid without words, or Refused."""
    require(actor, Permission.KEEP_CLAIMS)
    if not words.strip():
        raise Invalid({"words": "needed"})
    claim = await claim_to_change(db, actor, claim_id)
    await move_claim(
        db,
        actor,
        claim,
        ClaimState.REFUSED,
        Party.COORDINATOR,
        now=now,
        reason=words,
        decided_at=now,
        decided_by=actor.person_id,
    )
    await settle_claim_tasks(db, claim)
    await tell_of_claim(db, claim, now=now)
    return claim
