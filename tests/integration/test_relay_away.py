"""The mail server is away for six hours, then back (experiment E6); `make soak` queues 10,000 for it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.carrying import Carriers
from service.actions.composer import Composer
from service.identifiers import new_id
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.messages import Announcement, Message, MessageKind, MessageState
from service.storage.people import Channel
from service.worker import Worker
from tests.integration.conftest import Making, TestClock
from tests.integration.mail_sink import MailSink, mail_sink

QUEUE, WHOLE_QUEUE = 200, 10_000
AWAY, LOOK = timedelta(hours=6), timedelta(minutes=30)
GUESTS = 6
PER_MINUTE = 1200
A_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Relay:
    """A worker, its clock, and where its mail server is to be found when it is there."""

    worker: Worker
    clock: TestClock
    port: int

    async def is_away(self) -> None:
        """Let six hours pass without a mail server."""
        until = self.clock.at + AWAY
        while self.clock.at < until:
            while await self.worker.send_due():
                pass
            self.clock.move(LOOK)

    async def second(self, sink: MailSink) -> int:
        """Let the worker do what it does in a second; gives how many letters arrived."""
        before = len(sink.delivered)
        while await self.worker.send_due():
            pass
        self.clock.move(A_SECOND)
        return len(sink.delivered) - before


class Impatient(Worker):
    """The control: tries every message by itself, however often the server was not there."""

    def _leave_alone(self, house: object) -> None:
        """Go on as if nothing had been."""


async def relay(
    parts: Parts,
    clock: TestClock,
    kind: type[Worker] = Worker,
    *,
    per_minute: int | None = PER_MINUTE,
) -> Relay:
    """Make a worker whose mail server is not there."""
    async with mail_sink() as gone:
        port = gone.port
    server = {"smtp_url": f"smtp://127.0.0.1:{port}?tls=off", "mails_per_minute": per_minute}
    worker = kind(
        database=parts.database,
        clock=clock,
        composer=Composer(parts.keys, parts.settings.public_url, parts.settings.mail_from),
        carriers=Carriers(parts.settings.model_copy(update=server), parts.keys),
        connections=1,
        batch=PER_MINUTE // 60,
    )
    return Relay(worker, clock, port)


async def fill(making: Making, queue: int) -> None:
    """Queue invitations to one session, reminders of another that begins while the server is away, and
    news and reminders of a third soon after; and announcements until there are so many."""
    async with making() as make:
        house = await make.organisation()
        ada, kind = await make.person(house, "Ada"), await make.kind(house)
        people = [await make.person(house, f"Guest {number}") for number in range(GUESTS)]
        starts = [timedelta(days=14), timedelta(hours=3), timedelta(hours=9)]
        meetings = [await make.meeting(house, kind, hosts=[ada], starts_in=each) for each in starts]
        coming = {"answer": Answer.YES, "way": Way.PHONE}
        invited = [
            [await make.invitation(meeting, person, **coming) for person in people]
            for meeting in meetings
        ]
        later, past, soon = invited
        rows = [
            *(_row(each, MessageKind.INVITATION, make.now) for each in later),
            *(_row(each, MessageKind.REMINDER, make.now, occurrence=120) for each in past),
            *(_row(each, MessageKind.REMINDER, make.now, occurrence=1440) for each in soon),
            *(_row(each, MessageKind.UPDATE, make.now) for each in soon),
        ]
        while len(rows) < queue:
            words = Announcement(
                id=new_id(),
                organisation_id=house.id,
                meeting_id=meetings[0].id,
                words="Bring a coat.",
                created_at=make.now,
            )
            make.db.add(words)
            await make.db.flush()
            rows += [
                _row(each, MessageKind.ANNOUNCEMENT, make.now) | {"subject_id": words.id}
                for each in later[: queue - len(rows)]
            ]
        await make.db.execute(insert(Message), rows)


def _row(
    invitation: Invitation, kind: MessageKind, now: datetime, *, occurrence: int = 0
) -> dict[str, object]:
    return {
        "id": new_id(),
        "organisation_id": invitation.organisation_id,
        "kind": kind,
        "person_id": invitation.person_id,
        "subject_id": invitation.id,
        "meeting_id": invitation.meeting_id,
        "occurrence": occurrence,
        "channel": Channel.EMAIL,
        "due_at": now,
        "created_at": now,
    }


async def ends(parts: Parts) -> Counter[tuple[MessageState, str]]:
    """Count what became of the messages, and why."""
    query = select(Message.state, Message.trouble, func.count()).group_by(
        Message.state, Message.trouble
    )
    async with parts.database.reading() as db:
        return Counter({(state, why): count for state, why, count in await db.execute(query)})


def kinds(sink: MailSink) -> Sequence[str]:
    """List what arrived in its order, by the first part of the Message-IDs."""
    return [each.strip("<").partition(".")[0] for each in sink.message_ids]


@pytest.mark.parametrize("queue", [QUEUE, pytest.param(WHOLE_QUEUE, marks=pytest.mark.soak)])
async def test_after_six_hours_without_a_mail_server_all_that_is_still_wanted_goes_out(
    parts: Parts, making: Making, clock: TestClock, queue: int
) -> None:
    await fill(making, queue)
    away = await relay(parts, clock)
    await away.is_away()

    async with mail_sink(port=away.port) as sink:
        a_second = [await away.second(sink)]
        while sum(a_second) < queue - GUESTS and len(a_second) < queue:
            a_second.append(await away.second(sink))
        await away.worker.carriers.close()

    wanted = queue - GUESTS
    found = await ends(parts)
    assert wanted == found.pop((MessageState.SENT, ""))
    assert GUESTS == found.total()
    assert set(found) <= {(MessageState.OVERTAKEN, why) for why in ("too-late", "over")}
    assert wanted == len(set(sink.message_ids)) == len(sink.message_ids)
    assert ["update"] * GUESTS + ["reminder"] * GUESTS == kinds(sink)[: 2 * GUESTS]
    assert max(a_second) <= PER_MINUTE // 60
    assert max(map(sum, zip(*(a_second[at:] for at in range(60)), strict=False)), default=0) <= (
        PER_MINUTE
    )


async def test_control_a_worker_that_goes_on_trying_sends_nothing_when_the_server_is_back(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    await fill(making, 4 * GUESTS)
    away = await relay(parts, clock, Impatient, per_minute=None)
    await away.is_away()

    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(mail_sink(port=away.port))
        arrived = sum([await away.second(sink) for _ in range(5)])
        await away.worker.carriers.close()

    assert 0 == arrived
