"""Mail that comes back: one failure for a mailbox that is not there, or two hard ones, stop an address."""

from datetime import timedelta
from functools import partial

import pytest

from scheduling.ways import Way
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.incoming import Bounce
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState
from service.worker import worker_of
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.desks import row, rows
from tests.integration.mail_sink import mail_sink
from tests.integration.mails import becomes_golden, golden, takes, with_settings
from tests.integration.scenes import Scene, SetScene, set_scene

PHONE_ONLY: dict[Way, int | None] = {Way.PHONE: None}


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


@pytest.fixture
async def scene(scene_of: SetScene) -> Scene:
    """Give Cleo, who was mailed the golden invitation and can also be rung."""
    made = await scene_of("Cleo", offers=PHONE_ONLY)
    await becomes_golden(made.parts, made.guests["Cleo"])
    async with made.parts.database.writing() as db:
        cleo = await db.get_one(Person, made.guests["Cleo"].person_id)
        cleo.channels = ["email", "call"]
    return made


async def cleo_of(scene: Scene) -> Person:
    """Read Cleo as she is now."""
    return await row(scene.parts, Person, scene.guests["Cleo"].person_id)


async def waits(scene: Scene, making: Making, kind: MessageKind) -> None:
    """Queue another mail to Cleo."""
    async with making() as make:
        own = await make.db.get_one(Invitation, scene.guests["Cleo"].id)
        await make.message(own, kind=kind, version=own.sequence, state=MessageState.WAITING)


def open_kinds(tasks: list[Task]) -> list[TaskKind]:
    """Name what is to be done."""
    return sorted(task.kind for task in tasks if task.state is TaskState.OPEN)


async def test_one_failure_for_an_unknown_mailbox_stops_the_address(
    scene: Scene, making: Making
) -> None:
    await waits(scene, making, MessageKind.UPDATE)

    outcome = await takes(scene.parts, golden("bounce-postfix-unknown"))

    cleo, (sent, waiting) = await cleo_of(scene), await scene.messages(sent_too=True)
    assert "address-stopped" == outcome
    assert scene.now == cleo.email_stopped_at
    assert (MessageState.FAILED, MessageState.OVERTAKEN) == (sent.state, waiting.state)
    # What did not reach her is told by her next channel, and somebody mends the address.
    assert [TaskKind.ADDRESS_FAILED, TaskKind.RING, TaskKind.RING] == open_kinds(
        list(await scene.tasks())
    )


async def test_only_the_second_hard_failure_stops_the_address(scene: Scene, making: Making) -> None:
    first = await takes(scene.parts, golden("bounce-mailbox-full"))
    stopped_after_first = (await cleo_of(scene)).email_stopped_at
    async with making() as make:
        own = await make.db.get_one(Invitation, scene.guests["Cleo"].id)
        earlier = golden("bounce-mailbox-full")
        await make.message(
            own, kind=MessageKind.UPDATE, message_id=id_in(earlier).replace("invitation", "update")
        )
    second = await takes(
        scene.parts, golden("bounce-mailbox-full").replace(b"<invitation.", b"<update.")
    )

    assert ("returned-hard", "address-stopped") == (first, second)
    assert stopped_after_first is None
    assert 2 == len(await rows(scene.parts, Bounce))


def id_in(raw: bytes) -> str:
    """Give the Message-ID of ours that a report brings back."""
    start = raw.index(b"<invitation.")
    return raw[start : raw.index(b">", start) + 1].decode()


@pytest.mark.parametrize("name", ["bounce-delayed", "bounce-given-up-after-days"])
async def test_what_is_late_or_lost_says_nothing_of_the_address(name: str, scene: Scene) -> None:
    await takes(scene.parts, golden(name))

    assert (await cleo_of(scene)).email_stopped_at is None
    assert [] == await rows(scene.parts, Bounce)


async def test_a_report_without_our_message_id_is_for_a_human(scene: Scene) -> None:
    forged = golden("bounce-postfix-unknown").replace(
        b"0190b6f1-6f0a-7cc3-98a2-5d0e4b1f2a33.4f1c", b"0190b6f1-6f0a-7cc3-98a2-5d0e4b1f2a33.0000"
    )

    outcome = await takes(scene.parts, forged)

    assert "not-proven" == outcome
    assert (await cleo_of(scene)).email_stopped_at is None
    assert ["bounce"] == [task.about for task in await scene.tasks()]


