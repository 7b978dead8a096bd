"""Taking one person off one coming meeting: their place falls free, and goes to who waits for it."""

from datetime import datetime

from scheduling.meeting import MeetingState
from service.actions.offering import offer_free_places
from service.actions.seats import give_up_seats
from service.actor import Actor
from service.storage.base import Db
from service.storage.guests import lock_invitation
from service.storage.invitations import Invitation
from service.storage.meetings import lock_offers


async def take_off(db: Db, actor: Actor, invitation: Invitation, *, now: datetime) -> bool:
    """Take a person off a meeting, and say whether the invitation is still there to be told of.

    It comes with person and whole meeting. From a draft, which nobody has heard of, it goes altogether.
    """
    meeting = invitation.meeting
    if meeting.state is MeetingState.DRAFT:
        await db.delete(invitation)
        return False
    await lock_offers(db, actor, meeting.id)
    await lock_invitation(db, invitation)
    await give_up_seats(db, invitation, now=now)
    invitation.removed_at, invitation.waiting_since = now, None
    await db.flush()
    if invitation.way is not None:
        await offer_free_places(db, meeting, [invitation.way], now=now)
    return True
