"""Two hundred claims at once, with people who leave and a waiting list (reliability, experiment E10).

The control, counting first and writing then, is in `test_last_seat`.
"""

import asyncio
import re
import sys
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import delete, select, update

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.actions.waiting import pass_on_places
from service.actor import system_actor
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.holds import Hold
from service.storage.invitations import Invitation
from service.storage.meetings import Offer
from service.storage.messages import Message
from service.storage.tasks import Task
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.rush import all_at_once, all_is_well, line, look, moved_up_in_order, press
from tests.integration.scenes import NO, Scene, set_scene

PLACES = 10
CLAIMS = 200
ROUNDS = 2
#: As many as the experiment asks for; `make soak` runs them.
MANY_ROUNDS = 1000
GUESTS = 100
CLAIM = Reply(Answer.WAITING, Way.ONLINE)
YES = Reply(Answer.YES, Way.ONLINE)


@pytest.fixture
async def scene(parts: Parts, making: Making) -> Scene:
    """Make a session with ten places and twenty times as many guests."""
    names = [f"Guest {number}" for number in range(CLAIMS)]
    return await set_scene(parts, making, *names, offers={Way.ONLINE: PLACES})


async def test_a_rush_with_people_who_leave_sells_no_place_twice_and_keeps_the_order(
    scene: Scene,
) -> None:
    for number in range(ROUNDS):
        await one_round(scene, Random(number))
        await start_again(scene)


@pytest.mark.soak
async def test_a_thousand_such_rushes_sell_no_place_twice(scene: Scene) -> None:
    for number in range(MANY_ROUNDS):
        await one_round(scene, Random(number))
        await start_again(scene)


async def test_two_processes_at_once_sell_no_place_twice(scene: Scene) -> None:
    claimed = await in_two_processes(scene, "claim")
    await all_is_well(scene.parts.database, scene.meeting.id, PLACES)
    waiting = await line(scene.parts.database, scene.meeting.id)
    await in_two_processes(scene, "leave")

    await all_is_well(scene.parts.database, scene.meeting.id, PLACES)
    _, holds, _ = await look(scene.parts.database, scene.meeting.id)
    assert PLACES == claimed
    assert moved_up_in_order(holds)
    assert waiting[: len(holds)] == [each.invitation_id for each in holds]


async def test_of_a_hundred_who_press_for_the_last_place_one_has_it_and_the_rest_wait_in_order(
    parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    names = [f"Guest {number}" for number in range(GUESTS)]
    scene = await set_scene(parts, making, *names, offers={Way.ONLINE: 1})
    browsers = [await open_browser() for _ in names]
    for name, browser in zip(names, browsers, strict=True):
        await browser.get(scene.links[name])

    pressed = zip(names, browsers, strict=True)
    await asyncio.gather(*(presses(scene.links[name], browser) for name, browser in pressed))

    async with parts.database.reading() as db:
        has_it = (await db.scalars(select(Invitation).where(Invitation.answer == Answer.YES))).all()
        written = select(AuditLine).where(AuditLine.what == "invitation.answered")
        lines = (await db.scalars(written.order_by(AuditLine.id))).all()
    in_order = [each.subject_id for each in lines if each.facts["answer"] == Answer.WAITING]
    assert 1 == len(has_it)
    assert {Way.ONLINE: 1} == await scene.taken()
    assert GUESTS - 1 == len(in_order)
    assert in_order == await line(parts.database, scene.meeting.id)


async def presses(link: str, browser: Browser) -> None:
    """Say yes on one's page; if that leads to the question whether to wait, say yes to that too."""
    response = await browser.post(f"{link}/answer", answer="yes", way="online")
    for _ in range(50):
        is_full = response.status == 303 and "/waiting/" in response.headers["Location"]
        if response.status == 303 and not is_full:
            return
        answer = "waiting" if is_full else "yes"
        response = await browser.post(f"{link}/answer", answer=answer, way="online")
    raise AssertionError(re.sub(r"\s+", " ", browser.page)[:300])


async def one_round(scene: Scene, random: Random) -> None:
    """Let all claim at once; then some leave, some take what they are offered, some let it run out."""
    database, meeting_id, guests = scene.parts.database, scene.meeting.id, scene.guests
    by_id = {each.id: each for each in guests.values()}
    answers = await all_at_once(press(database, each, CLAIM, scene.now) for each in guests.values())
    assert PLACES == answers.count(Answer.YES)
    await all_is_well(database, meeting_id, PLACES)
    waiting = await line(database, meeting_id)

    invitations, _, _ = await look(database, meeting_id)
    coming = [each for each in invitations if each.answer is Answer.YES]
    leaving = random.sample(coming, PLACES // 2)
    staying_away = random.sample(waiting[PLACES:], PLACES)
    presses = [press(database, each, NO, scene.now) for each in leaving]
    presses += [press(database, by_id[id_], NO, scene.now) for id_ in staying_away]
    presses += [press(database, by_id[id_], YES, scene.now) for id_ in waiting[:PLACES]]
    await all_at_once(random.sample(presses, len(presses)))
    await all_is_well(database, meeting_id, PLACES)

    later = scene.now + timedelta(days=3)
    system = system_actor(scene.organisation.id)
    async with database.writing() as db:
        await pass_on_places(db, system, now=later)
    await all_is_well(database, meeting_id, PLACES)
    _, holds, _ = await look(database, meeting_id)
    offered = [each for each in holds if each.expires_at > scene.now]
    assert moved_up_in_order(offered)
    assert waiting[: PLACES // 2] == [each.invitation_id for each in offered[: PLACES // 2]]


async def start_again(scene: Scene) -> None:
    """Let nobody have answered, and nothing have been offered."""
    own = Invitation.meeting_id == scene.meeting.id
    nothing = {"answer": Answer.UNANSWERED, "waiting_since": None, "way": None}
    async with scene.parts.database.writing() as db:
        await db.execute(update(Invitation).where(own).values(nothing))
        await db.execute(update(Offer).where(Offer.meeting_id == scene.meeting.id).values(taken=0))
        for table in (Hold, Message, Task):
            await db.execute(delete(table))


async def in_two_processes(scene: Scene, what: str) -> int:
    """Let two processes press for half of the guests each, and count those with a place."""
    url = scene.parts.database.url.render_as_string(hide_password=False)
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.integration.claiming_process", url),
            *(str(scene.meeting.id), scene.now.isoformat(), half, what),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for half in "01"
    ]
    async with asyncio.timeout(120):
        for process in processes:
            assert process.stdout is not None
            assert b"ready\n" == await process.stdout.readline()
        ends = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [0, 0] == [process.returncode for process in processes]
    return sum(int(out) for out, _ in ends)
