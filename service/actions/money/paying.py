"""Paying: what was agreed to is paid by a coordinator, or handed out at the door from the cash list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accessibility.claims import ClaimState, PayBy
from accessibility.disclosure import Extent, Field, Reader, what
from accessibility.requests import Party
from scheduling.meeting import MeetingState
from scheduling.time import Slot
from service.actions.money.steps import move_claim, settle_claim_tasks
from service.actions.money.tasks import CASH, NOT_HANDED_OUT, raise_pay
from service.actions.permissions import Permission, may, require
from service.actions.raising import about_meeting
from service.actions.seeing import is_their_own
from service.actor import Actor
from service.errors import NotAllowed, NotFound
from service.storage.adding import add_unless_there
from service.storage.audit import record
from service.storage.base import Db
from service.storage.claiming import cash_claims, claim_to_change, unpaid_after
from service.storage.claims import Claim
from service.storage.meetings import Meeting, meeting_row
from service.storage.tasks import Task, TaskKind, overtake_tasks


@dataclass(frozen=True, slots=True)
class CashList:
    """The envelopes for one door: to whom, how much, and whether they have it."""

    meeting: Meeting
    claims: tuple[Claim, ...]

    @property
    def total_pence(self) -> int:
        """Add up what must be fetched: all of it, handed out or not."""
        return sum(claim.agreed_pence or 0 for claim in self.claims)


def may_see_cash(actor: Actor, meeting: Meeting, now: datetime) -> bool:
    """Say whether the actor sees who is given cash at this door: coordinators, and hosts near the day."""
    if meeting.state is not MeetingState.PUBLISHED or not may(actor, Permission.SEE_CASH_LIST):
        return False
    if may(actor, Permission.KEEP_CLAIMS):
        return True
    if not is_their_own(actor, meeting) or not (meeting.starts_at and meeting.ends_at):
        return False
    slot = Slot(meeting.starts_at, meeting.ends_at)
    return what(Reader.FACILITATOR, Field.CASH_LIST, now=now, slot=slot) is Extent.FULL


async def cash_list(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> CashList:
    """Give the cash list of a meeting; raises NotFound, or NotAllowed where it is not time for it."""
    require(actor, Permission.SEE_CASH_LIST)
    meeting = await meeting_row(db, actor, meeting_id)
    if not may_see_cash(actor, meeting, now):
        raise NotAllowed
    return CashList(meeting, tuple(await cash_claims(db, actor, meeting_id)))


async def hand_out(
    db: Db, actor: Actor, meeting_id: UUID, claim_id: UUID, *, now: datetime
) -> Claim:
    """Tick that somebody has their envelope; raises NotFound for what is not on the list, or Refused."""
    require(actor, Permission.SEE_CASH_LIST)
    listed = await cash_list(db, actor, meeting_id, now=now)
    if claim_id not in {claim.id for claim in listed.claims}:
        raise NotFound
    by = Party.COORDINATOR if may(actor, Permission.KEEP_CLAIMS) else Party.FACILITATOR
    return await _pay(db, actor, claim_id, by, now=now)


async def pay_claim(db: Db, actor: Actor, claim_id: UUID, *, now: datetime) -> Claim:
    """Write down that a claim is paid; raises Refused if it is not one that was agreed to."""
    require(actor, Permission.KEEP_CLAIMS)
    return await _pay(db, actor, claim_id, Party.COORDINATOR, now=now)


async def not_paid(db: Db, actor: Actor, claim_id: UUID, *, now: datetime) -> Claim:
    """Take back that a claim is paid: it was the wrong one."""
    require(actor, Permission.KEEP_CLAIMS)
    claim = await claim_to_change(db, actor, claim_id)
    await move_claim(
        db,
        actor,
        claim,
        ClaimState.AGREED,
        Party.COORDINATOR,
        now=now,
        paid_at=None,
        paid_by=None,
    )
    await raise_pay(db, claim, claim.meeting, now=now)
    return claim


async def chase_cash(db: Db, actor: Actor, *, now: datetime) -> int:
    """Ask about cash that nobody ticked as handed out once a meeting is over; for the worker. Counts tasks."""
    rows = []
    for claim in await unpaid_after(db, actor, now):
        task = about_meeting(Task(kind=TaskKind.PAY), claim.meeting, now=now)
        rows.append(
            {
                "organisation_id": claim.organisation_id,
                "kind": TaskKind.PAY,
                "about": NOT_HANDED_OUT,
                "once": f"{NOT_HANDED_OUT}|{claim.id}|{claim.decided_at:%Y%m%d%H%M%S}",
                "person_id": claim.person_id,
                "meeting_id": claim.meeting_id,
                "subject_id": claim.id,
                "due_at": task.due_at,
                "created_at": now,
            }
        )
    added = await add_unless_there(db, Task, rows)
    if added:
        record(db, actor, "claims.chased", None, now=now, claims=added)
    return added


async def _pay(db: Db, actor: Actor, claim_id: UUID, by: Party, *, now: datetime) -> Claim:
    claim = await claim_to_change(db, actor, claim_id)
    paid = {"paid_at": now, "paid_by": actor.person_id}
    await move_claim(db, actor, claim, ClaimState.PAID, by, now=now, **paid)
    await settle_claim_tasks(db, claim)
    if claim.pay_by is PayBy.CASH_AT_THE_DOOR:
        await _settle_cash_task(db, actor, claim)
    return claim


async def _settle_cash_task(db: Db, actor: Actor, claim: Claim) -> None:
    """Take the task to get the cash ready off the list once every envelope is handed out."""
    listed = await cash_claims(db, actor, claim.meeting_id)
    if all(each.state is ClaimState.PAID or each.id == claim.id for each in listed):
        await overtake_tasks(db, Task.subject_id == claim.meeting_id, Task.about == CASH)
