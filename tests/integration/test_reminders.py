"""Reminders as time passes: who gets which, by what, and what becomes of those that no longer fit."""

import email
import email.policy
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.notices import Change
from service.actions.answering import Reply
from service.actions.carrying import Carriers
from service.actions.composer import Composer
from service.keeping_time import keep_time
from service.parts import Parts
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.tasks import TaskKind, TaskState
from service.worker import Worker
from tests.integration.conftest import Making, TestClock
from tests.integration.mail_sink import MailSink, mail_sink
from tests.integration.reminding_scene import Reminding, reminding
from tests.integration.series_scene import WEEKLY_THURSDAY, all_sent, dates_of, started

DAY, HOURS = timedelta(days=1), timedelta(hours=1)
YES, MAYBE, NO = Answer.YES, Answer.MAYBE, Answer.NO
UNANSWERED, WAITING = Answer.UNANSWERED, Answer.WAITING


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    """Run a mail server."""
    async with mail_sink() as running:
        yield running


@pytest.fixture
def worker(parts: Parts, sink: MailSink, clock: TestClock) -> Worker:
    """Give a worker that sends to the sink."""
    server = {"smtp_url": f"smtp://127.0.0.1:{sink.port}?tls=off"}
    return Worker(
        database=parts.database,
        clock=clock,
        composer=Composer(parts.keys, "https://kiln.example.org", parts.settings.mail_from),
        carriers=Carriers(parts.settings.model_copy(update=server), parts.keys),
    )


async def states(house: Reminding) -> list[tuple[MessageState, str]]:
    """List what became of the reminders, and why."""
    return [(each.state, each.trouble) for each in await house.mails()]


