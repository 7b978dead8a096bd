"""Several schedulers at once, reminders due in the same second: each is there once (experiment E14)."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from datetime import datetime, timedelta

from scheduling.answers import Answer
from service.parts import Parts
from tests.integration.conftest import Making, TestClock
from tests.integration.reminding_scene import Reminding, reminding

PROCESSES = 4
GUESTS = 30
RUNG = 10


async def crowd(parts: Parts, making: Making, clock: TestClock) -> Reminding:
    """Make a session tomorrow that many said yes to; some of them are rung."""
    names = [f"Guest{number}" for number in range(GUESTS)]
    house = await reminding(parts, making, clock, **dict.fromkeys(names, Answer.YES))
    for name in names[:RUNG]:
        await house.change(name, channels=["call"])
    return house


async def at_the_same_moment(parts: Parts, now: datetime, manner: str) -> None:
    """Let all processes get ready, and then begin together."""
    url = parts.database.url.render_as_string(hide_password=False)
    command = (sys.executable, "-m", "tests.integration.reminder_process")
    processes: list[Process] = [
        await asyncio.create_subprocess_exec(
            *command, url, now.isoformat(), manner, stdin=PIPE, stdout=PIPE
        )
        for _ in range(PROCESSES)
    ]
    async with asyncio.timeout(180):
        for process in processes:
            assert process.stdout is not None
            assert b"ready\n" == await process.stdout.readline()
        ended = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert PROCESSES == len(ended)
    assert [0] * PROCESSES == [process.returncode for process in processes]


async def test_four_schedulers_make_each_reminder_once(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await crowd(parts, making, clock)

    await at_the_same_moment(parts, house.starts_at - timedelta(days=1), "careful")

    mails = Counter(each.subject_id for each in await house.mails())
    tasks = Counter(each.subject_id for each in await house.tasks())
    assert (GUESTS - RUNG, {1}) == (len(mails), set(mails.values()))
    assert (RUNG, {1}) == (len(tasks), set(tasks.values()))


async def test_control_schedulers_that_look_first_and_add_later_remind_twice(
    parts: Parts, making: Making, clock: TestClock
) -> None:
    house = await crowd(parts, making, clock)

    await at_the_same_moment(parts, house.starts_at - timedelta(days=1), "careless")

    mails = Counter(each.subject_id for each in await house.mails())
    assert {PROCESSES} == set(mails.values())
