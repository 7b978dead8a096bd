"""Starting a series: its dates, what is refused, who is told of which, and whose it is."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accessibility.contact import KEEP_APART
from scheduling.dates import DateKind
from scheduling.recurrence import Rule
from scheduling.series import DateChoice, DateRule, Decision, SeriesState
from service.actions.inviting import Outcome
from service.actions.series.deciding import decide_date, undecide_date
from service.actions.series.drafting import copy_series, throw_away_series
from service.actions.series.guests import add_guests, take_off_guest
from service.actions.series.opening import open_windows
from service.actions.series.starting import foresee_starting, start_series
from service.actions.task_outcomes import Outcome as Done
from service.actions.tasks import finish_task
from service.actor import Role, system_actor
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.parts import Parts
from service.storage.invitations import Choice
from service.storage.messages import Message, MessageKind
from service.storage.series import SeriesDate, series_by_id
from service.storage.series_guests import guests_of_series
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making
from tests.integration.series_scene import (
    FIRST,
    WEEKLY_THURSDAY,
    all_sent,
    begun,
    dates_of,
    invitations_to,
    started,
)
from tests.people import NOW, actor_for

LATER = NOW + timedelta(days=40)


async def test_a_series_makes_its_dates_for_eighteen_months_and_tells_of_the_near_ones(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)

    async with parts.database.reading() as db:
        dates = await dates_of(db, circle.series_id)
        invitations = await invitations_to(db, [each.id for each in dates])
        told = Counter(await db.scalars(select(Message.meeting_id)))
    assert 18 == len(dates)
    assert [False, False, *[True] * 16] == [each.is_held for each in dates]
    assert {dates[0].id: 2, dates[1].id: 2} == told
    assert 36 == len({each.uid for each in invitations})
    assert 18 == len({each.room_name for each in dates})


async def test_starting_says_beforehand_what_it_does(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await begun(make, parts, rule=WEEKLY_THURSDAY)
        seen = await foresee_starting(make.db, circle.facilitator, circle.series_id, now=NOW)
        await start_series(make.db, circle.facilitator, circle.issuer, circle.series_id, now=NOW)
        dates = await dates_of(make.db, circle.series_id)

    assert (2, len(dates)) == (seen.people, seen.dates)
    assert 6 == seen.told_now == sum(not each.is_held for each in dates)
    assert (2, 2) == (seen.forecast.email, seen.forecast.total)


async def test_the_first_date_is_put_on_the_rule(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await begun(make, parts, first=FIRST.replace(day=16))
        series = await series_by_id(make.db, circle.facilitator, circle.series_id)

    assert datetime.fromisoformat("2027-02-11T13:00") == series.starts_local


async def test_a_draft_that_is_not_ready_says_everything_at_once(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        series = await series_by_id(make.db, circle.facilitator, circle.series_id)
        series.rule, series.second, series.help_phone = None, None, ""
        await make.db.flush()

        with pytest.raises(Invalid) as refusal:
            await start_series(
                make.db, circle.facilitator, circle.issuer, circle.series_id, now=NOW
            )

    assert {"rule", "second_id", "help_phone"} == set(refusal.value.fields)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_on": date(2027, 1, 13)}, "ends_on"),
        ({"weeks_ahead": 0}, "weeks_ahead"),
        ({"weeks_ahead": 53}, "weeks_ahead"),
        ({"zone": "Europe/Burslem"}, "zone"),
    ],
)
async def test_what_can_never_be_is_refused(
    parts: Parts, making: Making, given: dict[str, Any], field: str
) -> None:
    async with making() as make:
        with pytest.raises(Invalid) as refusal:
            await begun(make, parts, **given)

    assert {field} == set(refusal.value.fields)


async def test_bank_holidays_are_left_out_or_moved_as_the_series_says(
    parts: Parts, making: Making
) -> None:
    rules = {DateKind.BANK_HOLIDAY: DateRule.NEXT_SAME_WEEKDAY}
    async with making() as make:
        circle = await started(
            make,
            parts,
            rule=Rule.of("FREQ=MONTHLY;BYDAY=-1MO"),
            first=datetime.fromisoformat("2027-01-25T10:00"),
            date_rules=rules,
            ends_on=date(2027, 12, 31),
        )
        dates = await dates_of(make.db, circle.series_id)
        query = select(SeriesDate).where(SeriesDate.series_id == circle.series_id)
        decided = (await make.db.scalars(query)).all()

    days = [f"{each.starts_local:%m-%d}" for each in dates]
    # 27 December would move to 3 January, past the last day.
    assert {"04-05", "06-07", "09-06"} <= set(days)
    assert {"03-29", "05-31", "08-30", "12-27"}.isdisjoint(days)
    assert {"bank_holiday": 4} == Counter(each.because for each in decided)


async def test_dates_are_decided_by_hand_until_they_are_made(parts: Parts, making: Making) -> None:
    march, april, may = (
        datetime.fromisoformat(f"2027-{day}T13:00") for day in ("03-11", "04-08", "05-13")
    )
    async with making() as make:
        circle, actor = (one := await begun(make, parts)), one.facilitator
        moved = Decision(DateChoice.MOVE, april.replace(day=9))
        for on, decision in (
            (march, Decision(DateChoice.SKIP)),
            (april, moved),
            (may, Decision(DateChoice.SKIP)),
        ):
            await decide_date(make.db, actor, circle.series_id, on, decision, now=NOW)
        await undecide_date(make.db, actor, circle.series_id, may, now=NOW)
        await start_series(make.db, actor, circle.issuer, circle.series_id, now=NOW)
        starts = {each.starts_local for each in await dates_of(make.db, circle.series_id)}

        with pytest.raises(Refused) as refusal:
            await decide_date(
                make.db, actor, circle.series_id, may, Decision(DateChoice.SKIP), now=NOW
            )
        with pytest.raises(Invalid):
            await decide_date(
                make.db, actor, circle.series_id, may.replace(day=14), Decision(), now=NOW
            )

    assert "date-is-made" == refusal.value.reason
    assert {march, april}.isdisjoint(starts)
    assert {april.replace(day=9), may} <= starts


async def test_a_list_is_looked_at_before_anybody_is_told(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        await make.need(circle.guests[0], KEEP_APART, other_person="somebody")
        actor, system = circle.facilitator, system_actor(circle.house.id)
        first = await start_series(make.db, actor, circle.issuer, circle.series_id, now=NOW)
        task = (await make.db.scalars(select(Task))).one()
        draft = await series_by_id(make.db, actor, circle.series_id)
        waits = (first, draft.state, len(await dates_of(make.db, circle.series_id)))

        await finish_task(make.db, circle.coordinator, task.id, Done.CHECKED, now=NOW)
        then = await start_series(make.db, actor, circle.issuer, circle.series_id, now=NOW)
        later = await open_windows(make.db, system, now=NOW + timedelta(days=3))
        tasks = (await make.db.scalars(select(Task.kind))).all()

    assert (Outcome.WAITS, SeriesState.DRAFT, 0) == waits
    assert (Outcome.DONE, 1) == (then, later)
    assert [TaskKind.KEEP_APART] == list(tasks)


async def test_people_added_are_invited_to_all_dates_and_told_of_the_near_ones(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        new = await make.person(circle.house, "Newcomer")
        choice = Choice(people=frozenset({new.id, circle.guests[0].id}))
        actor = circle.facilitator
        await add_guests(make.db, actor, circle.issuer, circle.series_id, choice, now=NOW)

        dates = await dates_of(make.db, circle.series_id)
        invitations = await invitations_to(make.db, [each.id for each in dates])
        told = await make.db.scalars(select(Message.meeting_id).where(Message.person_id == new.id))
        assert 18 == sum(each.person_id == new.id for each in invitations)
        assert {each.id for each in dates[:2]} == set(told)

        await all_sent(make.db)
        await take_off_guest(make.db, actor, circle.series_id, new.id, now=NOW)
        cancelled = select(Message.meeting_id).where(Message.kind == MessageKind.CANCEL)
        assert {each.id for each in dates[:2]} == set(await make.db.scalars(cancelled))
        await add_guests(make.db, actor, circle.issuer, circle.series_id, choice, now=NOW)
        again = await invitations_to(make.db, [each.id for each in dates])

    assert {each.id: each.uid for each in invitations} == {each.id: each.uid for each in again}
    assert all(each.removed_at is None for each in again)


async def test_a_draft_can_be_thrown_away_and_a_running_series_cannot(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        copy = await copy_series(make.db, circle.facilitator, circle.series_id, now=NOW)
        copied = await guests_of_series(make.db, circle.facilitator, copy.id)
        await throw_away_series(make.db, circle.facilitator, copy.id, now=NOW)
        await start_series(make.db, circle.facilitator, circle.issuer, circle.series_id, now=NOW)

        with pytest.raises(Refused):
            await throw_away_series(make.db, circle.facilitator, circle.series_id, now=NOW)
        with pytest.raises(NotFound):
            await series_by_id(make.db, circle.facilitator, copy.id)

    assert {each.id for each in circle.guests} == {each.person_id for each in copied}


async def test_a_series_is_its_facilitators_and_its_organisations(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        other = await make.staff(circle.house, "Cleo", Role.FACILITATOR)
        elsewhere = await make.organisation("Elsewhere")
        dov = await make.staff(elsewhere, "Dov", Role.COORDINATOR)
        strangers = (
            actor_for(circle.house.id, other, Role.FACILITATOR),
            actor_for(elsewhere.id, dov, Role.COORDINATOR),
        )

        for stranger in strangers:
            with pytest.raises(NotFound):
                await start_series(make.db, stranger, circle.issuer, circle.series_id, now=NOW)
        with pytest.raises(NotAllowed):
            admin = actor_for(circle.house.id, other, Role.ADMIN)
            await start_series(make.db, admin, circle.issuer, circle.series_id, now=NOW)
