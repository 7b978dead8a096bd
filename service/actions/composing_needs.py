"""Letters about what people need: an answer about money, a thing that is due back, that somebody was ill."""

from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accessibility.claims import ClaimState
from accessibility.kit import comes_back
from scheduling.meeting import MeetingState
from scheduling.time import long_date
from service.actions.composer import Composer, Overtaken, whole_invitation
from service.actions.illness import AFTERWARDS
from service.outbound import letters
from service.outbound.mail import Letter
from service.storage.base import Db
from service.storage.claims import Claim
from service.storage.invitations import Invitation
from service.storage.kit import Loan
from service.storage.messages import Message

#: States in which somebody waits to hear.
ANSWERED = frozenset({ClaimState.AGREED, ClaimState.REFUSED, ClaimState.PAID})


async def claim_answer(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Tell that a claim was decided; raises Overtaken if it was taken back, or the person is no guest."""
    del now
    claim = await db.get(Claim, message.subject_id)
    if claim is None or claim.state not in ANSWERED:
        raise Overtaken("claim-moved-on")
    query = select(Invitation.id).where(
        Invitation.meeting_id == claim.meeting_id, Invitation.person_id == claim.person_id
    )
    invitation_id = await db.scalar(query)
    if invitation_id is None:
        raise Overtaken("no-guest")
    invitation = await whole_invitation(db, invitation_id)
    _check_guest(invitation)
    return letters.money_news(
        await composer.note_facts(db, message), composer.link_facts(invitation)
    )


async def kit_due(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Ask for what was due back; raises Overtaken if it is back, or lent for longer."""
    del now
    loan = await db.scalar(
        select(Loan).where(Loan.id == message.subject_id).options(joinedload(Loan.kit))
    )
    if loan is None or loan.returned_at is not None or not comes_back(loan.kit.kind):
        raise Overtaken("kit-back")
    if loan.due_on.toordinal() != message.occurrence:
        raise Overtaken("lent-longer")
    noon = datetime.combine(loan.due_on, time(12), UTC)
    return letters.due_back(await composer.note_facts(db, message), day=long_date(noon, "UTC"))


async def ill_notice(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Tell that somebody was ill; raises Overtaken for what was to be told before a session that is over."""
    invitation = await whole_invitation(db, message.subject_id)
    _check_guest(invitation)
    is_over = message.version == AFTERWARDS
    ends_at = invitation.meeting.ends_at
    if not is_over and (ends_at is None or ends_at <= now):
        raise Overtaken("over")
    facts = await composer.facts(db, invitation, now)
    return letters.ill_notice(
        facts, is_over=is_over, number=message.id.hex, date=message.created_at
    )


def _check_guest(invitation: Invitation) -> None:
    if invitation.person.left_at is not None:
        raise Overtaken("person-left")
    if invitation.meeting.state is not MeetingState.PUBLISHED or invitation.removed_at is not None:
        raise Overtaken("no-guest")
