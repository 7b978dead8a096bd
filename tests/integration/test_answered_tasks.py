"""What an answer settles for those who were to ring or write."""

from functools import partial

import pytest

from service.parts import Parts
from service.storage.messages import MessageKind
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making
from tests.integration.scenes import YES_BY_PHONE, SetScene, set_scene


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def test_nobody_is_rung_to_be_invited_who_has_answered(
    scene_of: SetScene, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov")
    async with making() as make:
        for name, kind in (
            ("Cleo", TaskKind.RING),
            ("Cleo", TaskKind.POST),
            ("Dov", TaskKind.RING),
        ):
            make.db.add(
                Task(
                    organisation_id=scene.organisation.id,
                    kind=kind,
                    about=MessageKind.INVITATION.value,
                    once=f"{name}|{kind}",
                    person_id=scene.guests[name].person_id,
                    meeting_id=scene.meeting.id,
                    due_at=scene.now,
                    created_at=scene.now,
                )
            )

    await scene.says("Cleo", YES_BY_PHONE)

    assert {
        "Cleo|ring": TaskState.OVERTAKEN,
        "Cleo|post": TaskState.OPEN,
        "Dov|ring": TaskState.OPEN,
    } == {task.once: task.state for task in await scene.tasks()}
