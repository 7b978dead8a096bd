"""Taking a claim from one state to the next: once, written down, never what the table does not know."""

from datetime import datetime

from sqlalchemy import update

from accessibility.claims import ClaimState, IllegalClaimStep, take_step
from accessibility.requests import Party
from service.actor import Actor
from service.errors import Refused
from service.storage.audit import record
from service.storage.base import Db, changed_rows
from service.storage.claims import Claim
from service.storage.tasks import Task, overtake_tasks


async def move_claim(
    db: Db,
    actor: Actor,
    claim: Claim,
    to: ClaimState,
    by: Party,
    *,
    now: datetime,
    **changes: object,
) -> None:
    """Take one step, with what changes by it; raises Refused if somebody else was quicker."""
    before = claim.state
    try:
        take_step(before, to, by=by, pay_by=claim.pay_by)
    except IllegalClaimStep as error:
        raise Refused("claim-moved-on") from error
    moved = (
        update(Claim)
        .where(Claim.id == claim.id, Claim.state == before, Claim.pay_by == claim.pay_by)
        .values(state=to, **changes)
        .execution_options(synchronize_session=False)
    )
    if await changed_rows(db, moved) != 1:
        raise Refused("claim-moved-on")
    await db.refresh(claim, ["state", *changes])
    record(db, actor, "claim.moved", claim, now=now, before=before, after=to, by=by)


async def settle_claim_tasks(db: Db, claim: Claim) -> None:
    """Take the open tasks about a claim off the lists: it has moved on."""
    await overtake_tasks(db, Task.subject_id == claim.id)
