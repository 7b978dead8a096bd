"""Answers that come back from calendars: they go the way of a press on the page, or to a human."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.notices import Change, Notice, NoticeKind
from scheduling.ways import Way
from service.actions import replying
from service.actions.telling import tell
from service.actor import Role
from service.parts import Parts
from service.storage.incoming import MailKind
from service.storage.invitations import guest_invitation
from service.storage.meetings import Meeting
from service.storage.messages import MessageKind
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind
from service.taking_mail import take
from tests.golden_replies import expected
from tests.integration.conftest import Making, TestClock
from tests.integration.mails import becomes_golden, golden, mails, reply, takes
from tests.integration.scenes import NO, YES_BY_PHONE, Scene, SetScene, answered, set_scene

PHONE_ONLY: dict[Way, int | None] = {Way.PHONE: None}
ONE_SEAT: dict[Way, int | None] = {Way.ROOM: 1}
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def only_task(scene: Scene) -> Task:
    """Give the one task there is."""
    (task,) = await scene.tasks()
    return task


async def moved(scene: Scene, name: str, days: int = 7) -> None:
    """Move the session, and tell this guest of it."""
    async with scene.parts.database.writing() as db:
        invitation = await guest_invitation(db, scene.guest(name))
        meeting = invitation.meeting
        assert meeting.starts_at
        assert meeting.ends_at
        meeting.starts_at += timedelta(days=days)
        meeting.ends_at += timedelta(days=days)
        news = Notice(invitation.id, NoticeKind.UPDATE, frozenset({Change.TIME}), asks_again=True)
        await tell(db, meeting, [invitation], [news], now=scene.now)


@pytest.mark.parametrize(
    ("status", "given"),
    [("ACCEPTED", Answer.YES), ("TENTATIVE", Answer.MAYBE), ("DECLINED", Answer.NO)],
)
async def test_an_answer_from_a_calendar_counts_like_a_press_on_the_page(
    status: str, given: Answer, scene_of: SetScene
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)

    outcome = await takes(scene.parts, reply(scene.guests["Cleo"], status))

    own = await scene.look("Cleo")
    assert f"counted-{given}" == outcome
    assert given is own.answer
    assert ({Way.PHONE: 1} if given is Answer.YES else {}) == await scene.taken()
    assert [] == await scene.tasks()
    assert {"invitation.answered", "reply.counted", "mail.taken"} <= {
        line.what for line in await scene.audit()
    }


async def test_every_golden_mail_comes_to_what_stands_beside_it(
    scene_of: SetScene, clock: TestClock
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    clock.move(timedelta(hours=3))
    came_to = {}
    for name in expected():
        await becomes_golden(scene.parts, scene.guests["Cleo"])
        came_to[name] = await takes(scene.parts, golden(name))

    assert {name: each["outcome"] for name, each in expected().items()} == came_to


async def test_the_same_mail_twice_is_one_mail(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    raw = reply(scene.guests["Cleo"])

    await takes(scene.parts, raw)
    await takes(scene.parts, raw)

    assert 1 == len(await mails(scene.parts))


async def test_an_older_answer_that_comes_late_changes_nothing(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    own = scene.guests["Cleo"]
    newer = reply(own, "DECLINED", stamp=scene.now - timedelta(minutes=2))
    older = reply(own, "ACCEPTED", stamp=scene.now - timedelta(minutes=3))

    assert "counted-no" == await takes(scene.parts, newer)
    assert "older" == await takes(scene.parts, older)

    assert Answer.NO is (await scene.look("Cleo")).answer


async def test_an_answer_from_before_a_press_on_the_page_changes_nothing(
    scene_of: SetScene,
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    await scene.says("Cleo", NO)

    late = reply(scene.guests["Cleo"], stamp=scene.now - timedelta(hours=1))

    assert "older" == await takes(scene.parts, late)
    assert Answer.NO is (await scene.look("Cleo")).answer


async def test_a_clock_that_is_ahead_does_not_silence_later_answers(
    scene_of: SetScene, clock: TestClock
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    own = scene.guests["Cleo"]
    wrong = reply(own, "DECLINED", stamp=scene.now + timedelta(days=4000), sequence=999_999)
    await takes(scene.parts, wrong)

    clock.move(A_MINUTE)
    outcome = await takes(scene.parts, reply(own, stamp=scene.now + A_MINUTE))

    assert "counted-yes" == outcome


async def test_yes_goes_by_the_way_the_person_usually_takes(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")
    async with scene.parts.database.writing() as db:
        person = await db.get_one(Person, scene.guests["Cleo"].person_id)
        person.usual_way = Way.ONLINE

    await takes(scene.parts, reply(scene.guests["Cleo"]))

    assert (Answer.YES, Way.ONLINE) == (
        (own := await scene.look("Cleo")).answer,
        own.way,
    )


async def test_yes_without_a_way_is_asked_by_a_human(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")

    outcome = await takes(scene.parts, reply(scene.guests["Cleo"]))

    task = await only_task(scene)
    assert "no-way-chosen" == outcome
    assert (TaskKind.ANSWER_BY_MAIL, "yes") == (task.kind, task.about)
    assert scene.guests["Cleo"].person_id == task.person_id
    assert Answer.UNANSWERED is (await scene.look("Cleo")).answer


async def test_yes_to_what_is_full_waits_and_is_told_so(scene_of: SetScene, making: Making) -> None:
    scene = await scene_of("Cleo", "Dov", offers=ONE_SEAT)
    async with making() as make:
        await answered(make, scene.guests["Dov"], Answer.YES, Way.ROOM)

    outcome = await takes(scene.parts, reply(scene.guests["Cleo"]))

    assert "counted-waiting" == outcome
    assert Answer.WAITING is (await scene.look("Cleo")).answer
    assert [MessageKind.UPDATE] == [message.kind for message in await scene.messages()]


async def test_an_answer_about_another_time_keeps_the_seat_and_asks_again(
    scene_of: SetScene,
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    await scene.says("Cleo", YES_BY_PHONE)
    await moved(scene, "Cleo")

    outcome = await takes(
        scene.parts, reply(scene.guests["Cleo"], "DECLINED", stamp=scene.now + A_MINUTE)
    )

    own = await scene.look("Cleo")
    assert "asked-again" == outcome
    assert (Answer.YES, True) == (own.answer, own.asked_again)
    assert {Way.PHONE: 1} == await scene.taken()
    assert [1] == [message.version for message in await scene.messages()]


async def test_who_never_answered_is_asked_anew_after_answering_another_time(
    scene_of: SetScene,
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    await moved(scene, "Cleo")

    outcome = await takes(scene.parts, reply(scene.guests["Cleo"]))
    own = await scene.look("Cleo")
    newest = reply(scene.guests["Cleo"], stamp=scene.now, sequence=own.sequence)
    again = await takes(scene.parts, newest)

    assert ("asked-again", "counted-yes") == (outcome, again)
    assert 2 == own.sequence
    assert own.asked_again
    assert not (await scene.look("Cleo")).asked_again


async def test_an_old_answer_counts_if_only_other_things_changed(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    async with scene.parts.database.writing() as db:
        invitation = await guest_invitation(db, scene.guest("Cleo"))
        news = Notice(invitation.id, NoticeKind.UPDATE, frozenset({Change.NOTE}))
        await tell(db, invitation.meeting, [invitation], [news], now=scene.now)

    outcome = await takes(scene.parts, reply(scene.guests["Cleo"]))

    assert "counted-yes" == outcome


async def test_an_answer_without_sequence_counts_by_the_time_it_names(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    await moved(scene, "Cleo")
    starts_at = (scene.meeting.starts_at or scene.now) + timedelta(days=7)

    outcome = await takes(
        scene.parts,
        reply(scene.guests["Cleo"], sequence=None, more=[f"DTSTART:{starts_at:%Y%m%dT%H%M%SZ}"]),
    )

    assert "counted-yes" == outcome


async def test_an_alias_counts_if_either_address_is_the_persons(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov", offers=PHONE_ONLY)

    first = await takes(
        scene.parts, reply(scene.guests["Cleo"], attendee="alias@elsewhere.example.net")
    )
    second = await takes(
        scene.parts, reply(scene.guests["Dov"], sender="alias@elsewhere.example.net")
    )

    assert ["counted-yes"] * 2 == [first, second]


async def test_who_passes_things_on_to_a_person_may_answer_for_them(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    async with scene.parts.database.writing() as db:
        person = await db.get_one(Person, scene.guests["Cleo"].person_id)
        person.through_contact = "Sister@Example.org"

    outcome = await takes(
        scene.parts,
        reply(scene.guests["Cleo"], sender="sister@example.org", attendee="sister@example.org"),
    )

    assert "counted-yes" == outcome


async def test_a_stranger_with_the_right_uid_changes_nothing(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    mallory = "mallory@evil.example.net"

    outcome = await takes(
        scene.parts, reply(scene.guests["Cleo"], sender=mallory, attendee=mallory)
    )

    task = await only_task(scene)
    assert "wrong-person" == outcome
    assert (TaskKind.READ_MAIL, "wrong-person", None) == (task.kind, task.about, task.person_id)
    assert Answer.UNANSWERED is (await scene.look("Cleo")).answer


async def test_without_asking_who_wrote_it_a_stranger_would_answer(
    scene_of: SetScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of E29: with the question left out, the same mail changes the answer."""
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    monkeypatch.setattr(replying, "is_theirs", lambda *_: True)
    mallory = "mallory@evil.example.net"

    await takes(scene.parts, reply(scene.guests["Cleo"], sender=mallory, attendee=mallory))

    assert Answer.YES is (await scene.look("Cleo")).answer


