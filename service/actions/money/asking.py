"""Asking for money: by the person on their own page, or at the desk for who rings or hands in a paper."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select

from accessibility.claims import KIND_OF, Asked, ClaimKind, ClaimState, PayBy, asked_pence
from accessibility.consent import ConsentChannel
from accessibility.requests import Party
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.actions.money.steps import move_claim, settle_claim_tasks
from service.actions.money.tasks import raise_decide
from service.actions.permissions import require_for
from service.actor import Actor, Door
from service.errors import Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.claiming import caps_here, claim_to_change, claims_for
from service.storage.claims import Claim
from service.storage.invitations import Invitation
from service.storage.needs import AccessRequest
from service.storage.people import lock_person

#: Somebody who could not ask before, as when they took a taxi home, still can for so long.
ASKED_AFTER: Final = timedelta(days=14)
#: More than this for one person and one session is a slip, or somebody playing.
MOST_CLAIMS: Final = 12


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody asks for, and how they want to be paid.

    `page` is made with the page that asks: pressed twice, asked once. `words` are for the coordinator.
    """

    page: UUID
    asked: Asked
    pay_by: PayBy
    words: str = ""
    channel: ConsentChannel = ConsentChannel.WEB


def may_ask(invitation: Invitation, now: datetime) -> bool:
    """Say whether money can be asked for: by who said yes, for a session that is not long over."""
    meeting = invitation.meeting
    return (
        invitation.answer is Answer.YES
        and invitation.removed_at is None
        and meeting.state is MeetingState.PUBLISHED
        and meeting.ends_at is not None
        and now < meeting.ends_at + ASKED_AFTER
    )


async def ask_for_money(
    db: Db, actor: Actor, invitation: Invitation, asking: Asking, *, now: datetime
) -> Claim:
    """Ask for money so that the person can take part; a coordinator decides. Raises Refused.

    The invitation is loaded with its meeting.
    """
    require_for(actor, invitation.person_id)
    if not may_ask(invitation, now):
        raise Refused("cannot-ask-for-money")
    await lock_person(db, invitation.person_id)
    known = await claims_for(db, actor, invitation.person_id, invitation.meeting_id)
    for claim, _ in known:
        if claim.id == _id_of(invitation, asking):
            return claim
    if len(known) >= MOST_CLAIMS:
        raise Refused("too-many-claims")
    claim = await _claim(db, actor, invitation, asking, now)
    db.add(claim)
    await db.flush()
    raise_decide(db, claim, invitation.meeting, now=now)
    record(db, actor, "claim.asked", claim, now=now, kind=claim.kind, channel=claim.channel)
    return claim


async def take_back_claim(
    db: Db, actor: Actor, claim_id: UUID, person_id: UUID, *, now: datetime
) -> Claim:
    """Take back what was asked for, as long as it is not paid; raises NotFound or Refused."""
    require_for(actor, person_id)
    claim = await claim_to_change(db, actor, claim_id, person_id=person_id)
    by = Party.PERSON if actor.door is Door.GUEST else Party.HELPER
    await move_claim(db, actor, claim, ClaimState.TAKEN_BACK, by, now=now)
    await settle_claim_tasks(db, claim)
    return claim


def _id_of(invitation: Invitation, asking: Asking) -> UUID:
    """Name a claim by its page, for this person and session alone: whatever was sent names nothing else."""
    return uuid5(invitation.id, asking.page.hex)


async def _claim(
    db: Db, actor: Actor, invitation: Invitation, asking: Asking, now: datetime
) -> Claim:
    asked = asking.asked
    is_childcare = asked.kind is ClaimKind.CHILDCARE
    return Claim(
        id=_id_of(invitation, asking),
        organisation_id=invitation.organisation_id,
        person_id=invitation.person_id,
        meeting_id=invitation.meeting_id,
        request_id=await _request_id(db, invitation, asked.kind),
        kind=asked.kind,
        state=ClaimState.ASKED,
        pay_by=asking.pay_by,
        asked_pence=asked_pence(asked, await caps_here(db, actor)),
        hours_tenths=asked.hours_tenths or None,
        miles_tenths=asked.miles_tenths or None,
        children=asked.children if is_childcare else None,
        channel=asking.channel.value,
        words=asking.words,
        reason="",
        created_at=now,
    )


async def _request_id(db: Db, invitation: Invitation, kind: ClaimKind) -> UUID | None:
    """Find the request this money is for, if the person told us of the need before."""
    codes = [code for code, of in KIND_OF.items() if of is kind]
    query = select(AccessRequest.id).where(
        AccessRequest.invitation_id == invitation.id, AccessRequest.code.in_(codes)
    )
    return await db.scalar(query.order_by(AccessRequest.created_at).limit(1))
