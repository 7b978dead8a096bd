"""Claiming a seat against the bare conditional UPDATE, all of answering against it, and overselling."""

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actions.seats import Seats, change_seats
from service.actor import Actor, Door
from service.parts import Parts
from service.storage.database import Database
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import Offer
from tests.bench.measuring import Cost, Report, cost_of, side_by_side
from tests.people import Make

TURNS = 60
CLAIMS = 200
PLACES = 10
#: The experiment asks for a thousand; each is a race of two hundred for ten places.
ROUNDS = 1000
SEAT = Seats(Way.ONLINE, 1)
BARE_CLAIM = text(
    "UPDATE offers SET taken = taken + 1 WHERE meeting_id = :meeting AND way = 'online'"
    " AND (places IS NULL OR taken + 1 <= places)"
)
BARE_RELEASE = text(
    "UPDATE offers SET taken = taken - 1 WHERE meeting_id = :meeting AND way = 'online'"
)


@pytest.mark.bench
async def test_seat_claims(parts: Parts, database_kind: str, report: Report) -> None:
    invitation = await an_invitation(parts)
    meeting_id, database = invitation.meeting_id, parts.database
    named = {"meeting": meeting_id.hex if database.is_sqlite else meeting_id}

    async def claiming() -> None:
        for turn in range(TURNS):
            held, wanted = (SEAT, None) if turn % 2 else (None, SEAT)
            async with database.writing() as db:
                await change_seats(db, meeting_id, held=held, wanted=wanted)

    async def bare() -> None:
        for turn in range(TURNS):
            async with database.writing() as db:
                await db.execute(BARE_RELEASE if turn % 2 else BARE_CLAIM, named)

    async def answering() -> None:
        await answers(parts, invitation)

    async def ours() -> Cost:
        return await cost_of(claiming, times=TURNS)

    async def theirs() -> Cost:
        return await cost_of(bare, times=TURNS)

    async def whole() -> Cost:
        return await cost_of(answering, times=TURNS)

    claim, answered = "claiming a seat", "answering an invitation"
    baseline = "the bare conditional UPDATE in a transaction"
    costs = await side_by_side({claim: ours, answered: whole, baseline: theirs})

    report.compare(claim, database_kind, costs, baselines=[baseline])
    report.compare(answered, database_kind, costs, baselines=[baseline])


@pytest.mark.bench
async def test_a_thousand_races_for_ten_seats(
    parts: Parts, database_kind: str, report: Report
) -> None:
    meeting_id = (await an_invitation(parts)).meeting_id
    oversold = 0
    for _ in range(ROUNDS):
        handed_out = await race(parts.database, meeting_id)
        oversold += handed_out > PLACES
        assert PLACES == handed_out

    races = f"{ROUNDS:,} races of {CLAIMS} for {PLACES} seats: oversold"
    report.note(races, database_kind, str(oversold))
    assert 0 == oversold


async def race(database: Database, meeting_id: UUID) -> int:
    """Let two hundred claim a seat at once, count those who got one, and give all seats back."""

    async def claim() -> bool:
        while True:
            with suppress(TimeoutError):
                async with database.writing() as db:
                    return await change_seats(db, meeting_id, held=None, wanted=SEAT)

    told_yes = (await asyncio.gather(*(claim() for _ in range(CLAIMS)))).count(True)
    own = (Offer.meeting_id == meeting_id, Offer.way == Way.ONLINE)
    async with database.writing() as db:
        taken = await db.scalar(select(Offer.taken).where(*own)) or 0
        await db.execute(update(Offer).where(*own).values(taken=0, places=PLACES, seats=PLACES))
    return max(told_yes, taken)


async def answers(parts: Parts, invitation: Invitation) -> None:
    """Let a guest change their mind so many times, with all that an answer brings with it."""
    now = parts.clock.now()
    guest = Actor(
        organisation_id=invitation.organisation_id,
        door=Door.GUEST,
        person_id=invitation.person_id,
        invitation_id=invitation.id,
    )
    for turn in range(TURNS):
        reply = Reply(Answer.MAYBE if turn % 2 else Answer.YES, Way.ONLINE)
        async with parts.database.writing() as db:
            await answer(db, guest, await guest_invitation(db, guest), reply, now=now)


async def an_invitation(parts: Parts) -> Invitation:
    """Make a session with ten places online and one guest."""
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        house = await make.organisation()
        hosts = [await make.person(house, name) for name in ("Ada", "Ben")]
        kind = await make.kind(house)
        meeting = await make.meeting(house, kind, hosts=hosts, offers={Way.ONLINE: PLACES})
        return await make.invitation(meeting, await make.person(house, "Guest"))
