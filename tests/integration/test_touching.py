"""Nothing that a feed shows can change without its version growing, whatever writes it."""

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Column, Table, false, insert, select, update

from scheduling.answers import Answer
from service.parts import Parts
from service.storage.base import Base
from service.storage.feeds import Feed, FeedKind
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.places import Place
from service.storage.touching import UnwatchedChange
from service.storage.types import UtcDateTime
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.feed_scene import a_feed, feed_scene, fetch
from tests.integration.test_feed_agreement import from_nothing, keep
from tests.integration.test_page_budgets import counting

#: Tables of which anything may stand in a feed.
SHOWN: tuple[type[Base], ...] = (Organisation, Person, Place, Meeting, Invitation)
#: Kept to few values by constraints; times are changed together, elsewhere.
KEPT = frozenset({"print_size", "minutes", "supporters", "reference", "starts_at", "ends_at"})


def other_values(column: Column[Any], now: datetime) -> list[Any]:
    """Give other values for a column; none for those that name rows, or lists."""
    if column.primary_key or column.foreign_keys or column.unique or column.name in KEPT:
        return []
    if isinstance(column.type, UtcDateTime):
        return [now + timedelta(days=3)]
    python = column.type.python_type
    if issubclass(python, StrEnum):
        return list(python)
    if column.name == "zone":
        return ["America/New_York"]
    usual: dict[type, list[Any]] = {bool: [True, False], int: [7], str: ["Changed"]}
    return usual.get(python, [])


@pytest.mark.parametrize("table", SHOWN, ids=lambda table: table.__tablename__)
async def test_whatever_is_changed_of_a_row_a_feed_agrees(
    table: type[Base], parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.gil)
        now = make.now
    browser, seen = await open_browser(), set[str]()
    await keep(parts, scene, now)
    etag = (await fetch(browser, path)).headers["ETag"]

    whole = table.__table__
    assert isinstance(whole, Table)
    for column in whole.columns:
        for value in other_values(column, now):
            async with parts.database.writing() as db:
                await db.execute(update(table).values({column.name: value}))
            response = await fetch(browser, path, etag)
            text, _ = await from_nothing(parts, now)
            if response.status == 200:
                seen.add(column.name)
                assert text.decode() == browser.page, column
            etag = response.headers["ETag"]
            assert etag == (await fetch(browser, path)).headers["ETag"]
            assert text.decode() == browser.page, column

    assert seen


async def test_feeds_of_those_who_come_and_of_those_who_go_are_touched(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        eve = await make.staff(scene.house, "Eve")
        for person in (scene.ada, scene.ben, eve):
            await a_feed(make, person, FeedKind.HOSTING)
        await a_feed(make, scene.gil)
    names = {each.id: each.chosen_name for each in (scene.ada, scene.ben, eve, scene.gil)}

    async def versions() -> dict[str, int]:
        async with parts.database.reading() as db:
            feeds = await db.scalars(select(Feed))
            return {names[feed.person_id]: feed.version for feed in feeds}

    before = await versions()
    async with parts.database.writing() as db:
        meeting = await db.get(Meeting, scene.meetings[0].id)
        assert meeting is not None
        meeting.second_id = eve.id
        await db.flush()
        meeting.lead_id = None
    after = await versions()

    assert {name: version + 1 for name, version in before.items()} == after
    async with parts.database.writing() as db:
        await db.execute(update(Person).where(Person.id == eve.id).values(phone="01632 960199"))
    assert after == await versions()


async def test_a_statement_nobody_can_follow_is_refused(parts: Parts, making: Making) -> None:
    async with making() as make:
        await feed_scene(make)
    columns = [column.name for column in Invitation.__table__.c]
    again = insert(Invitation).from_select(columns, select(Invitation.__table__).where(false()))

    with pytest.raises(UnwatchedChange):
        async with parts.database.writing() as db:
            await db.execute(again)


async def test_many_who_touch_the_same_feeds_do_not_wait_for_each_other_for_ever(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        scene = await feed_scene(make, meetings=4)
        people = [await make.person(scene.house, f"Guest {number}") for number in range(6)]
        for person in people:
            for meeting in scene.meetings:
                await make.invitation(meeting, person)
            await a_feed(make, person)

    async def edit(number: int) -> None:
        meeting = scene.meetings[number % 4].id
        async with parts.database.writing() as db:
            who = people[number % 6].id
            mine = update(Invitation).where(Invitation.meeting_id == meeting)
            await db.execute(mine.where(Invitation.person_id == who).values(answer=Answer.YES))
            await db.execute(update(Meeting).where(Meeting.id == meeting).values(about=f"{number}"))

    async with asyncio.timeout(30):
        await asyncio.gather(*(edit(number) for number in range(24)))

    async with parts.database.reading() as db:
        versions = (await db.scalars(select(Feed.version))).all()
    assert min(versions) > 20


async def test_a_change_in_a_house_without_feeds_asks_two_questions_more_at_most(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        scene = await feed_scene(make)

    with counting() as sent:
        async with parts.database.writing() as db:
            mine = update(Meeting).where(Meeting.id == scene.meetings[0].id)
            await db.execute(mine.values(about="New"))

    assert 4 == len(sent)