async def test_each_is_told_what_fits_when_it_fits(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(
        parts, making, clock, Cleo=YES, Dov=NO, Eve=MAYBE, Flo=UNANSWERED, Gus=WAITING
    )
    start, found = house.starts_at, []

    for before in (3 * DAY, 2 * DAY, 2 * DAY, DAY, DAY, HOURS, HOURS, timedelta()):
        await house.at(start - before)
        found.append(await house.told())

    nudge, day, hours = ("Flo", "nudge", 0), ("Cleo", "reminder", 1440), ("Cleo", "reminder", 120)
    assert [[], [nudge], [nudge], [day, nudge], [day, nudge]] == found[:5]
    assert [[hours, day, nudge]] * 3 == found[5:]


async def test_a_reminder_says_how_to_join_and_how_to_stop_and_has_no_file(
    parts: Parts, making: Making, clock: TestClock, worker: Worker, sink: MailSink
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.at(house.starts_at - DAY)

    await worker.send_due()

    (envelope,) = sink.delivered
    assert isinstance(envelope.content, bytes)
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert "auto-generated" == mail["Auto-Submitted"]
    assert str(mail["List-Unsubscribe"]).startswith("<https://kiln.example.org/stop/")
    assert "List-Unsubscribe=One-Click" == mail["List-Unsubscribe-Post"]
    assert str(mail["Message-ID"]).startswith("<reminder.")
    assert ".0.1440@" in mail["Message-ID"]
    assert "text/calendar" not in {part.get_content_type() for part in mail.walk()}
    assert b"Carers" not in envelope.content


async def test_a_second_try_after_a_crash_is_the_same_mail_byte_for_byte(
    parts: Parts, making: Making, clock: TestClock, worker: Worker, sink: MailSink
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES, Flo=UNANSWERED)
    await house.at(house.starts_at - 2 * DAY)
    await house.at(house.starts_at - DAY)
    sink.after_data.extend(["451 and then the line went dead"] * 2)
    await worker.send_due()
    clock.move(timedelta(minutes=2))

    await worker.send_due()

    reminders = [each for each in await house.mails() if each.kind is MessageKind.REMINDER]
    assert [MessageState.SENT] == [each.state for each in reminders]
    assert 2 == len({each.content for each in sink.delivered})


async def test_a_session_that_moved_reminds_of_its_new_time_only(
    parts: Parts, making: Making, clock: TestClock, worker: Worker, sink: MailSink
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.at(house.starts_at - DAY)
    await house.move(3 * DAY)

    await worker.send_due()
    was_queued = await states(house)
    await house.at(house.starts_at + 2 * DAY)
    await worker.send_due()

    assert [(MessageState.OVERTAKEN, "newer-version")] == was_queued
    assert [(MessageState.SENT, "")] == (await states(house))[1:]
    assert 2 == len(sink.delivered)


async def test_a_small_change_after_the_reminder_does_not_remind_again(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.at(house.starts_at - DAY)
    clock.move(HOURS)
    await house.tell("Cleo", Change.NOTE)

    await house.at(clock.at + HOURS)

    assert [("Cleo", "reminder", 1440)] == await house.told()


@pytest.mark.parametrize(
    "change",
    [
        {"state": MeetingState.CANCELLED},
        {"is_held": True},
        {"state": MeetingState.DRAFT},
    ],
)
async def test_what_does_not_take_place_or_was_not_told_yet_reminds_nobody(
    parts: Parts, making: Making, clock: TestClock, change: dict[str, object]
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES, Flo=UNANSWERED)
    await house.change_meeting(**change)

    for before in (2 * DAY, DAY, HOURS):
        await house.at(house.starts_at - before)

    assert [] == await house.told()


async def test_who_is_off_the_list_or_has_left_is_not_reminded(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES, Dov=YES)
    await house.change_invitation("Cleo", removed_at=clock.at)
    await house.change("Dov", left_at=clock.at)

    await house.at(house.starts_at - HOURS)

    assert [] == await house.told()


async def test_who_changes_their_mind_before_it_is_sent_is_not_reminded(
    parts: Parts, making: Making, clock: TestClock, worker: Worker, sink: MailSink
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES, Flo=UNANSWERED, Gus=YES)
    await house.at(house.starts_at - 2 * DAY)
    await house.at(house.starts_at - DAY)
    await house.change_invitation("Cleo", answer=NO)
    await house.change_invitation("Flo", answer=MAYBE)
    await house.change("Gus", reminders=[])

    await worker.send_due()

    assert [] == sink.delivered
    assert {"not-coming", "answered", "stopped"} == {why for _, why in await states(house)}


async def test_a_reminder_that_comes_too_late_is_dropped_with_a_note(
    parts: Parts, making: Making, clock: TestClock, worker: Worker, sink: MailSink
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.at(house.starts_at - DAY)
    await house.at(house.starts_at - HOURS)

    clock.at = house.starts_at + HOURS
    await worker.send_due()

    assert [] == sink.delivered
    assert [(MessageState.OVERTAKEN, "too-late")] * 2 == await states(house)


async def test_a_worker_that_was_away_all_day_reminds_once_and_not_at_night(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)

    await house.at(house.starts_at - timedelta(hours=6))

    (mail,) = await house.mails()
    assert 1440 == mail.occurrence
    assert house.starts_at - HOURS == mail.due_at


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (["call"], TaskKind.RING),
        (["text", "email"], TaskKind.TEXT),
        (["through"], TaskKind.THROUGH),
        (["letter", "call"], TaskKind.RING),
        (["letter"], None),
    ],
)
async def test_a_human_reminds_whom_no_mail_reaches_once_while_the_desk_is_open(
    parts: Parts,
    making: Making,
    clock: TestClock,
    channels: list[str],
    expected: TaskKind | None,
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.change("Cleo", channels=channels)

    for before in (DAY + HOURS, DAY, HOURS, timedelta(minutes=5)):
        await house.at(house.starts_at - before)

    assert [] == await house.mails()
    found = [(each.kind, each.due_at) for each in await house.tasks()]
    by = house.starts_at - timedelta(hours=17)
    assert ([(expected, by)] if expected else []) == found


async def test_who_is_contacted_safely_gets_a_task_and_nothing_else(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES, Flo=UNANSWERED)
    async with making() as make:
        for invitation in house.scene.guests.values():
            await make.need(invitation.person, "SAF-CONTACT")

    for before in (4 * DAY, DAY, HOURS):
        await house.at(house.starts_at - before)

    assert [] == await house.mails()
    assert {TaskKind.SAFE_CONTACT} == {each.kind for each in await house.tasks()}
    assert {"reminder", "nudge"} == {each.about for each in await house.tasks()}


async def test_an_address_that_failed_is_not_written_to(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES, Dov=YES)
    await house.change("Cleo", email_stopped_at=clock.at, channels=["email", "call"])
    await house.change("Dov", email_stopped_at=clock.at, channels=["email"])

    await house.at(house.starts_at - DAY)

    assert [] == await house.mails()
    (task,) = await house.tasks()
    assert (TaskKind.RING, house.scene.guests["Cleo"].person_id) == (task.kind, task.person_id)


async def test_who_is_to_be_rung_about_a_change_is_not_rung_twice(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.change("Cleo", channels=["call"])
    await house.tell("Cleo", Change.NOTE)

    await house.at(house.starts_at - DAY)

    assert [] == await house.tasks()


async def test_an_answer_takes_the_call_to_remind_off_the_list(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.change("Cleo", channels=["call"])
    await house.at(house.starts_at - DAY)

    await house.scene.says("Cleo", Reply(NO), at=clock.at)

    assert [TaskState.OVERTAKEN] == [each.state for each in await house.tasks()]


async def test_a_call_nobody_made_is_off_the_list_once_the_session_began(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Cleo=YES)
    await house.change("Cleo", channels=["call"])
    await house.at(house.starts_at - DAY)

    await house.at(house.starts_at)

    assert [TaskState.OVERTAKEN] == [each.state for each in await house.tasks()]


async def test_a_nudge_is_never_sent_twice_even_when_the_session_moves(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Flo=UNANSWERED)
    await house.at(house.starts_at - 2 * DAY)
    await house.move(14 * DAY)

    await house.at(house.starts_at + 12 * DAY)

    assert [("Flo", "nudge", 0)] == await house.told()


async def test_who_was_asked_about_one_date_of_a_series_is_not_asked_about_the_next(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    async with making() as make:
        circle = await started(make, parts, rule=WEEKLY_THURSDAY, guests=1)
        await all_sent(make.db)
        dates = [each.starts_at for each in await dates_of(make.db, circle.series_id)]

    for starts_at in dates[1:4]:
        assert starts_at is not None
        clock.at = starts_at - 2 * DAY
        await keep_time(parts)

    async with parts.database.reading() as db:
        nudges = await db.scalars(select(Message).where(Message.kind == MessageKind.NUDGE))
        assert 1 == len(nudges.all())


async def test_a_nudge_goes_out_though_something_small_changed_since(
    parts: Parts, making: Making, clock: TestClock, worker: Worker, sink: MailSink
) -> None:
    house = await reminding(parts, making, clock, Flo=UNANSWERED)
    await house.at(house.starts_at - 2 * DAY)
    await house.change_invitation("Flo", sequence=3)

    await worker.send_due()

    assert 1 == len(sink.delivered)


async def test_new_guests_and_those_who_want_none_are_not_asked_again(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await reminding(parts, making, clock, Flo=UNANSWERED, Gus=UNANSWERED)
    await house.change_invitation("Flo", stamp=house.starts_at - 2 * DAY - 3 * HOURS)
    await house.change("Gus", reminders=[])

    await house.at(house.starts_at - 2 * DAY)

    assert [] == await house.told()