async def test_the_same_mail_in_two_workers_at_once_counts_once(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    raw = reply(scene.guests["Cleo"])

    done = await asyncio.gather(*(take(scene.parts, raw) for _ in range(4)))

    assert [True] * 4 == done
    assert 1 == len(await mails(scene.parts))
    assert {Way.PHONE: 1} == await scene.taken()


async def test_a_made_up_uid_changes_nothing(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    own = scene.guests["Cleo"]
    forged = reply(own).replace(own.uid.encode(), f"{scene.meeting.id}.0000@x".encode())

    outcome = await takes(scene.parts, forged)

    assert "unknown-uid" == outcome
    assert "unknown-uid" == (await only_task(scene)).about
    assert Answer.UNANSWERED is (await scene.look("Cleo")).answer


async def test_a_proposal_goes_to_who_runs_the_session_and_changes_nothing(
    scene_of: SetScene,
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    more = ["DTSTART:20270126T130000Z", "DTEND:20270126T150000Z", "COMMENT:After lunch?"]

    outcome = await takes(
        scene.parts, reply(scene.guests["Cleo"], "TENTATIVE", method="COUNTER", more=more)
    )

    task, (mail,) = await only_task(scene), await mails(scene.parts)
    assert "counter" == outcome
    assert (TaskKind.READ_MAIL, Role.FACILITATOR) == (task.kind, task.for_role)
    assert "Tuesday 26 January 2027, 1pm to 3pm" == task.words
    assert (MailKind.COUNTER, "After lunch?") == (mail.kind, mail.words)
    assert Answer.UNANSWERED is (await scene.look("Cleo")).answer
    assert [] == await scene.messages()


async def test_an_invitation_passed_on_is_a_no_that_a_human_looks_after(
    scene_of: SetScene,
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)

    await takes(scene.parts, reply(scene.guests["Cleo"], "DELEGATED"))

    assert Answer.NO is (await scene.look("Cleo")).answer
    assert "delegated" == (await only_task(scene)).about


async def test_words_beside_an_answer_are_read_by_a_human(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)

    outcome = await takes(
        scene.parts,
        reply(scene.guests["Cleo"], "DECLINED", more=["COMMENT:Mum is ill\\, sorry"]),
    )

    assert "counted-no" == outcome
    assert "comment" == (await only_task(scene)).about
    assert "Mum is ill, sorry" == (await mails(scene.parts))[0].words


async def test_asking_for_a_copy_is_written_down_and_left_at_that(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)

    outcome = await takes(
        scene.parts, reply(scene.guests["Cleo"], "NEEDS-ACTION", method="REFRESH")
    )

    assert "asked-for-copy" == outcome
    assert ([], []) == (await scene.tasks(), await scene.messages())


@pytest.mark.parametrize(("status", "has_task"), [("ACCEPTED", True), ("DECLINED", False)])
async def test_who_means_to_come_to_what_is_cancelled_hears_from_a_human(
    status: str, has_task: bool, scene_of: SetScene
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    async with scene.parts.database.writing() as db:
        (await db.get_one(Meeting, scene.meeting.id)).state = MeetingState.CANCELLED

    outcome = await takes(scene.parts, reply(scene.guests["Cleo"], status))

    assert "session-cancelled" == outcome
    assert has_task == bool(await scene.tasks())


async def test_several_answers_in_one_mail_all_count(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov", offers=PHONE_ONLY)
    cleo, dov = scene.guests["Cleo"], scene.guests["Dov"]
    both = reply(cleo) + reply(dov, "DECLINED", attendee=cleo.person.email).split(b"\r\n\r\n")[1]

    await takes(scene.parts, both)

    assert Answer.YES is (await scene.look("Cleo")).answer
    # Cleo does not answer for Dov.
    assert Answer.UNANSWERED is (await scene.look("Dov")).answer
    assert "wrong-person" == (await only_task(scene)).about
