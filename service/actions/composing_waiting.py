"""Letters of the waiting list."""

from dataclasses import replace
from datetime import datetime

from scheduling.waiting import HoldState
from service.actions.composer import Composer, Overtaken, check_wanted, whole_invitation
from service.outbound import letters
from service.outbound.mail import Letter
from service.storage.base import Db
from service.storage.holds import Hold
from service.storage.messages import Message


async def place_offered(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Offer the place that is kept; raises Overtaken if it is not kept any more."""
    hold = await db.get(Hold, message.subject_id)
    if hold is None or hold.state is not HoldState.OFFERED or hold.expires_at <= now:
        raise Overtaken("offer-ended")
    invitation = await whole_invitation(db, hold.invitation_id)
    check_wanted(message, invitation, now)
    facts = await composer.facts(db, invitation, now)
    return letters.place_offered(
        replace(facts, kept_until=hold.expires_at), number=hold.id.hex, date=hold.offered_at
    )
