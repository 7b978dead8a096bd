"""What time does for series: dates are made, windows open, zones change, the last day passes."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from accessibility.contact import KEEP_APART
from scheduling.dates import DateKind
from scheduling.recurrence import Rule
from scheduling.series import DateRule, SeriesState
from service.actions.changing import Agreed, change_meeting
from service.actions.plans import details_of
from service.actions.series.drafting import copy_series, save_series
from service.actions.series.making import make_more_dates
from service.actions.series.opening import open_windows
from service.actions.series.starting import start_series
from service.actions.series.template import template_of
from service.actions.task_outcomes import Outcome as Done
from service.actions.tasks import finish_task
from service.actions.zone_changes import keep_wall_clocks
from service.actor import system_actor
from service.identifiers import new_id
from service.parts import Parts
from service.storage.meetings import meeting_by_id
from service.storage.messages import Message, MessageKind
from service.storage.series import Series, series_by_id
from service.storage.special_dates import PlaceTrouble, SpecialDate
from service.storage.tasks import Task
from tests.integration.conftest import Making
from tests.integration.series_scene import (
    WEEKLY_THURSDAY,
    all_sent,
    dates_of,
    invitations_to,
    started,
)
from tests.people import NOW

LATER = NOW + timedelta(days=40)


async def test_time_makes_what_comes_within_the_horizon_and_leaves_the_rest_alone(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        before = await dates_of(make.db, circle.series_id)
        meeting = await meeting_by_id(make.db, circle.facilitator, before[5].id)
        details = replace(details_of(meeting), minutes=45)
        await change_meeting(
            make.db, circle.facilitator, meeting.id, details, Agreed(meeting.version), now=NOW
        )
        edited = (meeting.id, meeting.version, meeting.starts_at)

    for _ in range(2):
        async with parts.database.writing() as db:
            system = system_actor(circle.house.id)
            await make_more_dates(db, system, circle.issuer, now=LATER)

    async with parts.database.reading() as db:
        after = await dates_of(db, circle.series_id)
        invitations = await invitations_to(db, [each.id for each in after])
    assert [each.id for each in before] == [each.id for each in after[: len(before)]]
    assert 2 == len(after) - len(before)
    assert edited == (after[5].id, after[5].version, after[5].starts_at)
    assert after[5].is_edited
    assert 2 * len(after) == len(invitations)


async def test_two_processes_make_and_open_each_date_once(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts, rule=WEEKLY_THURSDAY)
        await all_sent(make.db)
        made = len(await dates_of(make.db, circle.series_id))

    async def once() -> None:
        system = system_actor(circle.house.id)
        async with parts.database.writing() as db:
            await make_more_dates(db, system, circle.issuer, now=LATER)
        async with parts.database.writing() as db:
            await open_windows(db, system, now=LATER)

    await asyncio.gather(*(once() for _ in range(4)))

    async with parts.database.reading() as db:
        dates = await dates_of(db, circle.series_id)
        told = Counter(await db.scalars(select(Message.subject_id)))
    coming = [each for each in dates if each.starts_at and each.starts_at > LATER]
    assert 6 == len(dates) - made
    assert 6 == sum(not each.is_held for each in coming)
    assert {1} == set(told.values())


async def test_the_window_opens_week_by_week_and_always_shows_the_next_two(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        weekly = await started(make, parts, rule=WEEKLY_THURSDAY, weeks_ahead=3)
        quarterly = Rule.of("FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE")
        template = template_of(await series_by_id(make.db, weekly.facilitator, weekly.series_id))
        copy = await copy_series(make.db, weekly.facilitator, weekly.series_id, now=NOW)
        details = replace(template.details, starts_local=datetime.fromisoformat("2027-01-20T10:30"))
        wanted = replace(template, rule=quarterly, details=details)
        await save_series(make.db, weekly.facilitator, copy.id, wanted, now=NOW)
        await start_series(make.db, weekly.facilitator, weekly.issuer, copy.id, now=NOW)
    system = system_actor(weekly.house.id)

    opened = []
    for days in (0, 7, 8, 14, 100):
        async with parts.database.writing() as db:
            opened.append(await open_windows(db, system, now=NOW + timedelta(days=days)))
    async with parts.database.reading() as db:
        quarters = await dates_of(db, copy.id)

    # Three weeks hold three Thursdays; each week one more comes, and a quarter when one is over.
    assert [0, 1, 0, 2] == opened[:4]
    assert [*[False] * 4, True] == [each.is_held for each in quarters[:5]]


async def test_who_left_is_invited_to_nothing_new(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        gone = await make.db.get_one(type(circle.guests[0]), circle.guests[0].id)
        gone.left_at = NOW

    async with parts.database.writing() as db:
        await make_more_dates(db, system_actor(circle.house.id), circle.issuer, now=LATER)
    async with parts.database.reading() as db:
        newest = (await dates_of(db, circle.series_id))[-1]
        invited = {each.person_id for each in await invitations_to(db, [newest.id])}

    assert {circle.guests[1].id} == invited


async def test_a_date_stays_held_while_its_list_must_be_looked_at(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        await make.need(circle.guests[0], KEEP_APART, other_person="somebody")
        system = system_actor(circle.house.id)

        opened = [
            await open_windows(make.db, system, now=NOW + timedelta(days=3)) for _ in range(2)
        ]
        task = (await make.db.scalars(select(Task))).one()
        await finish_task(make.db, circle.coordinator, task.id, Done.CHECKED, now=NOW)
        opened.append(await open_windows(make.db, system, now=NOW + timedelta(days=3)))

    assert [0, 0, 1] == opened


async def test_a_zone_with_new_rules_moves_the_instants_and_tells_once(
    parts: Parts, making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        before = await dates_of(make.db, circle.series_id)
        uids = {each.uid for each in await invitations_to(make.db, [each.id for each in before])}
    system = system_actor(circle.house.id)
    async with parts.database.writing() as db:
        unchanged = [await keep_wall_clocks(db, system, now=NOW) for _ in range(2)]

    # London decides to go with Paris, an hour ahead.
    for module in ("time", "recurrence"):
        monkeypatch.setattr(f"scheduling.{module}.zone_named", lambda _: ZoneInfo("Europe/Paris"))
    monkeypatch.setattr("service.actions.zone_changes.zone_digest", lambda _: "of another day")
    async with parts.database.writing() as db:
        moved = [await keep_wall_clocks(db, system, now=NOW) for _ in range(2)]

    async with parts.database.reading() as db:
        after = await dates_of(db, circle.series_id)
        invitations = await invitations_to(db, [each.id for each in after])
        updates = (
            await db.scalars(select(Message).where(Message.kind == MessageKind.UPDATE))
        ).all()
    assert ([0, 0], [18, 0]) == (unchanged, moved)
    assert {timedelta(hours=1)} == {
        was.starts_at - each.starts_at
        for was, each in zip(before, after, strict=True)
        if was.starts_at and each.starts_at
    }
    assert {13} == {each.starts_local.hour for each in after if each.starts_local}
    assert ({1}, uids) == (
        {each.sequence for each in invitations},
        {each.uid for each in invitations},
    )
    assert {each.id: 2 for each in after[:2]} == Counter(each.meeting_id for each in updates)


async def test_a_series_that_is_over_ends_by_itself(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts, ends_on=date(2027, 2, 28))

    async with parts.database.writing() as db:
        await make_more_dates(db, system_actor(circle.house.id), circle.issuer, now=LATER)
    async with parts.database.reading() as db:
        running = (await db.get_one(Series, circle.series_id)).state
    async with parts.database.writing() as db:
        over = LATER + timedelta(days=14)
        await make_more_dates(db, system_actor(circle.house.id), circle.issuer, now=over)
        ended = (await db.get_one(Series, circle.series_id)).state

    assert (SeriesState.RUNNING, SeriesState.ENDED) == (running, ended)


async def test_what_the_house_knows_of_far_days_counts_when_they_are_made(
    parts: Parts, making: Making
) -> None:
    holidays, closed = date(2028, 7, 20), date(2028, 8, 10)
    skips = {DateKind.SCHOOL_BREAK: DateRule.SKIP, DateKind.PLACE_CLOSED: DateRule.SKIP}
    async with making() as make:
        circle = await started(make, parts, rule=WEEKLY_THURSDAY, date_rules=skips)
        alike = {"id": new_id(), "organisation_id": circle.house.id}
        days = {"first_on": holidays, "last_on": holidays}
        make.db.add(SpecialDate(kind=DateKind.SCHOOL_BREAK, name="Summer", **alike, **days))
        shut = {"place_id": circle.place.id, "first_on": closed, "last_on": closed}
        make.db.add(PlaceTrouble(**alike, **shut))
        await make.db.flush()
        made = len(await dates_of(make.db, circle.series_id))
        await make_more_dates(make.db, system_actor(circle.house.id), circle.issuer, now=LATER)
        after = (await dates_of(make.db, circle.series_id))[made:]

    days_made = [each.starts_local.date() for each in after if each.starts_local]
    assert [date(2028, 7, 13), date(2028, 7, 27), date(2028, 8, 3), date(2028, 8, 17)] == days_made
