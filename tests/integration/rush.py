"""Many guests who press at once: what the experiments about the last seat have in common."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.waiting import HoldState
from service.actions.answering import Reply, answer
from service.actor import Actor, Door
from service.errors import Refused
from service.storage.database import Database
from service.storage.holds import Hold
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import Offer

#: Whoever waits longer than the service lets anybody wait presses again, so often.
TRIES = 20


async def press(database: Database, invitation: Invitation, reply: Reply, now: datetime) -> Answer:
    """Let a guest answer in a transaction of their own, again if the house is too busy; refusals stay."""
    actor = Actor(
        invitation.organisation_id,
        Door.GUEST,
        person_id=invitation.person_id,
        invitation_id=invitation.id,
    )
    for _ in range(TRIES):
        with suppress(TimeoutError):
            async with database.writing() as db:
                own = await guest_invitation(db, actor)
                try:
                    return await answer(db, actor, own, reply, now=now)
                except Refused:
                    return own.answer
    raise TimeoutError


async def all_at_once(presses: Iterable[Awaitable[Answer]]) -> list[Answer]:
    """Let all of them press in the same moment."""
    return list(await asyncio.gather(*presses))


async def look(database: Database, meeting_id: UUID) -> tuple[list[Invitation], list[Hold], Offer]:
    """Read a meeting with one way as it is: its invitations, its places kept, its offer."""
    async with database.reading() as db:
        own = select(Invitation).where(Invitation.meeting_id == meeting_id)
        invitations = (await db.scalars(own.order_by(Invitation.id))).all()
        kept = select(Hold).where(Hold.meeting_id == meeting_id).order_by(Hold.id)
        holds = (await db.scalars(kept)).all()
        offer = (await db.scalars(select(Offer).where(Offer.meeting_id == meeting_id))).one()
    return list(invitations), list(holds), offer


async def line(database: Database, meeting_id: UUID) -> list[UUID]:
    """Give who waits, longest first; two never wait since the same moment."""
    invitations, _, _ = await look(database, meeting_id)
    waiting = [each for each in invitations if each.answer is Answer.WAITING]
    since = [each.waiting_since for each in waiting]
    assert len(waiting) == len({*since} - {None})
    return [each.id for each in sorted(waiting, key=lambda each: str(each.waiting_since))]


async def all_is_well(database: Database, meeting_id: UUID, places: int) -> None:
    """Hold the promises: never more than the places, nobody confirmed and waiting, all counted."""
    invitations, holds, offer = await look(database, meeting_id)
    coming = [each for each in invitations if each.answer is Answer.YES]
    kept = [each for each in holds if each.state is HoldState.OFFERED]
    waiting = {each.id for each in invitations if each.answer is Answer.WAITING}
    assert offer.taken <= places
    assert offer.taken == sum(each.seats for each in coming) + sum(each.seats for each in kept)
    assert all(each.waiting_since is None for each in coming)
    assert {each.invitation_id for each in kept} <= waiting
    assert len(kept) == len({each.invitation_id for each in kept})
    if offer.taken < places:
        assert len(kept) == len(waiting)


def moved_up_in_order(holds: Sequence[Hold]) -> bool:
    """Tell whether places were offered in the order in which people had waited for them."""
    since = [each.waited_since for each in holds]
    return since == sorted(since)
