"""The makers of receipts and of the question afterwards: from a queued message to its letter."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accessibility.requests import CLOSED_STATES
from accessibility.service_times import read_times
from scheduling.meeting import MeetingState
from service.actions.composer import Composer, Overtaken, check_wanted, whole_invitation
from service.outbound import letters
from service.outbound.mail import Letter
from service.storage.base import Db
from service.storage.feedback import Feedback
from service.storage.messages import Message
from service.storage.needs import AccessRequest
from service.storage.organisations import organisation_by_id

#: The page on which the question is answered, below the person's own.
AFTER: Final = "after"


async def receipt(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Say that what was asked for has arrived; raises Overtaken if it was taken back meanwhile."""
    invitation = await whole_invitation(db, message.subject_id)
    check_wanted(message, invitation, now)
    still_asked = select(AccessRequest.id).where(
        AccessRequest.invitation_id == invitation.id, AccessRequest.state.not_in(CLOSED_STATES)
    )
    if await db.scalar(still_asked.limit(1)) is None:
        raise Overtaken("request-moved-on")
    facts = await composer.note_facts(db, message)
    house = await organisation_by_id(db, message.organisation_id)
    days = read_times(house.access_settings).reply
    return letters.receipt(facts, composer.link_facts(invitation), days=days)


async def asking(composer: Composer, db: Db, message: Message, _now: datetime) -> Letter:
    """Ask whether they could take part; raises Overtaken if they have said so, or left the list."""
    invitation = await whole_invitation(db, message.subject_id)
    if invitation.meeting.state is not MeetingState.PUBLISHED or invitation.removed_at is not None:
        raise Overtaken("no-guest")
    answered = select(Feedback.id).where(Feedback.invitation_id == invitation.id)
    if await db.scalar(answered) is not None:
        raise Overtaken("answered")
    facts, link = await composer.note_facts(db, message), composer.link_facts(invitation)
    return letters.asking_how_it_was(facts, replace(link, url=f"{link.url}/{AFTER}"))
