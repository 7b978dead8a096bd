"""Which of many messages leaves first: what is about a session soon, and what is new before what failed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.organisations import Organisation
from service.storage.outbox import claim_due, put_back
from tests.integration.conftest import Making

SOON, LATER = timedelta(hours=5), timedelta(days=9)


async def invitations(making: Making, *starts: timedelta) -> Sequence[Invitation]:
    """Invite Cleo to sessions that start so far from now."""
    async with making() as make:
        house = await make.organisation()
        ada, cleo = await make.person(house, "Ada"), await make.person(house, "Cleo")
        kind = await make.kind(house)
        meetings = [await make.meeting(house, kind, hosts=[ada], starts_in=each) for each in starts]
        return [await make.invitation(meeting, cleo) for meeting in meetings]


async def waiting(making: Making, invitation: Invitation, kind: MessageKind, tries: int = 0) -> str:
    """Queue a message."""
    async with making() as make:
        await make.message(invitation, kind=kind, state=MessageState.WAITING, tries=tries)
    return kind.value


async def order(parts: Parts, now: datetime) -> list[str]:
    """Claim all there is, two at a time, and list what came in which order."""
    found: list[str] = []
    while True:
        async with parts.database.writing() as db:
            claimed = await claim_due(db, now, limit=2)
        if not claimed:
            return found
        found += [message.kind.value for message in claimed]


async def test_the_urgent_comes_first(parts: Parts, making: Making, now: datetime) -> None:
    later, soon = await invitations(making, LATER, SOON)
    least_urgent_first = [
        (later, MessageKind.INVITATION),
        (later, MessageKind.UPDATE),
        (soon, MessageKind.REMINDER),
        (later, MessageKind.PLACE_OFFERED),
        (soon, MessageKind.CANCEL),
        (later, MessageKind.SIGN_IN),
    ]
    queued = [await waiting(making, about, kind) for about, kind in least_urgent_first]

    assert queued[::-1] == await order(parts, now)


async def test_what_is_new_never_waits_behind_what_failed_again_and_again(
    parts: Parts, making: Making, now: datetime
) -> None:
    first, second, third = await invitations(making, LATER, LATER, LATER)
    await waiting(making, first, MessageKind.INVITATION, tries=4)
    await waiting(making, second, MessageKind.NUDGE, tries=2)
    await waiting(making, third, MessageKind.ANNOUNCEMENT)

    assert ["announcement", "nudge", "invitation"] == await order(parts, now)


async def test_an_organisation_whose_server_is_away_is_left_out(
    parts: Parts, making: Making, now: datetime
) -> None:
    (invitation,) = await invitations(making, SOON)
    await waiting(making, invitation, MessageKind.INVITATION)
    async with parts.database.writing() as db:
        house = (await db.scalars(select(Organisation.id))).one()

        assert [] == await claim_due(db, now, but_of=[house])
        assert 1 == len(await claim_due(db, now))


async def test_what_is_put_back_is_as_if_nobody_had_claimed_it(
    parts: Parts, making: Making, now: datetime
) -> None:
    (invitation,) = await invitations(making, SOON)
    await waiting(making, invitation, MessageKind.INVITATION)
    async with parts.database.writing() as db:
        (claimed,) = await claim_due(db, now)

    async with parts.database.writing() as db:
        assert await put_back(db, claimed)

    async with parts.database.reading() as db:
        (message,) = await db.scalars(select(Message))
    assert (MessageState.WAITING, 0, now) == (message.state, message.tries, message.due_at)
