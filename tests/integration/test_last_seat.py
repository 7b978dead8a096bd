"""The last place is never given twice (reliability, experiment E10), and the control shows the test bites."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import NullPool, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.errors import Refused
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import Offer
from tests.integration.conftest import Making
from tests.integration.scenes import Scene, set_scene

PLACES = 10
CLAIMS = 200
ROUNDS = 20
#: The wrong way oversells nearly every time; so often it may try.
CONTROL_ROUNDS = 10

Claim = Callable[[Scene, str], Awaitable[bool]]


@pytest.fixture
async def scene(parts: Parts, making: Making) -> Scene:
    """Make a session with ten places and twenty times as many guests."""
    names = [f"Guest {number}" for number in range(CLAIMS)]
    return await set_scene(parts, making, *names, offers={Way.ONLINE: PLACES})


@pytest.fixture
async def careless(parts: Parts) -> AsyncIterator[AsyncEngine]:
    """Open the same database as its driver comes: deferred transactions, nothing in front of them."""
    engine = create_async_engine(parts.database.url, poolclass=NullPool)
    yield engine
    await engine.dispose()


async def test_the_last_place_is_never_given_twice(scene: Scene) -> None:
    for _ in range(ROUNDS):
        told_yes = await race(scene, claim)

        assert PLACES == told_yes
        assert PLACES == await holders(scene)
        assert {Way.ONLINE: PLACES} == await scene.taken()
        await start_again(scene)


async def test_the_control_counting_first_and_writing_then_oversells(
    scene: Scene, careless: AsyncEngine
) -> None:
    async def count_then_write(scene: Scene, name: str) -> bool:
        async with AsyncSession(careless) as db, db.begin():
            if (await db.scalar(holding(scene)) or 0) >= PLACES:
                return False
            mine = Invitation.id == scene.guests[name].id
            await db.execute(update(Invitation).where(mine).values(answer=Answer.YES))
        return True

    worst = 0
    for _ in range(CONTROL_ROUNDS):
        await race(scene, count_then_write)
        worst = max(worst, await holders(scene))
        if worst > PLACES:
            break
        await start_again(scene)

    assert worst > PLACES


async def test_pressing_twice_at_the_same_time_takes_one_seat(scene: Scene) -> None:
    await asyncio.gather(*(claim(scene, "Guest 1") for _ in range(20)))

    assert {Way.ONLINE: 1} == await scene.taken()


async def test_people_who_change_places_do_not_wait_for_each_other(
    parts: Parts, making: Making
) -> None:
    scene = await set_scene(
        parts, making, *"ABCDEFGH", offers={Way.ONLINE: 8, Way.PHONE: 8, Way.ROOM: 8}
    )
    ways = (Way.ONLINE, Way.PHONE, Way.ROOM)

    async def move_about(number: int, name: str) -> None:
        for step in range(4):
            way = ways[(number + step * (1 + number % 2)) % len(ways)]
            await scene.says(name, Reply(Answer.YES, way))

    async with asyncio.timeout(60), asyncio.TaskGroup() as together:
        for number, name in enumerate("ABCDEFGH"):
            together.create_task(move_about(number, name))

    assert 8 == sum((await scene.taken()).values())


async def claim(scene: Scene, name: str) -> bool:
    """Say yes on a guest's page, in a transaction of its own."""
    try:
        settled = await scene.says(name, Reply(Answer.YES))
    except Refused:
        return False
    return settled is Answer.YES


async def race(scene: Scene, claim: Claim) -> int:
    """Let all guests claim a place at once, and count those who were told yes."""
    told = await asyncio.gather(
        *(claim(scene, name) for name in scene.guests), return_exceptions=True
    )
    return sum(each is True for each in told)


def holding(scene: Scene) -> Select[int]:
    """Count answers that hold a place, in SQL."""
    own = Invitation.meeting_id == scene.meeting.id
    return select(func.count()).where(own, Invitation.answer == Answer.YES)


async def holders(scene: Scene) -> int:
    """Count the guests whose answer says that they have a place."""
    async with scene.parts.database.reading() as db:
        return await db.scalar(holding(scene)) or 0


async def start_again(scene: Scene) -> None:
    """Let nobody have answered."""
    async with scene.parts.database.writing() as db:
        own = Invitation.meeting_id == scene.meeting.id
        await db.execute(update(Invitation).where(own).values(answer=Answer.UNANSWERED))
        await db.execute(update(Offer).where(Offer.meeting_id == scene.meeting.id).values(taken=0))
