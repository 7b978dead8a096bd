"""Asking for what helps people at a series: date by date as they come, never for the whole year at once."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select, update

from accessibility.contact import KEEP_APART
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actions.series.asking_ahead import ask_ahead
from service.actions.series.joining import Standing, count_in
from service.actions.series.opening import open_windows
from service.actions.series.starting import start_series
from service.actor import system_actor
from service.parts import Parts
from service.storage.base import Db
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.series_scene import WEEKLY_THURSDAY, Circle, begun, dates_of, started
from tests.integration.test_page_budgets import MOST_QUERIES, counting
from tests.people import NOW, Make, guest_actor

ONLINE = Standing(Way.ONLINE)
#: The first takes no notice, the second twenty working days: with two weeks to spare, six weeks.
CHECK_IN, BSL = "WEL-CHECKIN", "PRO-BSL"
IN_SIX_WEEKS = 6


async def needed(make: Make, parts: Parts, *codes: str, weeks_ahead: int) -> Circle:
    """Start a weekly series that guests hear of so many weeks before; the first guest has needs."""
    circle = await started(make, parts, rule=WEEKLY_THURSDAY, weeks_ahead=weeks_ahead)
    for code in codes:
        await make.need(circle.guests[0], code)
    return circle


async def counted_in(db: Db, circle: Circle) -> None:
    """Count the first guest in each time, as their coordinator does at the desk."""
    person_id = circle.guests[0].id
    await count_in(db, circle.coordinator, circle.series_id, person_id, ONLINE, now=NOW)


async def asked_for(db: Db) -> Counter[str]:
    """Count the requests by what they are for."""
    return Counter(await db.scalars(select(AccessRequest.code)))


async def starts_asked_for(db: Db, code: str) -> list[datetime | None]:
    """Give the starts of the dates at which something was asked for."""
    query = select(Meeting.starts_at).join(AccessRequest, AccessRequest.meeting_id == Meeting.id)
    query = query.where(AccessRequest.code == code).order_by(Meeting.starts_at)
    return list(await db.scalars(query))


async def test_being_counted_in_asks_for_the_dates_people_know_of_and_for_what_takes_long(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await needed(make, parts, CHECK_IN, BSL, weeks_ahead=2)
        await counted_in(make.db, circle)
        dates = await dates_of(make.db, circle.series_id)
        asked = await asked_for(make.db)

    assert {CHECK_IN: 2, BSL: IN_SIX_WEEKS} == asked
    assert len(dates) > 70


async def test_a_date_that_opens_asks_for_everybody_who_answered_before(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await needed(make, parts, CHECK_IN, weeks_ahead=3)
        late = (await dates_of(make.db, circle.series_id))[6:8]
        for each, reply in zip(late, (Answer.YES, Answer.NO), strict=True):
            query = select(Invitation).where(Invitation.meeting_id == each.id)
            query = query.where(Invitation.person_id == circle.guests[0].id)
            guest = guest_actor((await make.db.scalars(query)).one(), "Guest")
            invitation = await guest_invitation(make.db, guest)
            await answer(make.db, guest, invitation, Reply(reply, Way.ONLINE), now=NOW)
        before = await asked_for(make.db)

    async with parts.database.writing() as db:
        await open_windows(db, system_actor(circle.house.id), now=NOW + timedelta(weeks=6))
        after = await starts_asked_for(db, CHECK_IN)

    assert {} == before
    assert [late[0].starts_at] == after


async def test_what_takes_longer_than_people_know_beforehand_is_asked_for_in_time_and_once(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await needed(make, parts, BSL, weeks_ahead=1)
        await counted_in(make.db, circle)

    async def once() -> int:
        async with parts.database.writing() as db:
            return await ask_ahead(db, system_actor(circle.house.id), now=NOW + timedelta(weeks=3))

    made = await asyncio.gather(*(once() for _ in range(3)))
    again = await once()

    async with parts.database.reading() as db:
        starts = await starts_asked_for(db, BSL)
        held = {each.starts_at for each in await dates_of(db, circle.series_id) if each.is_held}
    assert (3, 0) == (sum(made), again)
    assert 9 == len(set(starts)) == len(starts)
    assert held.issuperset(starts[2:])


async def test_a_need_told_while_a_date_opened_is_found_later(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await needed(make, parts, weeks_ahead=2)
        await counted_in(make.db, circle)
        await make.need(circle.guests[0], CHECK_IN)
        system = system_actor(circle.house.id)
        made = [await ask_ahead(make.db, system, now=NOW) for _ in range(2)]

    assert [2, 0] == made


async def test_nothing_is_asked_for_who_does_not_come_or_where_nothing_must_be_done(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await needed(make, parts, "MOB-PARKING", "INF-LARGE", weeks_ahead=2)
        await counted_in(make.db, circle)
        await make.need(circle.guests[1], CHECK_IN)
        await make.db.execute(
            update(Invitation)
            .where(Invitation.person_id == circle.guests[1].id)
            .values(answer=Answer.NO, way=Way.ONLINE)
        )

        made = await ask_ahead(make.db, system_actor(circle.house.id), now=NOW)

    assert 0 == made


async def test_who_must_be_kept_apart_is_looked_at_once_for_the_whole_series(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await needed(make, parts, weeks_ahead=2)
        await make.need(circle.guests[0], KEEP_APART)
        await counted_in(make.db, circle)
        kinds = Task.kind == TaskKind.KEEP_APART
        near = list(await make.db.scalars(select(Task.meeting_id).where(kinds)))
        await open_windows(make.db, system_actor(circle.house.id), now=NOW + timedelta(weeks=2))
        all_ = list(await make.db.scalars(select(Task.meeting_id).where(kinds)))

    assert 2 == len(near)
    assert {*near, None} == set(all_)
    assert 3 == len(all_)


async def test_the_task_to_look_at_a_list_leads_to_its_series(
    parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        await make.need(circle.guests[0], KEEP_APART, other_person="Mr Grey")
        await start_series(make.db, circle.facilitator, circle.issuer, circle.series_id, now=NOW)
        task_id = await make.db.scalar(
            select(Task.id).where(Task.kind == TaskKind.KEEP_APART, Task.meeting_id.is_(None))
        )
    ben = await open_browser(circle.ben)

    with counting() as sent:
        await ben.get(f"/tasks/{task_id}")

    assert len(sent) <= MOST_QUERIES
    assert f'href="/series/{circle.series_id}"' in ben.page
    assert "See the list and the hosts" in ben.page
    assert "It is about everybody on the list of a series." in ben.page
