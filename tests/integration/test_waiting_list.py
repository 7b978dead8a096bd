"""The waiting list: whose turn it is, how a freed place is offered, taken, left and passed on."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from accessibility.contact import SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.actions.answering import Reply
from service.actions.cancelling import cancel_meeting
from service.actions.changing import Agreed, change_meeting
from service.actions.inviting import remove_person
from service.actions.people import person_left
from service.actions.plans import details_of
from service.actions.raising import about_meeting
from service.actions.waiting import let_pass, pass_on_places
from service.actor import Role, system_actor
from service.errors import NotAllowed, NotFound, Refused
from service.parts import Parts
from service.storage.holds import Hold
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import Meeting, Offer, meeting_by_id, release_seats
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making
from tests.integration.scenes import (
    NO,
    YES_BY_PHONE,
    YES_IN_ROOM,
    Scene,
    SetScene,
    answered,
    set_scene,
)
from tests.people import actor_for


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def full_room(
    scene_of: SetScene, making: Making, *waiting: str, places: int = 1, **meeting: Any
) -> Scene:
    """Make a session whose room is full: Cleo has a place, and these wait, in this order."""
    offers: dict[Way, int | None] = {Way.ROOM: places, Way.PHONE: None}
    scene = await scene_of("Cleo", *waiting, offers=offers, **meeting)
    async with making() as make:
        await answered(make, scene.guests["Cleo"], Answer.YES, Way.ROOM)
        for number, name in enumerate(waiting):
            since = timedelta(hours=len(waiting) - number)
            await answered(make, scene.guests[name], Answer.WAITING, Way.ROOM, since=since)
    return scene


async def holds(scene: Scene) -> Sequence[Hold]:
    """Read the places that were kept, in the order they were offered."""
    async with scene.parts.database.reading() as db:
        return (await db.scalars(select(Hold).order_by(Hold.offered_at, Hold.id))).all()


async def offered_to(scene: Scene) -> list[str]:
    """Name those for whom a place is kept now."""
    names = {invitation.id: name for name, invitation in scene.guests.items()}
    kept = [each for each in await holds(scene) if each.state is HoldState.OFFERED]
    return [names[each.invitation_id] for each in kept]


async def time_passes(scene: Scene, now: datetime) -> int:
    """Let the timer do what is due."""
    async with scene.parts.database.writing() as db:
        return await pass_on_places(db, system_actor(scene.organisation.id), now=now)


async def passes(scene: Scene, name: str, *, at: datetime | None = None) -> bool:
    """Let a guest give the place to the next and stay on the list."""
    actor = scene.guest(name)
    async with scene.parts.database.writing() as db:
        own = await guest_invitation(db, actor)
        return await let_pass(db, actor, own, now=at or scene.now)


async def all_mails_leave(scene: Scene) -> None:
    """Let everything that is queued have been sent."""
    async with scene.parts.database.writing() as db:
        for message in await db.scalars(select(Message)):
            if message.state is MessageState.WAITING:
                message.state = MessageState.SENT


async def new_limits(scene: Scene, limits: dict[Way, int | None], *, losing: int = 0) -> None:
    """Let the coordinator change what the session offers."""
    async with scene.parts.database.writing() as db:
        meeting = await meeting_by_id(db, scene.desk, scene.meeting.id)
        details = replace(details_of(meeting), limits=limits)
        agreed = Agreed(meeting.version, losing)
        await change_meeting(db, scene.desk, meeting.id, details, agreed, now=scene.now)


async def test_a_freed_place_is_kept_for_who_waits_longest_and_they_are_mailed(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")

    await scene.says("Cleo", NO)

    (hold,) = await holds(scene)
    assert ["Dov"] == await offered_to(scene)
    assert {Way.ROOM: 1} == await scene.taken()
    (message,) = [each for each in await scene.messages() if each.subject_id == hold.id]
    assert (MessageKind.PLACE_OFFERED, MessageState.WAITING) == (message.kind, message.state)
    assert timedelta(days=2) <= hold.expires_at - scene.now <= timedelta(days=3)
    assert "place.offered" in {line.what for line in await scene.audit()}


async def test_who_takes_the_kept_place_has_it_and_only_their_calendar_changes(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)

    settled = [await scene.says("Dov", YES_IN_ROOM) for _ in range(2)]

    own, other = await scene.look("Dov"), await scene.look("Eve")
    assert [Answer.YES, Answer.YES, Answer.YES] == [*settled, own.answer]
    assert (1, "place-free", 0) == (own.sequence, own.what_changed, other.sequence)
    assert {Way.ROOM: 1} == await scene.taken()
    assert [HoldState.TAKEN] == [each.state for each in await holds(scene)]
    queued = [(each.kind, each.state) for each in await scene.messages()]
    assert (MessageKind.PLACE_OFFERED, MessageState.OVERTAKEN) in queued
    assert 1 == queued.count((MessageKind.UPDATE, MessageState.WAITING))


async def test_who_says_no_leaves_the_list_and_the_next_is_offered_the_place(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)

    await scene.says("Dov", NO)

    assert [HoldState.DECLINED, HoldState.OFFERED] == [each.state for each in await holds(scene)]
    assert ["Eve"] == await offered_to(scene)
    assert (Answer.NO, None) == (await said(scene, "Dov"), (await scene.look("Dov")).waiting_since)


async def test_who_stays_on_the_list_goes_to_its_end_and_is_not_asked_the_same_again(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)

    assert await passes(scene, "Dov")
    assert ["Eve"] == await offered_to(scene)
    assert ["Eve", "Dov"] == await line(scene, "Dov", "Eve")
    await scene.says("Eve", NO)

    assert [] == await offered_to(scene)
    assert {} == await scene.taken()
    assert Answer.YES is await scene.says("Dov", YES_IN_ROOM)
    assert not await passes(scene, "Dov")


async def test_who_let_a_place_go_is_offered_the_next_once_that_one_was_taken(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)
    await passes(scene, "Dov")
    await scene.says("Eve", YES_IN_ROOM, at=scene.now + timedelta(hours=1))

    await scene.says("Eve", NO, at=scene.now + timedelta(hours=2))

    assert ["Dov"] == await offered_to(scene)


async def test_a_place_whose_time_runs_out_goes_to_the_next_once(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)
    await all_mails_leave(scene)
    (first,) = await holds(scene)

    early = await time_passes(scene, first.expires_at - timedelta(seconds=1))
    once = await asyncio.gather(*(time_passes(scene, first.expires_at) for _ in range(3)))

    assert (0, 1) == (early, sum(once))
    assert ["Eve"] == await offered_to(scene)
    assert [HoldState.EXPIRED, HoldState.OFFERED] == [each.state for each in await holds(scene)]
    assert ["Eve", "Dov"] == await line(scene, "Dov", "Eve")
    assert {Way.ROOM: 1} == await scene.taken()


async def test_who_takes_a_place_in_the_moment_it_runs_out_has_it_or_waits_and_nobody_else_loses(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)
    await all_mails_leave(scene)
    (hold,) = await holds(scene)

    await asyncio.gather(
        *(time_passes(scene, hold.expires_at) for _ in range(2)),
        *(scene.says("Dov", YES_IN_ROOM, at=hold.expires_at) for _ in range(2)),
        return_exceptions=True,
    )

    assert {Way.ROOM: 1} == await scene.taken()
    has_it = Answer.YES is await said(scene, "Dov")
    assert ([] if has_it else ["Eve"]) == await offered_to(scene)


async def test_who_never_heard_of_the_place_keeps_their_turn(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)
    (first,) = await holds(scene)

    await time_passes(scene, first.expires_at)

    assert ["Eve"] == await offered_to(scene)
    assert ["Dov", "Eve"] == await line(scene, "Dov", "Eve")
    after = first.expires_at + timedelta(hours=1)
    await scene.says("Eve", YES_IN_ROOM, at=after)
    await scene.says("Eve", NO, at=after + timedelta(hours=1))
    assert ["Dov"] == await offered_to(scene)


async def test_a_kept_place_is_taken_by_nobody_else_not_even_by_the_desk(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)

    with pytest.raises(Refused, match="way-full"):
        await scene.says("Eve", YES_IN_ROOM)
    with pytest.raises(Refused, match="way-full"):
        await scene.desk_says("Eve", YES_IN_ROOM)

    assert Answer.YES is await scene.desk_says("Dov", YES_IN_ROOM)


async def test_the_desk_gives_a_free_place_to_whom_it_decides_but_a_guest_waits_for_their_turn(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve", is_held=True)
    await scene.says("Cleo", NO)

    with pytest.raises(Refused, match="way-full"):
        await scene.says("Eve", YES_IN_ROOM)

    assert Answer.YES is await scene.desk_says("Eve", YES_IN_ROOM)


async def test_a_party_that_does_not_fit_is_passed_over_twice_then_seats_are_kept_together(
    scene_of: SetScene, making: Making
) -> None:
    names = ("Dov", "Eve", "Fay", "Gus")
    scene = await full_room(scene_of, making, *names, places=4)
    async with making() as make:
        dov = await make.db.get(Invitation, scene.guests["Dov"].id)
        offer = await make.db.scalar(select(Offer).where(Offer.way == Way.ROOM))
        assert dov is not None
        assert offer is not None
        dov.supporters = 1
        offer.taken = 4

    for step, freed in enumerate(("Cleo", "Eve", "Fay")):
        at = scene.now + timedelta(hours=2 * step)
        await scene.says(freed, NO, at=at)
        for name in await offered_to(scene):
            await scene.says(name, YES_IN_ROOM, at=at + timedelta(hours=1))

    given = [each.invitation_id for each in await holds(scene)]
    assert [scene.guests[name].id for name in ("Eve", "Fay")] == given
    assert Answer.WAITING is await said(scene, "Gus")
    assert {Way.ROOM: 3} == await scene.taken()
    async with making() as make:
        await release_seats(make.db, scene.meeting.id, Way.ROOM, 1)
    await scene.says("Gus", NO, at=scene.now + timedelta(hours=8))
    assert ["Dov"] == await offered_to(scene)
    assert {Way.ROOM: 4} == await scene.taken()


@pytest.mark.parametrize(
    ("reached", "starts_in", "kind", "at_least"),
    [
        ({"channels": ["call"], "email": ""}, 20, TaskKind.RING, 4),
        ({"channels": ["text"], "email": ""}, 20, TaskKind.TEXT, 4),
        ({"channels": ["letter"], "email": ""}, 20, TaskKind.POST, 7),
        ({"channels": ["letter"], "email": ""}, 10, TaskKind.RING, 2),
        ({"channels": ["through"], "email": ""}, 20, TaskKind.THROUGH, 4),
    ],
)
async def test_who_has_no_mail_is_told_by_a_human_with_longer_to_answer(
    scene_of: SetScene,
    making: Making,
    reached: dict[str, object],
    starts_in: int,
    kind: TaskKind,
    at_least: int,
) -> None:
    scene = await full_room(scene_of, making, "Dov", starts_in=timedelta(days=starts_in, hours=1))
    async with making() as make:
        dov = await make.db.get(Person, scene.guests["Dov"].person_id)
        for name, value in reached.items():
            setattr(dov, name, value)

    await scene.says("Cleo", NO)

    (hold,) = await holds(scene)
    (task,) = await scene.tasks()
    assert (kind, "place_offered", hold.id) == (task.kind, task.about, task.subject_id)
    assert hold.expires_at == task.due_at
    assert timedelta(days=at_least) <= hold.expires_at - scene.now
    assert [] == await scene.messages()


async def test_who_may_only_be_contacted_safely_gets_no_mail_about_a_place(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov")
    async with making() as make:
        await make.need(scene.guests["Dov"].person, SAFE_CONTACT)

    await scene.says("Cleo", NO)

    assert [TaskKind.SAFE_CONTACT] == [each.kind for each in await scene.tasks()]
    assert [] == [each for each in await scene.messages() if each.state is MessageState.WAITING]


async def test_nobody_is_offered_a_place_at_a_date_nobody_was_told_of_or_that_has_begun(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", is_held=True)
    await scene.says("Cleo", NO)
    assert [] == await holds(scene)

    begun = scene.meeting.starts_at
    async with making() as make:
        meeting = await make.db.get(Meeting, scene.meeting.id)
        assert meeting is not None
        meeting.is_held = False
    assert begun is not None
    assert Answer.YES is await scene.says("Dov", YES_IN_ROOM, at=begun + timedelta(minutes=5))
    assert [] == await holds(scene)


async def test_who_is_taken_off_the_list_or_leaves_gives_the_kept_place_to_the_next(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve", "Fay")
    await scene.says("Cleo", NO)

    async with making() as make:
        await remove_person(make.db, scene.desk, scene.guests["Dov"].id, now=scene.now)
    assert ["Eve"] == await offered_to(scene)
    async with making() as make:
        await person_left(make.db, scene.desk, scene.guests["Eve"].person_id, now=scene.now)

    assert ["Fay"] == await offered_to(scene)
    assert {Way.ROOM: 1} == await scene.taken()


async def test_who_joins_another_way_gives_the_kept_place_to_the_next(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)

    await scene.says("Dov", YES_BY_PHONE)

    assert ["Eve"] == await offered_to(scene)
    assert {Way.ROOM: 1, Way.PHONE: 1} == await scene.taken()


async def test_company_is_kept_a_place_with_the_person(scene_of: SetScene, making: Making) -> None:
    scene = await full_room(scene_of, making, "Dov", places=2)
    await scene.says("Cleo", NO)

    await scene.says("Dov", Reply(Answer.WAITING, supporters=1))
    assert {Way.ROOM: 2} == await scene.taken()
    with pytest.raises(Refused, match="no-room-for-more"):
        await scene.says("Dov", Reply(Answer.WAITING, supporters=2))
    await scene.says("Dov", YES_IN_ROOM)

    assert {Way.ROOM: 2} == await scene.taken()
    assert [(2, HoldState.TAKEN)] == [(each.seats, each.state) for each in await holds(scene)]


async def test_a_cancelled_session_and_a_way_that_goes_take_back_what_was_kept(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)

    await new_limits(scene, {Way.PHONE: None}, losing=2)
    assert [HoldState.WITHDRAWN] == [each.state for each in await holds(scene)]
    await new_limits(scene, {Way.PHONE: None, Way.ROOM: 1})
    assert ["Dov"] == await offered_to(scene)
    async with making() as make:
        now_is = (await meeting_by_id(make.db, scene.desk, scene.meeting.id)).version
        id_ = scene.meeting.id
        await cancel_meeting(make.db, scene.desk, id_, "", version=now_is, now=scene.now)

    assert [] == await offered_to(scene)
    assert {} == await scene.taken()
    offers = [each for each in await scene.messages() if each.kind is MessageKind.PLACE_OFFERED]
    assert {MessageState.OVERTAKEN} == {each.state for each in offers}


async def test_raising_a_limit_offers_places_in_order_and_lowering_it_throws_nobody_out(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve", "Fay")

    await new_limits(scene, {Way.PHONE: None, Way.ROOM: 3})
    assert ["Dov", "Eve"] == await offered_to(scene)
    await new_limits(scene, {Way.PHONE: None, Way.ROOM: 1})

    assert Answer.YES is await scene.says("Dov", YES_IN_ROOM)
    assert Answer.YES is await said(scene, "Cleo")
    await scene.says("Eve", NO)
    assert {Way.ROOM: 2} == await scene.taken()
    assert [] == await offered_to(scene)


async def test_a_place_is_never_kept_past_the_start(scene_of: SetScene, making: Making) -> None:
    scene = await full_room(scene_of, making, "Dov")
    await scene.says("Cleo", NO)

    async with scene.parts.database.writing() as db:
        meeting = await meeting_by_id(db, scene.desk, scene.meeting.id)
        assert meeting.starts_local is not None
        sooner = meeting.starts_local - timedelta(days=13)
        details = replace(details_of(meeting), starts_local=sooner)
        await change_meeting(
            db, scene.desk, meeting.id, details, Agreed(meeting.version), now=scene.now
        )

    (hold,) = await holds(scene)
    assert scene.meeting.starts_at is not None
    assert scene.meeting.starts_at - timedelta(days=13) >= hold.expires_at


async def test_places_a_coordinator_was_once_asked_to_give_are_offered(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", is_held=True)
    await scene.says("Cleo", NO)
    async with making() as make:
        meeting = await make.db.get(Meeting, scene.meeting.id)
        assert meeting is not None
        meeting.is_held = False
        task = Task(kind=TaskKind.PLACE_FREE, about="room", once="place_free|of|before")
        make.db.add(about_meeting(task, meeting, now=scene.now))

    await time_passes(scene, scene.now)

    assert ["Dov"] == await offered_to(scene)
    assert [TaskState.OVERTAKEN] == [each.state for each in await scene.tasks()]


async def test_only_the_person_or_the_desk_lets_a_place_go(
    scene_of: SetScene, making: Making
) -> None:
    scene = await full_room(scene_of, making, "Dov", "Eve")
    await scene.says("Cleo", NO)
    host = actor_for(scene.organisation.id, scene.host, Role.FACILITATOR)
    async with scene.parts.database.writing() as db:
        own = await guest_invitation(db, scene.guest("Dov"))
        with pytest.raises(NotAllowed):
            await let_pass(db, host, own, now=scene.now)
        with pytest.raises(NotFound):
            await let_pass(db, scene.guest("Eve"), own, now=scene.now)

    assert ["Dov"] == await offered_to(scene)


async def said(scene: Scene, name: str) -> Answer:
    """Read what a guest's answer is now."""
    return (await scene.look(name)).answer


async def line(scene: Scene, *names: str) -> list[str]:
    """Sort guests who wait by since when they do."""
    since = {name: (await scene.look(name)).waiting_since or scene.now for name in names}
    return sorted(names, key=since.__getitem__)
