"""Mail in words: a human reads it, with the answer filled in where it is clear; nothing answers by itself."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.timers import JOBS
from service.actor import Role, system_actor
from service.keeping_time import tools_of
from service.parts import Parts
from service.storage.incoming import IncomingMail, MailKind
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.desks import Desk, open_desk, row, rows, session_for, task_for
from tests.integration.mails import golden, mails, reply, takes, words
from tests.integration.scenes import Scene, SetScene, set_scene
from tests.integration.test_page_budgets import MOST_QUERIES, counting

PHONE_ONLY: dict[Way, int | None] = {Way.PHONE: None}
CLEO = "cleo@example.org"


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def only_task(scene: Scene) -> Task:
    """Give the one task there is."""
    (task,) = await scene.tasks()
    return task


async def test_an_answer_in_words_needs_one_press(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    raw = words("Yes I'll come, thank you!", sender=CLEO, about=scene.guests["Cleo"])
    await takes(scene.parts, raw)
    task, browser = await only_task(scene), await open_browser(scene.coordinator)

    with counting() as sent:
        await browser.get(f"/tasks/{task.id}")
    page = browser.page
    response = await browser.post(f"/tasks/{task.id}/mail-answer", answer="yes")

    assert (TaskKind.ANSWER_BY_MAIL, "yes") == (task.kind, task.about)
    assert "Yes I&#39;ll come, thank you!" in page
    assert "checked" in page[page.index('value="yes"') :][:120]
    assert len(sent) <= MOST_QUERIES
    assert 303 == response.status
    assert Answer.YES is (await scene.look("Cleo")).answer
    assert TaskState.DONE is (await row(scene.parts, Task, task.id)).state


async def test_an_answer_is_found_by_the_only_session_to_come(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov", offers=PHONE_ONLY)

    await takes(scene.parts, words("Sorry, I can't make it.", sender=CLEO))

    task = await only_task(scene)
    assert (TaskKind.ANSWER_BY_MAIL, "no") == (task.kind, task.about)
    assert scene.guests["Cleo"].person_id == task.person_id


@pytest.mark.parametrize(
    ("text", "sender", "is_known"),
    [
        ("Is there a lift? I can come if there is.", CLEO, True),
        ("Yes I will come", "somebody@else.example.net", False),
    ],
)
async def test_other_words_are_shown_to_a_human(
    text: str, sender: str, is_known: bool, scene_of: SetScene
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)

    await takes(scene.parts, words(text, sender=sender))

    task, (mail,) = await only_task(scene), await mails(scene.parts)
    assert (TaskKind.READ_MAIL, "words", text) == (task.kind, task.about, mail.words)
    assert is_known is (task.person_id is not None)


async def test_a_strangers_answer_to_somebodys_invitation_is_not_taken_for_theirs(
    scene_of: SetScene,
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    raw = words("I can't come", sender="mallory@evil.example.net", about=scene.guests["Cleo"])

    await takes(scene.parts, raw)

    task = await only_task(scene)
    assert (TaskKind.READ_MAIL, None, None) == (task.kind, task.person_id, task.meeting_id)


async def test_what_a_machine_wrote_is_noted_and_nothing_else(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    raw = words(
        "I am away until Monday. Yes I will come back.",
        sender=CLEO,
        about=scene.guests["Cleo"],
        Auto_Submitted="auto-replied",
    )

    assert "away" == await takes(scene.parts, raw)

    assert ([], []) == (await scene.tasks(), await scene.messages())
    assert [MailKind.AWAY] == [mail.kind for mail in await mails(scene.parts)]


async def test_what_cannot_be_read_is_shown_with_the_reason(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    await takes(scene.parts, golden("outlook-rich-text"))
    task, browser = await only_task(scene), await open_browser(scene.coordinator)

    await browser.get(f"/tasks/{task.id}")

    assert "It came as a file that only Outlook opens" in browser.page
    assert "Accepted: Tuesday session" in browser.page


async def test_words_from_outside_are_only_ever_words(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    raw = words("<script>alert(1)</script>\n<img src=x onerror=alert(2)>", sender=CLEO)
    await takes(scene.parts, raw.replace(b"Re: Tuesday session", b"<b>=?utf-8?q?=3Cscript=3E?="))
    task, browser = await only_task(scene), await open_browser(scene.coordinator)

    await browser.get(f"/tasks/{task.id}")

    assert "&lt;script&gt;alert(1)" in browser.page
    assert "<script>alert" not in browser.page
    assert "<img src=x" not in browser.page


async def test_mail_about_nobodys_invitation_goes_to_whom_it_was_written_to(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        await make.organisation("First", contact_email="post@first.example.org")
        second = await make.organisation("Second", contact_email="Post@Second.example.org")
        third = await make.organisation("Third", contact_email="post@third.example.org")
        await make.person(third, "Cleo")

    by_address = words("Hello there", sender="a@b.example.net").replace(
        b"hello@kiln.example.org", b"post@second.example.org"
    )
    await takes(parts, by_address)
    await takes(parts, words("Hello again", sender=CLEO))

    assert [second.id, third.id] == [mail.organisation_id for mail in await mails(parts)]


async def test_old_mail_is_forgotten_unless_somebody_has_still_to_read_it(
    scene_of: SetScene, clock: TestClock
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    await takes(scene.parts, words("Is there a lift?", sender=CLEO))
    await takes(scene.parts, reply(scene.guests["Cleo"]))
    tools = tools_of(scene.parts)
    actor = system_actor(scene.organisation.id)

    clock.move(timedelta(days=91))
    done = []
    for _ in range(2):
        async with scene.parts.database.writing() as db:
            done.append(await JOBS["forget-mails"](db, actor, tools, clock.now()))

    (kept,) = await mails(scene.parts)
    assert [1, 0] == done
    assert MailKind.WORDS is kept.kind


@pytest.fixture
async def desk(making: Making) -> Desk:
    """Give the desk."""
    return await open_desk(making)


async def mail_task(making: Making, desk: Desk, kind: TaskKind, **given: Any) -> Task:
    """Make a task about a mail that Joan sent."""
    async with making() as make:
        joan = await make.person(desk.organisation, "Joan")
        meeting = await session_for(make, desk, offers=PHONE_ONLY)
        await make.invitation(meeting, joan)
        mail = IncomingMail(
            organisation_id=desk.organisation.id,
            digest=f"{kind}",
            kind=MailKind.WORDS,
            sender="joan@example.org",
            words="After lunch would be better",
            received_at=make.now,
        )
        make.db.add(mail)
        await make.db.flush()
        return await task_for(make, kind, joan, meeting, subject_id=mail.id, **given)


async def test_who_runs_a_session_reads_a_proposal_but_no_address(
    making: Making, desk: Desk, open_browser: OpenBrowser
) -> None:
    task = await mail_task(
        making, desk, TaskKind.READ_MAIL, about="counter", for_role=Role.FACILITATOR, words="2pm"
    )
    browser = await open_browser(desk.ada)

    await browser.get(f"/tasks/{task.id}")

    assert "Joan asks for another time" in browser.page
    assert "After lunch would be better" in browser.page
    assert "joan@example.org" not in browser.page


@pytest.mark.parametrize(
    ("kind", "path"),
    [(TaskKind.ANSWER_BY_MAIL, "mail-answer"), (TaskKind.ADDRESS_FAILED, "address-works")],
)
async def test_only_coordinators_of_the_same_organisation_settle_mail(
    kind: TaskKind, path: str, making: Making, desk: Desk, open_browser: OpenBrowser, parts: Parts
) -> None:
    task = await mail_task(making, desk, kind, about="yes")
    for who, status in ((desk.ada, 403), (desk.dov, 404), (None, 303)):
        browser = await open_browser(who)
        response = await browser.post(f"/tasks/{task.id}/{path}", on="/today", answer="yes")
        assert status == response.status, who

    assert [TaskState.OPEN] == [each.state for each in await rows(parts, Task)]


async def test_an_answer_that_cannot_be_is_shown_again_and_changes_nothing(
    making: Making, desk: Desk, open_browser: OpenBrowser, parts: Parts
) -> None:
    task = await mail_task(making, desk, TaskKind.ANSWER_BY_MAIL, about="yes")
    browser = await open_browser(desk.ben)

    response = await browser.post(f"/tasks/{task.id}/mail-answer", on=f"/tasks/{task.id}")

    assert 422 == response.status
    assert "Please choose what they said." in browser.page
    assert TaskState.OPEN is (await row(parts, Task, task.id)).state
