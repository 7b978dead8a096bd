"""The waiting list: its order, and the one task a coordinator gets when a place comes free."""

from datetime import timedelta
from functools import partial

import pytest

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actor import Role
from service.errors import Refused
from service.parts import Parts
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Making
from tests.integration.scenes import NO, YES_BY_PHONE, YES_IN_ROOM, SetScene, answered, set_scene


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def test_a_freed_place_raises_one_task_for_who_waits_longest(
    scene_of: SetScene, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov", "Eve", "Fay", offers={Way.ROOM: 2, Way.PHONE: None})
    async with making() as make:
        for name in ("Cleo", "Dov"):
            await answered(make, scene.guests[name], Answer.YES, Way.ROOM)
        await answered(make, scene.guests["Fay"], Answer.WAITING, Way.ROOM, since=timedelta(1))
        await answered(make, scene.guests["Eve"], Answer.WAITING, Way.ROOM, since=timedelta(2))

    await scene.says("Cleo", NO)
    await scene.says("Dov", YES_BY_PHONE)

    (task,) = await scene.tasks()
    assert (TaskKind.PLACE_FREE, "room", TaskState.OPEN) == (task.kind, task.about, task.state)
    assert scene.guests["Eve"].person_id == task.person_id
    assert Role.COORDINATOR is task.for_role


async def test_nobody_overtakes_those_who_wait_but_the_desk_decides(
    scene_of: SetScene, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov", "Eve")
    async with making() as make:
        await answered(make, scene.guests["Cleo"], Answer.YES, Way.ROOM)
        await answered(make, scene.guests["Dov"], Answer.WAITING, Way.ROOM)
    await scene.says("Cleo", NO)

    with pytest.raises(Refused, match="way-full"):
        await scene.says("Eve", YES_IN_ROOM)
    await scene.desk_says("Dov", YES_IN_ROOM)

    (task,) = await scene.tasks()
    (message,) = await scene.messages()
    assert TaskState.OVERTAKEN is task.state
    assert scene.guests["Dov"].id == message.subject_id
    assert "place-free" == (await scene.look("Dov")).what_changed


async def test_when_the_first_stops_waiting_the_next_is_named(
    scene_of: SetScene, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov", "Eve")
    async with making() as make:
        await answered(make, scene.guests["Cleo"], Answer.YES, Way.ROOM)
        await answered(make, scene.guests["Dov"], Answer.WAITING, Way.ROOM, since=timedelta(2))
        await answered(make, scene.guests["Eve"], Answer.WAITING, Way.ROOM, since=timedelta(1))
    await scene.says("Cleo", NO)

    await scene.says("Dov", NO)

    old, new = await scene.tasks()
    assert (TaskState.OVERTAKEN, TaskState.OPEN) == (old.state, new.state)
    assert scene.guests["Eve"].person_id == new.person_id


async def test_a_place_freed_again_after_the_task_was_done_raises_another(
    scene_of: SetScene, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov")
    async with making() as make:
        await answered(make, scene.guests["Cleo"], Answer.YES, Way.ROOM)
        await answered(make, scene.guests["Dov"], Answer.WAITING, Way.ROOM)
    await scene.says("Cleo", NO)
    async with making() as make:
        (task,) = await scene.tasks()
        (await make.db.merge(task)).state = TaskState.DONE

    await scene.desk_says("Cleo", YES_IN_ROOM)
    await scene.says("Cleo", NO)

    assert [TaskState.DONE, TaskState.OPEN] == [each.state for each in await scene.tasks()]
