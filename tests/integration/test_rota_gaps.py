"""Gaps that cannot wait become tasks, once, and close themselves; who stops helping leaves gaps behind."""

import asyncio
from datetime import timedelta

import pytest

from service.actions.rota.gaps import notice_gaps
from service.actions.staffing import disable_staff
from service.actor import Role, system_actor
from service.parts import Parts
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.hub import tasks
from tests.integration.rota_scene import BUDDY, GREETER, ON_CALL, Rota, give, make_session, set_rota
from tests.people import Make, actor_for

SOON = timedelta(days=4)


@pytest.fixture
async def rota(parts: Parts, making: Making, open_browser: OpenBrowser) -> Rota:
    """Give a session in four days at which only the greeter is missing."""
    rota = await set_rota(parts, making, open_browser, starts_in=SOON)
    async with making() as make:
        await give(make, rota.meeting, BUDDY, rota.eve)
        await give(make, rota.meeting, ON_CALL, rota.hub.cleo)
    return rota


async def notice(rota: Rota, clock: TestClock) -> int:
    """Let time do what it does about gaps."""
    async with rota.parts.database.writing() as db:
        return await notice_gaps(db, system_actor(rota.hub.organisation.id), now=clock.now())


async def gaps(rota: Rota) -> list[tuple[str, TaskState]]:
    """Give the tasks about gaps, oldest first."""
    found = await tasks(rota.parts)
    return [(each.about, each.state) for each in found if each.kind is TaskKind.ROTA_GAP]


async def test_a_gap_is_raised_five_days_before_and_once(
    rota: Rota, clock: TestClock, making: Making
) -> None:
    async with making() as make:
        await make_session(make, rota.hub, rota.kind, starts_in=timedelta(days=5, minutes=5))

    assert 1 == await notice(rota, clock)
    assert 0 == await notice(rota, clock)
    assert [("greeter", TaskState.OPEN)] == await gaps(rota)

    clock.move(timedelta(minutes=5))
    assert 3 == await notice(rota, clock)


async def test_two_processes_at_once_raise_a_gap_once(rota: Rota, clock: TestClock) -> None:
    done = await asyncio.gather(*(notice(rota, clock) for _ in range(4)))

    assert 1 == sum(done)
    assert [("greeter", TaskState.OPEN)] == await gaps(rota)


async def test_a_gap_that_is_filled_closes_its_task_at_once(rota: Rota, clock: TestClock) -> None:
    await notice(rota, clock)

    page = rota.part(GREETER)
    await rota.ben.post(f"{page}/give", on=page, person_id=rota.hub.ada.id, was="")

    assert [("greeter", TaskState.OVERTAKEN)] == await gaps(rota)


async def test_a_gap_that_was_filled_some_other_way_closes_within_the_minute(
    rota: Rota, clock: TestClock, making: Making
) -> None:
    await notice(rota, clock)
    async with making() as make:
        await give(make, rota.meeting, GREETER, rota.hub.ben)

    assert 1 == await notice(rota, clock)
    assert [("greeter", TaskState.OVERTAKEN)] == await gaps(rota)


async def test_a_gap_that_comes_again_is_raised_again(rota: Rota, clock: TestClock) -> None:
    page = rota.part(GREETER)
    await notice(rota, clock)
    await rota.ben.post(f"{page}/give", on=page, person_id=rota.hub.ada.id, was="")

    await rota.ben.post(f"{page}/free", was=rota.hub.ada.id)
    await notice(rota, clock)

    assert [("greeter", TaskState.OVERTAKEN), ("greeter", TaskState.OPEN)] == await gaps(rota)


async def test_a_gap_that_opens_some_other_way_is_raised_again(
    rota: Rota, clock: TestClock, making: Making
) -> None:
    await notice(rota, clock)
    async with making() as make:
        await give(make, rota.meeting, GREETER, rota.hub.ben)
    await notice(rota, clock)
    async with making() as make:
        await disable(make, rota, rota.hub.cleo)
    found = await gaps(rota)

    assert ("greeter", TaskState.OVERTAKEN) in found
    assert ("on_call", TaskState.OPEN) in found


