"""Answering as an action: seats, supporters, who may, and what each person is told."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from accessibility.contact import SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.answering import Reply
from service.actor import Role
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.invitations import Invitation
from service.storage.messages import MessageKind
from service.storage.people import Channel, Person
from tests.integration.conftest import Making
from tests.integration.scenes import (
    NO,
    YES_BY_PHONE,
    YES_IN_ROOM,
    SetScene,
    set_scene,
)
from tests.people import actor_for


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def test_a_yes_takes_a_seat_and_is_written_down(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")

    settled = await scene.says("Cleo", YES_IN_ROOM)

    own = await scene.look("Cleo")
    line: AuditLine = (await scene.audit())[-1]
    assert Answer.YES is settled
    assert (Answer.YES, Way.ROOM, scene.now) == (own.answer, own.way, own.answered_at)
    assert {Way.ROOM: 1} == await scene.taken()
    assert ("invitation.answered", own.person_id) == (line.what, line.person_id)
    assert {
        "answer": "yes",
        "way": "room",
        "supporters": "0",
        "was": "unanswered",
        "was_way": "",
    } == line.facts


async def test_answering_twice_takes_one_seat_and_tells_once(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")

    for _ in range(3):
        await scene.says("Cleo", YES_IN_ROOM)

    assert {Way.ROOM: 1} == await scene.taken()
    assert 1 == len(await scene.messages())


async def test_a_full_way_is_refused_and_nothing_is_lost(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_IN_ROOM)
    await scene.says("Dov", YES_BY_PHONE)

    with pytest.raises(Refused, match="way-full"):
        await scene.says("Dov", YES_IN_ROOM)

    assert {Way.ROOM: 1, Way.PHONE: 1} == await scene.taken()
    assert Way.PHONE is (await scene.look("Dov")).way


async def test_who_chooses_to_wait_gives_the_old_place_up(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_IN_ROOM)
    await scene.says("Dov", YES_BY_PHONE)

    settled = await scene.says("Dov", Reply(Answer.WAITING, Way.ROOM))

    own = await scene.look("Dov")
    assert Answer.WAITING is settled
    assert (Way.ROOM, scene.now) == (own.way, own.waiting_since)
    assert {Way.ROOM: 1} == await scene.taken()


async def test_asking_to_wait_for_a_way_with_room_gives_the_place(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")

    settled = await scene.says("Cleo", Reply(Answer.WAITING, Way.ROOM))

    assert Answer.YES is settled
    assert (await scene.look("Cleo")).waiting_since is None


async def test_waiting_twice_keeps_the_turn(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_IN_ROOM)
    waits = Reply(Answer.WAITING, Way.ROOM)
    await scene.says("Dov", waits)

    await scene.says("Dov", waits, at=scene.now + timedelta(hours=1))

    assert scene.now == (await scene.look("Dov")).waiting_since


async def test_a_no_gives_the_seat_back_and_keeps_the_way_in_mind(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", replace(YES_BY_PHONE, supporters=2, supporter_name="Dov"))

    await scene.says("Cleo", NO)

    own = await scene.look("Cleo")
    assert {} == await scene.taken()
    assert (Answer.NO, Way.PHONE, 0, "") == (
        own.answer,
        own.way,
        own.supporters,
        own.supporter_name,
    )


async def test_switching_tells_that_person_alone_with_the_next_sequence(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_BY_PHONE)
    await scene.says("Dov", YES_BY_PHONE)

    await scene.says("Cleo", YES_IN_ROOM)

    cleo, dov = await scene.look("Cleo"), await scene.look("Dov")
    newest = max(await scene.messages(), key=lambda message: message.version)
    assert (2, 1) == (cleo.sequence, dov.sequence)
    assert "own-way" == cleo.what_changed
    assert (cleo.id, MessageKind.UPDATE, 2) == (newest.subject_id, newest.kind, newest.version)


async def test_a_yes_that_shows_nothing_new_sends_nothing(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers={Way.ONLINE: 2})

    await scene.says("Cleo", Reply(Answer.YES))

    assert 0 == (await scene.look("Cleo")).sequence
    assert [] == await scene.messages()


async def test_who_comes_back_after_a_no_gets_the_calendar_entry_anew(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers={Way.ONLINE: 2})
    await scene.says("Cleo", NO)

    await scene.says("Cleo", Reply(Answer.YES))

    assert [MessageKind.UPDATE] == [message.kind for message in await scene.messages()]


async def test_whom_only_a_human_tells_is_not_told_what_they_just_said(
    scene_of: SetScene, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov")
    async with making() as make:
        await make.db.execute(
            update(Person)
            .where(Person.id == scene.guests["Cleo"].person_id)
            .values(channels=[Channel.CALL.value])
        )
        await make.need(scene.guests["Dov"].person, SAFE_CONTACT)

    await scene.desk_says("Cleo", YES_BY_PHONE)
    await scene.says("Dov", YES_BY_PHONE)

    assert ([], []) == (await scene.messages(), await scene.tasks())
    assert 1 == (await scene.look("Cleo")).sequence


async def test_supporters_take_seats_by_the_same_way(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", offers={Way.ROOM: 3, Way.ONLINE: 3})
    await scene.says("Cleo", replace(YES_IN_ROOM, supporters=2, supporter_name=" Dov\r\n"))

    taken = await scene.taken()
    await scene.says("Cleo", Reply(Answer.YES, Way.ONLINE))

    own = await scene.look("Cleo")
    assert {Way.ROOM: 3} == taken
    assert {Way.ONLINE: 3} == await scene.taken()
    assert (2, "Dov") == (own.supporters, own.supporter_name)


async def test_more_company_than_there_is_room_is_refused_and_the_own_seat_is_safe(
    scene_of: SetScene,
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_IN_ROOM)

    with pytest.raises(Refused, match="no-room-for-more"):
        await scene.says("Cleo", Reply(Answer.YES, supporters=1))

    assert {Way.ROOM: 1} == await scene.taken()


@pytest.mark.parametrize("supporters", [-1, 3])
async def test_nobody_brings_more_than_two(scene_of: SetScene, supporters: int) -> None:
    scene = await scene_of("Cleo")

    with pytest.raises(Invalid):
        await scene.says("Cleo", replace(YES_BY_PHONE, supporters=supporters))


async def test_a_yes_names_a_way_that_is_offered(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")

    with pytest.raises(Invalid, match="choose-a-way"):
        await scene.says("Cleo", Reply(Answer.YES))
    with pytest.raises(Invalid, match="way-not-offered"):
        await scene.says("Cleo", Reply(Answer.YES, Way.OUTDOORS))
    with pytest.raises(Invalid, match="not-a-choice"):
        await scene.says("Cleo", Reply(Answer.UNANSWERED))


async def test_a_maybe_holds_no_seat_and_needs_no_way(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_IN_ROOM)

    await scene.says("Cleo", Reply(Answer.MAYBE))

    assert {} == await scene.taken()
    assert Answer.MAYBE is (await scene.look("Cleo")).answer


async def test_any_answer_settles_what_was_asked_again(scene_of: SetScene, making: Making) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_BY_PHONE)
    async with making() as make:
        own = await make.db.get(Invitation, scene.guests["Cleo"].id)
        assert own is not None
        own.asked_again = True

    await scene.says("Cleo", YES_BY_PHONE)

    assert not (await scene.look("Cleo")).asked_again
    assert {Way.PHONE: 1} == await scene.taken()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (MeetingState.CANCELLED, "session-cancelled"),
        (MeetingState.DRAFT, "session-not-ready"),
    ],
)
async def test_a_session_that_is_not_on_takes_no_answers(
    scene_of: SetScene, state: MeetingState, reason: str
) -> None:
    scene = await scene_of("Cleo", state=state)

    with pytest.raises(Refused, match=reason):
        await scene.says("Cleo", YES_BY_PHONE)


async def test_a_session_that_is_over_takes_no_answers(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")
    assert scene.meeting.ends_at is not None
    last = scene.meeting.ends_at - timedelta(seconds=1)

    await scene.says("Cleo", YES_BY_PHONE, at=last)

    with pytest.raises(Refused, match="session-over"):
        await scene.says("Cleo", NO, at=scene.meeting.ends_at)


async def test_who_was_taken_off_the_list_cannot_answer(scene_of: SetScene, making: Making) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        own = await make.db.get(Invitation, scene.guests["Cleo"].id)
        assert own is not None
        own.removed_at = make.now

    with pytest.raises(Refused, match="off-the-list"):
        await scene.says("Cleo", YES_BY_PHONE)


async def test_only_the_guest_and_the_desk_may_answer(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov")
    facilitator = actor_for(scene.organisation.id, scene.host, Role.FACILITATOR)
    stranger = actor_for(scene.meeting.id, None, Role.COORDINATOR)

    with pytest.raises(NotAllowed):
        await scene.desk_says("Cleo", YES_BY_PHONE, actor=facilitator)
    with pytest.raises(NotFound):
        await scene.desk_says("Cleo", YES_BY_PHONE, actor=scene.guest("Dov"))
    with pytest.raises(NotFound):
        await scene.desk_says("Cleo", YES_BY_PHONE, actor=stranger)


async def test_the_desk_stands_in_the_row_as_who_answered(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo")

    await scene.desk_says("Cleo", YES_BY_PHONE)

    assert scene.coordinator.id == (await scene.look("Cleo")).answered_by


async def test_how_many_say_yes_is_how_many_seats_are_taken(scene_of: SetScene) -> None:
    scene = await scene_of("Cleo", "Dov", offers={Way.ROOM: 4, Way.PHONE: None})
    replies = (
        ("Cleo", replace(YES_IN_ROOM, supporters=1)),
        ("Dov", YES_BY_PHONE),
        ("Cleo", YES_BY_PHONE),
        ("Dov", YES_IN_ROOM),
        ("Cleo", Reply(Answer.MAYBE)),
        ("Cleo", replace(YES_IN_ROOM, supporters=2)),
        ("Dov", NO),
        ("Dov", replace(YES_BY_PHONE, supporters=1)),
    )

    for name, reply in replies:
        await scene.says(name, reply)

        held = select(Invitation.way, func.sum(1 + Invitation.supporters)).where(
            Invitation.meeting_id == scene.meeting.id, Invitation.answer == Answer.YES
        )
        async with scene.parts.database.reading() as db:
            rows = await db.execute(held.group_by(Invitation.way))
            assert {way: int(count) for way, count in rows} == await scene.taken()
