"""Somebody was ill: one press, no names, once, to those who asked for it and only in their own way."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.composer import Composer, Overtaken
from service.actions.composing import compose
from service.actions.illness import WITHIN, tell_of_illness
from service.actor import Role
from service.errors import NotFound
from service.identifiers import new_id
from service.outbound.mail import mail_bytes
from service.parts import Parts
from service.storage.attendance import Attendance, AttendanceSource
from service.storage.audit import AuditLine
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.money_scene import Scene, lay_out
from tests.people import actor_for

#: What no message, task or audit line may hold: who was ill, who reported it, who else was told.
NAMES = ("Ada", "Ben", "Fay", "Gus")


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> AsyncIterator[Scene]:
    """Give the scene; Eve and Fay asked to be told, Gus comes too and did not."""
    found = await lay_out(making, parts, clock)
    async with making() as make:
        await make.need(found.eve, "AIR-TELL")
        await make.need(found.fay, "AIR-TELL")
        gus = await make.person(found.house, "Gus")
        await make.invitation(found.meeting, gus, answer=Answer.YES, way=Way.ROOM)
    yield found


def after(scene: Scene, days: float = 1) -> None:
    """Move the clock to some days after the session."""
    assert scene.meeting.ends_at is not None
    scene.clock.at = scene.meeting.ends_at + timedelta(days=days)


async def told(scene: Scene) -> Sequence[tuple[str, str]]:
    """Give who is told and how."""
    names = {scene.eve.id: "Eve", scene.fay.id: "Fay"}
    sent = [(names[each.person_id], each.channel.value) for each in await scene.rows(Message)]
    tasks = [
        (names[each.person_id], each.kind.value)
        for each in await scene.rows(Task)
        if each.person_id is not None
    ]
    return sorted([*sent, *tasks])


async def letter(scene: Scene, message: Message) -> str:
    """Write the letter as it would go out."""
    parts = scene.parts
    composer = Composer(parts.keys, "https://kiln.example.org", "hub@example.org")
    async with parts.database.reading() as db:
        return mail_bytes(await compose(composer, db, message, scene.clock.now())).decode()


async def test_a_host_sees_how_many_are_told_and_presses_once(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser, page = await open_browser(scene.ada), f"/sessions/{scene.meeting.id}/ill"
    await browser.get(page)
    assert "<b>2 people</b>" in browser.page
    main = browser.page.split("<main")[1].split("</main>")[0]
    assert not re.findall(r"\b(Eve|Fay|Gus)\b", main)

    for _ in range(2):
        assert 303 == (await browser.post(page, on=f"/sessions/{scene.meeting.id}")).status

    assert [("Eve", "email"), ("Fay", "ring")] == await told(scene)
    (task,) = await scene.rows(Task)
    assert scene.clock.now() + WITHIN == task.due_at
    await browser.get(page)
    assert "Told already: 2 people." in browser.page
    assert "There is nothing to send." in browser.page


async def test_nothing_says_who_was_ill_or_who_asked(scene: Scene) -> None:
    async with scene.doing() as db:
        await tell_of_illness(db, scene.host, scene.meeting.id, now=scene.clock.now())

    (message,) = await scene.rows(Message)
    words = await letter(scene, message)
    assert "We do not say who it is." in words
    assert not [name for name in NAMES if name in words.replace("With Ada", "")]
    (task,) = await scene.rows(Task)
    assert "" == task.words
    (line,) = [each for each in await scene.rows(AuditLine) if "ill" in each.what]
    assert ({"people": "2"}, None) == (line.facts, line.person_id)


async def test_before_the_session_the_letter_leads_to_another_way(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    async with scene.doing() as db:
        await tell_of_illness(db, scene.host, scene.meeting.id, now=scene.clock.now())

    (message,) = await scene.rows(Message)
    assert "Change how you join" in await letter(scene, message)
    own = await open_browser()
    await own.post(f"{scene.link}/answer", on=scene.link, answer="yes", way="phone")
    async with scene.parts.database.reading() as db:
        assert Way.PHONE is (await db.get_one(Invitation, scene.invitation.id)).way


async def test_what_was_to_be_told_before_is_not_sent_when_it_is_over(scene: Scene) -> None:
    async with scene.doing() as db:
        await tell_of_illness(db, scene.host, scene.meeting.id, now=scene.clock.now())
    (message,) = await scene.rows(Message)
    after(scene)

    with pytest.raises(Overtaken, match="over"):
        await letter(scene, message)


async def test_afterwards_those_are_told_who_took_part(scene: Scene) -> None:
    after(scene)
    async with scene.doing() as db:
        db.add(
            Attendance(
                id=new_id(),
                organisation_id=scene.house.id,
                meeting_id=scene.meeting.id,
                invitation_id=scene.others.id,
                way=Way.ROOM,
                was_there=False,
                source=AttendanceSource.NOTED,
                noted_by=scene.ada.id,
                noted_at=scene.clock.now(),
            )
        )

    async with scene.doing() as db:
        await tell_of_illness(db, scene.host, scene.meeting.id, now=scene.clock.now())

    assert [("Eve", "email")] == await told(scene)
    (message,) = await scene.rows(Message)
    words = await letter(scene, message)
    assert "Change how you join" not in words
    assert "Somebody from this session has signs of an illness" in words


async def test_before_and_after_are_told_apart(scene: Scene) -> None:
    async with scene.doing() as db:
        assert 2 == await tell_of_illness(db, scene.desk, scene.meeting.id, now=scene.clock.now())
    after(scene)
    async with scene.doing() as db:
        assert 2 == await tell_of_illness(db, scene.desk, scene.meeting.id, now=scene.clock.now())
        assert 0 == await tell_of_illness(db, scene.desk, scene.meeting.id, now=scene.clock.now())


async def test_who_says_yes_later_is_told_by_the_next_press(scene: Scene, making: Making) -> None:
    async with scene.doing() as db:
        (await db.get_one(Invitation, scene.others.id)).answer = Answer.NO
        assert 1 == await tell_of_illness(db, scene.desk, scene.meeting.id, now=scene.clock.now())
    async with scene.doing() as db:
        (await db.get_one(Invitation, scene.others.id)).answer = Answer.YES

    async with scene.doing() as db:
        assert 1 == await tell_of_illness(db, scene.desk, scene.meeting.id, now=scene.clock.now())

    assert [("Eve", "email"), ("Fay", "ring")] == await told(scene)


async def test_who_may_only_be_reached_safely_is_told_by_a_human(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        await make.need(scene.eve, "SAF-CONTACT", words_to_say="It is the library")

    async with scene.doing() as db:
        await tell_of_illness(db, scene.host, scene.meeting.id, now=scene.clock.now())

    assert [("Eve", "safe_contact"), ("Fay", "ring")] == await told(scene)
    task = next(each for each in await scene.rows(Task) if each.kind is TaskKind.SAFE_CONTACT)
    browser = await open_browser(scene.ben)
    await browser.get(f"/tasks/{task.id}")
    assert "Contact them only in the safe way" in browser.page
    after(scene)
    assert (
        303
        == (
            await browser.post(f"/tasks/{task.id}/done", on=f"/tasks/{task.id}", outcome="told")
        ).status
    )


async def test_who_wants_letters_only_gets_one_to_print(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    async with scene.doing() as db:
        fay = await db.merge(scene.fay)
        fay.channels, fay.address = ["letter"], "3 Saggar Row"
    after(scene)
    async with scene.doing() as db:
        await tell_of_illness(db, scene.host, scene.meeting.id, now=scene.clock.now())
    (task,) = await scene.rows(Task)
    assert TaskKind.POST is task.kind
    browser = await open_browser(scene.ben)

    await browser.get(f"/letters/{task.id}")

    assert "signs of an illness that others can catch" in browser.page


async def test_who_did_not_ask_or_does_not_come_is_left_in_peace(scene: Scene) -> None:
    async with scene.doing() as db:
        (await db.get_one(Invitation, scene.others.id)).answer = Answer.UNANSWERED
        (await db.get_one(Invitation, scene.invitation.id)).removed_at = scene.clock.now()
    async with scene.doing() as db:
        assert 0 == await tell_of_illness(db, scene.desk, scene.meeting.id, now=scene.clock.now())

    assert [] == await told(scene)
    assert not [line for line in await scene.audit() if "ill" in line]


async def test_it_can_be_told_until_14_days_after(scene: Scene, open_browser: OpenBrowser) -> None:
    browser, page = await open_browser(scene.ada), f"/sessions/{scene.meeting.id}"
    after(scene, days=14)
    assert 200 == (await browser.get(f"{page}/ill")).status
    await browser.get(page)
    assert f"{page}/ill" in browser.page

    scene.clock.move(timedelta(seconds=1))

    assert 409 == (await browser.get(f"{page}/ill")).status
    assert 409 == (await browser.post(f"{page}/ill", on="/sessions")).status
    await browser.get(page)
    assert f"{page}/ill" not in browser.page
    assert [] == await scene.rows(Message)


async def test_only_hosts_of_the_session_and_coordinators_tell(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    page = f"/sessions/{scene.meeting.id}/ill"

    for who, status in ((scene.abe, 404), (scene.cleo, 403), (scene.dov, 404), (None, 303)):
        browser = await open_browser(who)
        assert status == (await browser.get(page)).status
        await browser.get("/sessions" if who else "/sign-in")
        assert status == (await browser.post(page)).status
    assert [] == await scene.rows(Message)
    ben = await open_browser(scene.ben)
    assert 200 == (await ben.get(page)).status


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.CANCELLED])
async def test_of_a_session_that_is_not_held_nobody_is_told(
    scene: Scene, state: MeetingState
) -> None:
    async with scene.doing() as db:
        (await db.get_one(Meeting, scene.meeting.id)).state = state

    with pytest.raises(NotFound):
        async with scene.doing() as db:
            await tell_of_illness(db, scene.desk, scene.meeting.id, now=scene.clock.now())


async def test_two_who_press_at_once_tell_everybody_once(scene: Scene) -> None:
    async def press(role: Role) -> int:
        actor = actor_for(scene.house.id, scene.ada, role)
        async with scene.doing() as db:
            return await tell_of_illness(db, actor, scene.meeting.id, now=scene.clock.now())

    counts = await asyncio.gather(
        *(press(role) for role in (Role.FACILITATOR, Role.COORDINATOR) * 3)
    )

    assert 2 == sum(counts)
    assert [MessageKind.ILL_NOTICE] == [each.kind for each in await scene.rows(Message)]
    assert [("Eve", "email"), ("Fay", "ring")] == await told(scene)