async def test_what_was_settled_by_hand_stays_settled(rota: Rota, clock: TestClock) -> None:
    await notice(rota, clock)
    (task,) = await tasks(rota.parts)

    await rota.ben.post(f"/tasks/{task.id}/done", on=f"/tasks/{task.id}", outcome="settled")
    await notice(rota, clock)

    assert [("greeter", TaskState.DONE)] == await gaps(rota)


async def test_a_cancelled_session_needs_nobody(rota: Rota, clock: TestClock) -> None:
    await notice(rota, clock)

    await rota.ben.post(
        f"/sessions/{rota.meeting.id}/cancel",
        on=f"/sessions/{rota.meeting.id}/cancel",
        version=rota.meeting.version,
        message="Sorry",
    )

    assert [("greeter", TaskState.OVERTAKEN)] == await gaps(rota)
    assert 0 == await notice(rota, clock)


async def test_a_session_that_is_over_needs_nobody(rota: Rota, clock: TestClock) -> None:
    await notice(rota, clock)
    clock.move(timedelta(days=5))

    assert 1 == await notice(rota, clock)
    assert [("greeter", TaskState.OVERTAKEN)] == await gaps(rota)


async def test_the_task_leads_to_the_part(rota: Rota, clock: TestClock) -> None:
    await notice(rota, clock)
    (task,) = await tasks(rota.parts)

    await rota.ben.get("/today")
    assert "Somebody is missing at a session" in rota.ben.page
    await rota.ben.get(f"/tasks/{task.id}")
    assert f'href="{rota.part(GREETER)}"' in rota.ben.page


async def test_the_parts_of_somebody_who_stops_are_gaps_with_tasks(
    rota: Rota, making: Making
) -> None:
    async with making() as make:
        later = await make_session(make, rota.hub, rota.kind, starts_in=timedelta(days=60))
        await give(make, later, ON_CALL, rota.hub.cleo)
        await disable(make, rota, rota.hub.cleo)

    found = [each for each in await tasks(rota.parts) if each.kind is TaskKind.ROTA_GAP]
    assert {(rota.meeting.id, "on_call"), (later.id, "on_call")} == {
        (each.meeting_id, each.about) for each in found
    }
    assert ON_CALL not in await rota.holders()


async def test_a_part_that_was_offered_can_still_be_taken_after_its_giver_stops(
    rota: Rota, making: Making, open_browser: OpenBrowser
) -> None:
    await rota.ask(rota.cleo, ON_CALL, rota.hub.ada)
    link = (await rota.links())[rota.hub.ada.id]
    async with making() as make:
        await disable(make, rota, rota.hub.cleo)
    browser = await open_browser()

    await browser.post(link, on=link, answer="yes")

    assert rota.hub.ada.id == (await rota.holders())[ON_CALL]
    assert [("on_call", TaskState.OVERTAKEN)] == await gaps(rota)


async def test_a_second_host_who_is_looked_for_already_is_not_looked_for_twice(
    rota: Rota, clock: TestClock, making: Making
) -> None:
    async with making() as make:
        alone = await make_session(make, rota.hub, rota.kind, hosts=[rota.hub.ada], starts_in=SOON)
        for role in (GREETER, BUDDY, ON_CALL):
            await give(make, alone, role, rota.hub.cleo)
        make.db.add(
            Task(
                organisation_id=rota.hub.organisation.id,
                kind=TaskKind.HAND_OVER,
                about="second",
                once="handed over",
                meeting_id=alone.id,
                due_at=make.now,
                created_at=make.now,
            )
        )

    await notice(rota, clock)

    assert [("greeter", TaskState.OPEN)] == await gaps(rota)


async def disable(make: Make, rota: Rota, person: Person) -> None:
    """Stop somebody."""
    admin = await make.staff(rota.hub.organisation, "Imran", Role.ADMIN)
    actor = actor_for(rota.hub.organisation.id, admin, Role.ADMIN)
    await disable_staff(make.db, actor, person.id, None, now=make.now)
