"""The fan-out to 1,000 people: writing down whom to tell, then making and sending the letters."""

import asyncio
from functools import partial

import pytest
from aiosmtplib import SMTP
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import joinedload

from scheduling.notices import Notice, NoticeKind
from service.actions.carrying import Carriers
from service.actions.composer import Composer
from service.actions.composing import compose
from service.actions.telling import tell
from service.identifiers import new_id
from service.outbound import letters
from service.outbound.channel import Outgoing
from service.outbound.mail import outgoing
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.worker import Worker
from tests.bench.measuring import Cost, Report, cost_of, side_by_side
from tests.bench.processes import HOST, running
from tests.bench.stopwatch import Stopwatch
from tests.people import Make

PEOPLE = 1000
CONNECTIONS = 4
ROUNDS = 3
COLUMNS = Message.__mapper__.columns


class Watching:
    """Tells a stopwatch which part of the worker's round has ended."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch

    async def at(self, point: str) -> None:
        """Count what ends here: a claim, which follows the marking of the one before, or a send."""
        self._watch.lap("claiming and marking" if point == "claimed" else "sending")


@pytest.mark.bench
async def test_telling(parts: Parts, database_kind: str, report: Report) -> None:
    await invite(parts)
    prepared: list[dict[str, object]] = []

    async def insert_all() -> None:
        async with parts.database.writing() as db:
            await db.execute(insert(Message), prepared)

    async def ours() -> Cost:
        cost = await cost_of(partial(tell_all, parts), times=PEOPLE)
        prepared[:] = await taken_back(parts)
        return cost

    async def theirs() -> Cost:
        cost = await cost_of(insert_all, times=PEOPLE)
        await taken_back(parts)
        return cost

    inserting = "inserting prepared rows"
    costs = await side_by_side({"telling one of 1,000 people": ours, inserting: theirs})

    report.compare("telling one of 1,000 people", database_kind, costs, baselines=[inserting])


@pytest.mark.bench
async def test_fan_out(
    parts: Parts, database_kind: str, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    await invite(parts)
    await tell_all(parts)
    async with running("tests.bench.sink") as port:
        worker = worker_for(parts, port, connections=CONNECTIONS)
        prepared = await first_letter(parts, worker.composer)

        async def ours() -> Cost:
            await queue_again(parts)
            return await cost_of(partial(send_all, worker), times=PEOPLE)

        async def theirs() -> Cost:
            return await cost_of(partial(send_prepared, prepared, port), times=PEOPLE)

        sending = f"sending prepared bytes, {CONNECTIONS} connections"
        costs = await side_by_side({"one of 1,000 letters": ours, sending: theirs}, rounds=ROUNDS)
        await queue_again(parts)
        shares = await shares_of(worker_for(parts, port, connections=1), monkeypatch)

    report.compare("one of 1,000 letters", database_kind, costs, baselines=[sending])
    report.note("bytes of a letter", database_kind, str(len(prepared.raw)))
    for part, share in shares.items():
        report.note(f"share of a letter's CPU: {part}", database_kind, f"{share:.0%}")


async def invite(parts: Parts) -> None:
    """Make a published meeting with 1,000 people invited, none of whom was told."""
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        house = await make.organisation()
        hosts = [await make.person(house, name) for name in ("Ada", "Ben")]
        place = await make.place(house)
        meeting = await make.meeting(house, await make.kind(house), hosts=hosts, place_id=place.id)
        for number in range(PEOPLE):
            await make.invitation(meeting, await make.person(house, f"Guest {number}"))


async def tell_all(parts: Parts) -> None:
    """Write down that everybody must be told, as publishing does."""
    async with parts.database.writing() as db:
        meeting = (await db.scalars(select(Meeting))).one()
        everybody = select(Invitation).options(joinedload(Invitation.person))
        invitations = (await db.scalars(everybody)).all()
        notices = [Notice(each.id, NoticeKind.INVITE) for each in invitations]
        await tell(db, meeting, invitations, notices, now=parts.clock.now())


async def taken_back(parts: Parts) -> list[dict[str, object]]:
    """Remove all messages again, and give their rows with new identifiers."""
    async with parts.database.writing() as db:
        rows = [dict(row) for row in (await db.execute(select(*COLUMNS))).mappings()]
        await db.execute(delete(Message))
    assert len(rows) == PEOPLE
    return [row | {"id": new_id()} for row in rows]


async def queue_again(parts: Parts) -> None:
    """Make every message look as it did before it was sent."""
    new = {"state": MessageState.WAITING, "tries": 0, "sent_at": None, "message_id": None}
    async with parts.database.writing() as db:
        await db.execute(update(Message).values(**new))


def worker_for(parts: Parts, port: int, *, connections: int) -> Worker:
    """Make a worker that sends to the sink."""
    server = {"smtp_url": f"smtp://{HOST}:{port}?tls=off", "smtp_connections": connections}
    return Worker(
        database=parts.database,
        clock=parts.clock,
        composer=Composer(parts.keys, parts.settings.public_url, parts.settings.mail_from),
        carriers=Carriers(parts.settings.model_copy(update=server), parts.keys),
        connections=connections,
    )


async def send_all(worker: Worker) -> None:
    """Let the worker send all that is due."""
    sent = 0
    while batch := await worker.send_due():
        sent += batch
    await worker.carriers.close()
    assert sent == PEOPLE


async def first_letter(parts: Parts, composer: Composer) -> Outgoing:
    """Make one of the letters ahead."""
    async with parts.database.reading() as db:
        message = (await db.scalars(select(Message).limit(1))).one()
        return outgoing(await compose(composer, db, message, parts.clock.now()))


async def send_prepared(letter: Outgoing, port: int) -> None:
    """Send the same bytes to 1,000 people with the bare library."""
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_send_prepared(letter, port, PEOPLE // CONNECTIONS))


async def _send_prepared(letter: Outgoing, port: int, times: int) -> None:
    async with SMTP(hostname=HOST, port=port, start_tls=False) as client:
        for _ in range(times):
            await client.sendmail(letter.envelope_from, letter.envelope_to, letter.raw)


async def shares_of(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Send everything over one connection, so that nothing runs side by side, and tell parts apart."""
    watch = Stopwatch()
    worker.pauses = Watching(watch)
    composed = watch.around("composing", letters.invitation, before="loading")
    built = watch.around("building MIME", outgoing, before="loading")
    monkeypatch.setattr("service.outbound.letters.invitation", composed)
    monkeypatch.setattr("service.worker.outgoing", built)
    await send_all(worker)
    return watch.shares
