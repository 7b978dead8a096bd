"""Answering with all that belongs to it, against the bare UPDATE that takes a seat."""

import pytest

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actor import Actor, Door
from service.parts import Parts
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import claim_seats, release_seats
from tests.bench.measuring import Cost, Report, cost_of, side_by_side
from tests.people import Make

TURNS = 60


@pytest.mark.bench
async def test_seat_claims(parts: Parts, database_kind: str, report: Report) -> None:
    invitation = await an_invitation(parts)
    meeting_id, database, now = invitation.meeting_id, parts.database, parts.clock.now()
    guest = Actor(
        organisation_id=invitation.organisation_id,
        door=Door.GUEST,
        person_id=invitation.person_id,
        invitation_id=invitation.id,
    )

    async def with_all() -> None:
        for turn in range(TURNS):
            reply = Reply(Answer.MAYBE if turn % 2 else Answer.YES, Way.ONLINE)
            async with database.writing() as db:
                await answer(db, guest, await guest_invitation(db, guest), reply, now=now)

    async def bare() -> None:
        for turn in range(TURNS):
            async with database.writing() as db:
                change = release_seats if turn % 2 else claim_seats
                await change(db, meeting_id, Way.ONLINE, 1)

    async def ours() -> Cost:
        return await cost_of(with_all, times=TURNS)

    async def theirs() -> Cost:
        return await cost_of(bare, times=TURNS)

    update = "the bare UPDATE in a transaction"
    costs = await side_by_side({"answering an invitation": ours, update: theirs})

    report.compare("answering an invitation", database_kind, costs, baselines=[update])


async def an_invitation(parts: Parts) -> Invitation:
    """Make a session with one guest."""
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        house = await make.organisation()
        hosts = [await make.person(house, name) for name in ("Ada", "Ben")]
        meeting = await make.meeting(house, await make.kind(house), hosts=hosts)
        return await make.invitation(meeting, await make.person(house, "Guest"))