async def test_a_report_about_an_address_she_had_before_is_for_a_human(scene: Scene) -> None:
    async with scene.parts.database.writing() as db:
        cleo = await db.get_one(Person, scene.guests["Cleo"].person_id)
        cleo.email = cleo.email_key = "new@example.org"

    await takes(scene.parts, golden("bounce-postfix-unknown"))

    assert (await cleo_of(scene)).email_stopped_at is None


async def test_the_same_failure_reported_in_two_mails_counts_once(scene: Scene) -> None:
    report = golden("bounce-mailbox-full")

    await takes(scene.parts, report)
    again = await takes(scene.parts, report + b"\r\n")

    assert "known" == again
    assert 1 == len(await rows(scene.parts, Bounce))


async def test_a_refusal_at_the_door_counts_the_same(scene: Scene, making: Making) -> None:
    await waits(scene, making, MessageKind.UPDATE)
    async with mail_sink() as sink:
        sink.to_recipient.append("550 5.1.1 User unknown")
        parts = with_settings(scene.parts, smtp_url=f"smtp://127.0.0.1:{sink.port}?tls=off")
        await worker_of(parts).send_due()

    assert scene.now == (await cleo_of(scene)).email_stopped_at
    assert [TaskKind.ADDRESS_FAILED, TaskKind.RING] == open_kinds(list(await scene.tasks()))


@pytest.mark.parametrize(
    "answer", ["550 5.7.1 Relaying denied", "550 relay not permitted", "554 5.7.1 Spam"]
)
async def test_a_server_that_takes_nothing_from_us_says_nothing_of_the_address(
    answer: str, scene: Scene, making: Making
) -> None:
    await waits(scene, making, MessageKind.UPDATE)
    async with mail_sink() as sink:
        sink.to_recipient.append(answer)
        parts = with_settings(scene.parts, smtp_url=f"smtp://127.0.0.1:{sink.port}?tls=off")
        await worker_of(parts).send_due()

    assert [] == await rows(scene.parts, Bounce)
    assert [TaskKind.MAIL_FAILED] == open_kinds(list(await scene.tasks()))


async def test_a_human_can_say_that_the_address_works(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await takes(scene.parts, golden("bounce-postfix-unknown"))
    (task,) = [each for each in await scene.tasks() if each.kind is TaskKind.ADDRESS_FAILED]
    browser = await open_browser(scene.coordinator)

    await browser.get(f"/tasks/{task.id}")
    assert "there is no such mailbox" in browser.page
    response = await browser.post(f"/tasks/{task.id}/address-works")

    assert 303 == response.status
    assert (await cleo_of(scene)).email_stopped_at is None
    assert [] == await rows(scene.parts, Bounce)
    assert TaskState.OVERTAKEN is (await row(scene.parts, Task, task.id)).state
    assert "address.works" in [line.what for line in await rows(scene.parts, AuditLine)]


async def test_another_address_is_written_to_again(scene: Scene, open_browser: OpenBrowser) -> None:
    await takes(scene.parts, golden("bounce-postfix-unknown"))
    cleo = await cleo_of(scene)
    browser = await open_browser(scene.coordinator)
    await browser.get(f"/people/{cleo.id}")
    assert "Mail to them comes back" in browser.page

    await browser.post(
        f"/people/{cleo.id}/edit",
        on=f"/people/{cleo.id}/edit",
        chosen_name="Cleo",
        email="right@example.org",
        phone="01632 960555",
        first="email",
        language="en",
        print_size="16",
    )

    after = await cleo_of(scene)
    assert ("right@example.org", None) == (after.email_key, after.email_stopped_at)
    assert TaskKind.ADDRESS_FAILED not in open_kinds(list(await scene.tasks()))


async def test_old_failures_are_counted_for_the_present_address_only(scene: Scene) -> None:
    async with scene.parts.database.writing() as db:
        db.add(
            Bounce(
                organisation_id=scene.organisation.id,
                person_id=scene.guests["Cleo"].person_id,
                email_key="before@example.org",
                status="5.2.2",
                at=scene.now - timedelta(days=9),
            )
        )

    outcome = await takes(scene.parts, golden("bounce-mailbox-full"))

    assert "returned-hard" == outcome


async def test_messages_that_failed_are_marked_so(scene: Scene) -> None:
    await takes(scene.parts, golden("bounce-mailbox-full"))

    (message,) = await rows(scene.parts, Message)
    assert (MessageState.FAILED, "5.2.2") == (message.state, message.trouble)
    assert [TaskKind.MAIL_FAILED] == open_kinds(list(await scene.tasks()))
