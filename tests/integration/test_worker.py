"""The outbox under kills, refusals and broken rows: nothing is lost, nothing stops the line."""

import asyncio
import email
import email.policy
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import icalendar
import pytest
from sqlalchemy import func, select, update

from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.notices import Notice, NoticeKind
from service.actions.carrying import Carriers
from service.actions.composer import Composer
from service.actions.request_telling import tell_of_answer
from service.actions.telling import tell
from service.config import Settings
from service.identifiers import new_id
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageState
from service.storage.needs import AccessRequest, Need
from service.storage.organisations import Organisation
from service.storage.outbox import claim_due, mark_sent
from service.storage.tasks import Task, TaskKind
from service.worker import POISON_WAIT, Worker
from tests.integration.conftest import Making, TestClock
from tests.integration.mail_sink import MailSink, mail_sink

PEOPLE = 200
KILLS = 4
CONNECTIONS = 4


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    """Run a mail server."""
    async with mail_sink() as running:
        yield running


@pytest.fixture
def worker(parts: Parts, sink: MailSink, clock: TestClock) -> Worker:
    """Give a worker that sends to the sink, in this process."""
    return Worker(
        database=parts.database,
        clock=clock,
        composer=Composer(parts.keys, parts.settings.public_url, parts.settings.mail_from),
        carriers=Carriers(settings_for(parts, sink.port), parts.keys),
    )


def settings_for(parts: Parts, port: int) -> Settings:
    """Give the settings of the service under test with the sink as its mail server."""
    url = f"smtp://127.0.0.1:{port}?tls=off"
    return parts.settings.model_copy(update={"smtp_url": url, "smtp_connections": CONNECTIONS})


async def invite(making: Making, people: int, now: datetime) -> None:
    """Publish one meeting to so many people, and queue their invitations."""
    async with making() as make:
        house = await make.organisation()
        ada, ben = await make.person(house, "Ada"), await make.person(house, "Ben")
        meeting = await make.meeting(house, await make.kind(house), hosts=[ada, ben])
        guests = [await make.person(house, f"Guest {number}") for number in range(people)]
        invitations = [await make.invitation(meeting, guest) for guest in guests]
        notices = [Notice(each.id, NoticeKind.INVITE) for each in invitations]
        await tell(make.db, meeting, invitations, notices, now=now)


async def states(parts: Parts) -> dict[MessageState, int]:
    """Count the messages by state."""
    async with parts.database.reading() as db:
        rows = await db.execute(select(Message.state, func.count()).group_by(Message.state))
        return {row[0]: row[1] for row in rows}


def by_recipient(sink: MailSink) -> dict[str, list[bytes]]:
    """Sort what arrived by whom it was for."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for envelope in sink.delivered:
        assert isinstance(envelope.content, bytes)
        found[envelope.rcpt_tos[0]].append(envelope.content)
    return found


def version_in(raw: bytes) -> tuple[str, str, int]:
    """Give Message-ID, UID and SEQUENCE of a mail."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    event = icalendar.Calendar.from_ical(content).events[0]
    return str(message["Message-ID"]), str(event["UID"]), event.sequence


