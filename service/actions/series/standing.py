"""Standing answers: whoever is counted in each time gets that answer for the dates they did not answer."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from scheduling.answers import Answer
from service.actions.answering import Reply, answer
from service.actor import Actor, Door
from service.errors import Invalid, Refused
from service.storage.base import Db
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.series import SeriesGuest


@dataclass(frozen=True, slots=True)
class Counted:
    """At how many dates somebody has a place, waits for one, and was left with their own answer or none."""

    yes: int = 0
    waiting: int = 0
    left: int = 0


async def answer_dates(
    db: Db, guest: SeriesGuest, invitations: Sequence[Invitation], *, now: datetime
) -> Counted:
    """Give somebody's standing answer for each of these dates that they have not answered themselves.

    `guest` is loaded with the person, `invitations` whole. They wait where it is full, and dates without
    their way stay unanswered.
    """
    became: Counter[Answer] = Counter()
    for invitation in invitations:
        if invitation.answer.is_given and not invitation.is_standing:
            continue
        reply = Reply(Answer.WAITING, guest.way, guest.supporters, guest.supporter_name)
        try:
            became[
                await answer(db, _themselves(guest, invitation), invitation, reply, now=now)
            ] += 1
        except (Invalid, Refused):
            continue
        invitation.is_standing = True
    await db.flush()
    yes, waiting = became[Answer.YES], became[Answer.WAITING]
    return Counted(yes, waiting, len(invitations) - yes - waiting)


async def answer_new_dates(
    db: Db, guests: Collection[SeriesGuest], meeting_ids: Collection[UUID], *, now: datetime
) -> None:
    """Give the standing answers for dates that were just made, in the order in which people joined."""
    joined = [guest for guest in guests if guest.is_every_time and guest.joined_at is not None]
    if not joined or not meeting_ids:
        return
    query = (
        select(Invitation)
        .join(Meeting, Invitation.meeting_id == Meeting.id)
        .where(Invitation.meeting_id.in_(meeting_ids))
        .where(Invitation.person_id.in_([guest.person_id for guest in joined]))
        .options(*WHOLE_INVITATION)
        .order_by(Meeting.starts_at, Invitation.id)
    )
    invitations = (await db.scalars(query)).all()
    for guest in sorted(joined, key=lambda each: (each.joined_at or now, each.id)):
        theirs = [each for each in invitations if each.person_id == guest.person_id]
        await answer_dates(db, guest, theirs, now=now)


async def lock_dates(db: Db, meeting_ids: Collection[UUID]) -> None:
    """Let nobody take or give back a seat at any of these dates until the end of this transaction.

    Everybody who touches several dates locks them in the same order, so that nobody waits in a ring.
    """
    offers = select(Offer.id).where(Offer.meeting_id.in_(meeting_ids))
    await db.execute(offers.order_by(Offer.id).with_for_update())


def _themselves(guest: SeriesGuest, invitation: Invitation) -> Actor:
    """Act as the guest, so that nobody is overtaken who has waited longer."""
    return Actor(
        guest.organisation_id,
        Door.GUEST,
        guest.person_id,
        guest.person.chosen_name,
        invitation_id=invitation.id,
    )