async def run_and_kill(
    parts: Parts, sink: MailSink, at: datetime, manner: str, *, kill_after: int | None
) -> None:
    """Run a worker process; kill it (-9) once so many more letters have arrived."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.worker_process"),
        parts.database.url.render_as_string(hide_password=False),
        str(parts.settings.keys_folder),
        *(str(sink.port), at.isoformat(), manner),
    )
    already = len(sink.delivered)
    async with asyncio.timeout(180):
        while kill_after is not None and process.returncode is None:
            if len(sink.delivered) >= already + kill_after:
                process.kill()
                break
            await asyncio.sleep(0.002)
        await process.wait()


async def send_under_kills(parts: Parts, sink: MailSink, now: datetime, manner: str) -> None:
    """Let workers be killed at different points of the fan-out, then let one finish."""
    for number in range(KILLS):
        at = now + timedelta(minutes=6 * number)
        await run_and_kill(parts, sink, at, manner, kill_after=7 + 11 * number % 40)
    await run_and_kill(parts, sink, now + timedelta(hours=2), manner, kill_after=None)


async def test_a_killed_worker_loses_nothing_and_repeats_only_the_same(
    parts: Parts, making: Making, sink: MailSink, now: datetime
) -> None:
    await invite(making, PEOPLE, now)

    await send_under_kills(parts, sink, now, "careful")

    arrived = by_recipient(sink)
    assert {f"guest.{number}@example.org" for number in range(PEOPLE)} == set(arrived)
    assert {MessageState.SENT: PEOPLE} == await states(parts)
    for copies in arrived.values():
        assert 1 == len({version_in(copy) for copy in copies})
        assert 1 == len(set(copies))
    assert len(sink.delivered) - PEOPLE <= KILLS * CONNECTIONS


async def test_control_a_worker_that_marks_before_sending_loses_letters(
    parts: Parts, making: Making, sink: MailSink, now: datetime
) -> None:
    await invite(making, PEOPLE, now)

    await send_under_kills(parts, sink, now, "careless")

    assert len(by_recipient(sink)) < PEOPLE


async def test_a_busy_server_is_tried_again_with_growing_gaps(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, clock: TestClock, now: datetime
) -> None:
    await invite(making, 1, now)
    sink.to_recipient.extend(["451 later"] * 3)
    gaps = []

    for _ in range(3):
        assert 1 == await worker.send_due()
        assert 0 == await worker.send_due()
        async with parts.database.reading() as db:
            due = (await db.scalars(select(Message.due_at))).one()
        gaps.append(due - clock.now())
        clock.move(due - clock.now())
    await worker.send_due()

    assert [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)] == gaps
    assert 1 == len(sink.delivered)


async def test_a_refused_letter_becomes_a_task_with_the_servers_words(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, now: datetime
) -> None:
    await invite(making, 3, now)
    sink.to_recipient.append("550 no such mailbox here")

    await worker.send_due()
    await worker.send_due()

    assert {MessageState.SENT: 2, MessageState.FAILED: 1} == await states(parts)
    async with parts.database.reading() as db:
        task = (await db.scalars(select(Task))).one()
    assert TaskKind.MAIL_FAILED is task.kind
    assert "no such mailbox here" in task.words


async def test_after_five_days_a_human_takes_over(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, clock: TestClock, now: datetime
) -> None:
    await invite(making, 1, now)
    sink.to_recipient.extend(["451 later"] * 2)
    await worker.send_due()
    clock.move(timedelta(days=5))

    await worker.send_due()

    assert {MessageState.FAILED: 1} == await states(parts)


async def test_one_broken_row_never_stops_the_line(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, now: datetime
) -> None:
    await invite(making, 3, now)
    async with parts.database.writing() as db:
        first = (await db.scalars(select(Invitation).order_by(Invitation.created_at))).first()
        assert first is not None
        await db.execute(
            update(Message)
            .where(Message.subject_id == first.id)
            .values(subject_id=first.meeting_id)
        )

    await worker.send_due()

    async with parts.database.reading() as db:
        broken = (await db.scalars(select(Message).where(Message.state != MessageState.SENT))).one()
    assert 2 == len(sink.delivered)
    assert now + POISON_WAIT == broken.due_at


async def test_an_overtaken_message_is_not_sent(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, now: datetime
) -> None:
    await invite(making, 1, now)
    async with parts.database.writing() as db:
        await db.execute(update(Invitation).values(sequence=1))

    await worker.send_due()

    assert [] == sink.delivered
    assert {MessageState.OVERTAKEN: 1} == await states(parts)


async def test_nothing_is_sent_for_a_meeting_that_is_over(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, clock: TestClock, now: datetime
) -> None:
    await invite(making, 1, now)
    clock.move(timedelta(days=30))

    await worker.send_due()

    assert [] == sink.delivered


async def test_who_lost_the_lease_cannot_mark(parts: Parts, making: Making, now: datetime) -> None:
    await invite(making, 1, now)
    async with parts.database.writing() as db:
        (asleep,) = await claim_due(db, now)
    async with parts.database.writing() as db:
        (awake,) = await claim_due(db, now + timedelta(minutes=6))

    async with parts.database.writing() as db:
        assert not await mark_sent(db, asleep, now, "<late@example.org>")
        assert await mark_sent(db, awake, now, "<in-time@example.org>")


async def test_an_organisations_own_mail_server_is_used_and_kept_sealed(
    parts: Parts, making: Making, sink: MailSink, clock: TestClock, now: datetime
) -> None:
    await invite(making, 1, now)
    url = f"smtp://127.0.0.1:{sink.port}?tls=off"
    async with parts.database.writing() as db:
        house = (await db.scalars(select(Organisation))).one()
        house.mail_server_sealed = parts.keys.seal_setting(f"mail-server|{house.id}", url)
        assert url.encode() not in house.mail_server_sealed
    worker = Worker(
        database=parts.database,
        clock=clock,
        composer=Composer(parts.keys, parts.settings.public_url, parts.settings.mail_from),
        carriers=Carriers(parts.settings, parts.keys),
    )

    await worker.send_due()
    await worker.carriers.close()

    assert 1 == len(sink.delivered)


async def test_two_workers_never_take_the_same_message(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, now: datetime
) -> None:
    await invite(making, 120, now)

    await asyncio.gather(*(worker.send_due() for _ in range(4)))

    assert 120 == len(sink.delivered) == len(by_recipient(sink))


async def test_the_worker_stops_when_told(worker: Worker) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    await asyncio.sleep(0)

    stop.set()

    async with asyncio.timeout(30):
        await running


async def test_an_answer_to_a_request_is_announced_but_not_told_in_the_mail(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, now: datetime
) -> None:
    await answer_a_request(parts, making, now, RequestState.ARRANGED)

    await worker.send_due()

    (envelope,) = sink.delivered
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "There is an answer to what you asked us." in plain.get_content()
    assert b"interpreter" not in envelope.content


async def test_news_that_the_person_has_already_answered_is_not_sent(
    parts: Parts, making: Making, sink: MailSink, worker: Worker, now: datetime
) -> None:
    await answer_a_request(parts, making, now, RequestState.CONFIRMED)

    await worker.send_due()

    assert [] == sink.delivered


async def answer_a_request(
    parts: Parts, making: Making, now: datetime, state: RequestState
) -> None:
    """Queue the news about one request, which is in this state by the time it is sent."""
    async with making() as make:
        house = await make.organisation()
        ada, ben = await make.person(house, "Ada"), await make.person(house, "Ben")
        meeting = await make.meeting(house, await make.kind(house), hosts=[ada, ben])
        invitation = await make.invitation(meeting, ada)
        need = Need(
            id=new_id(),
            organisation_id=house.id,
            person_id=ada.id,
            code="PRO-BSL",
            strength=Strength.MUST,
            created_at=now,
            review_on=now.date(),
        )
        make.db.add(need)
        await make.db.flush()
        request = AccessRequest(
            id=new_id(),
            organisation_id=house.id,
            person=ada,
            meeting=meeting,
            invitation_id=invitation.id,
            need_id=need.id,
            code=need.code,
            strength=need.strength,
            state=state,
            answer_words="Two interpreters are booked.",
            created_at=now,
        )
        make.db.add(request)
        await make.db.flush()
        await tell_of_answer(make.db, request, now=now)
