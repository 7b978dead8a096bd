"""Series as they are edited again and again, handed over and ended: versions, races, who may."""

import asyncio
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from scheduling.meeting import MeetingState
from scheduling.recurrence import Rule
from scheduling.series import EditScope, SeriesState
from service.actions.cancelling import cancel_meeting
from service.actions.changing import Agreed
from service.actions.series.editing import foresee_edit, save_edit
from service.actions.series.ending import End, end_series, foresee_ending
from service.actions.series.making import make_more_dates
from service.actions.series.opening import open_windows
from service.actions.series.working_out import Edit, is_coming_row
from service.actor import Role, system_actor
from service.errors import Conflict, NotFound, Refused
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind
from service.storage.series import series_by_id
from tests.integration.conftest import Making
from tests.integration.series_scene import (
    FIRST,
    all_sent,
    at,
    dates_of,
    edit_of,
    edited,
    started,
)
from tests.people import NOW, actor_for

FEBRUARY, MARCH = (datetime.fromisoformat(f"2027-{day}T13:00") for day in ("02-11", "03-11"))


async def test_an_edit_of_something_looked_at_before_is_refused(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        edit = await edit_of(make.db, circle, minutes=45)
        version = (await series_by_id(make.db, circle.facilitator, circle.series_id)).version
        await edited(make.db, circle, minutes=60)

        with pytest.raises(Conflict):
            await save_edit(
                make.db, circle.facilitator, circle.issuer, edit, Agreed(version), now=NOW
            )


async def test_two_edits_at_once_are_one(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        edits = [await edit_of(make.db, circle, minutes=minutes) for minutes in (45, 60)]
        version = (await series_by_id(make.db, circle.facilitator, circle.series_id)).version

    async def save(edit: Edit) -> bool:
        async with parts.database.writing() as db:
            agreed = Agreed(version)
            await save_edit(db, circle.facilitator, circle.issuer, edit, agreed, now=NOW)
        return True

    done = await asyncio.gather(*map(save, edits), return_exceptions=True)

    assert 1 == done.count(True)
    assert {True, Conflict} == {each if each is True else type(each) for each in done}


async def test_an_edit_is_for_whoever_plans_the_series(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        edit = await edit_of(make.db, circle, minutes=45)
        elsewhere = await make.organisation("Elsewhere")
        dov = await make.staff(elsewhere, "Dov", Role.COORDINATOR)
        other = await make.staff(circle.house, "Cleo", Role.FACILITATOR)

        for stranger in (
            actor_for(elsewhere.id, dov, Role.COORDINATOR),
            actor_for(circle.house.id, other, Role.FACILITATOR),
        ):
            with pytest.raises(NotFound):
                await foresee_edit(make.db, stranger, edit, now=NOW)


async def test_handing_a_series_over_tells_its_guests(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        series = await series_by_id(make.db, circle.facilitator, circle.series_id)
        series.created_by = None
        cleo = await make.staff(circle.house, "Cleo", Role.FACILITATOR)

        await edited(make.db, circle, lead_id=cleo.id)
        dates = await dates_of(make.db, circle.series_id)
        updates = (await make.db.scalars(select(Message.kind))).all()

    assert {cleo.id} == {each.lead_id for each in dates}
    assert 4 == list(updates).count(MessageKind.UPDATE)


async def test_ending_cancels_what_comes_after_the_last_day(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        end = End(circle.series_id, date(2027, 1, 31), "We take a long break.")
        seen = await foresee_ending(make.db, circle.facilitator, end, now=NOW)
        series = await end_series(
            make.db, circle.facilitator, end, version=seen.series.version, now=NOW
        )
        dates = await dates_of(make.db, circle.series_id)
        cancels = select(Message.meeting_id).where(Message.kind == MessageKind.CANCEL)
        told = set(await make.db.scalars(cancels))
        made = await make_more_dates(
            make.db, system_actor(circle.house.id), circle.issuer, now=NOW + timedelta(days=90)
        )

    assert (17, 1, 2) == (seen.cancelled, seen.kept, seen.forecast.total)
    assert [MeetingState.PUBLISHED, *[MeetingState.CANCELLED] * 17] == [d.state for d in dates]
    assert {"We take a long break."} == {each.cancel_message for each in dates[1:]}
    assert {dates[1].id} == told
    # Ended by itself, once its last day was over.
    assert (1, SeriesState.ENDED) == (made, series.state)


async def test_ending_before_the_first_date_ends_it_at_once(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        end = End(circle.series_id, NOW.date())
        seen = await foresee_ending(make.db, circle.facilitator, end, now=NOW)
        version = seen.series.version
        with pytest.raises(Conflict):
            await end_series(make.db, circle.facilitator, end, version=version - 1, now=NOW)
        series = await end_series(make.db, circle.facilitator, end, version=version, now=NOW)

        with pytest.raises(Refused):
            await edited(make.db, circle, minutes=45)
    assert SeriesState.ENDED is series.state


async def test_a_single_date_is_cancelled_on_its_own_page_and_not_made_anew(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        second = (await dates_of(make.db, circle.series_id))[1]
        await cancel_meeting(
            make.db, circle.facilitator, second.id, "", version=second.version, now=NOW
        )
        await edited(make.db, circle, starts_local=at(FIRST, 18))
        await open_windows(make.db, system_actor(circle.house.id), now=NOW)
        dates = await dates_of(make.db, circle.series_id)

    assert MeetingState.CANCELLED is dates[1].state
    assert 18 == len(dates)
    assert [False, False, False, True] == [each.is_held for each in dates[:4]]


@pytest.mark.parametrize("seed", range(3))
async def test_versions_only_grow_and_uids_stay_whatever_is_edited(
    parts: Parts, making: Making, seed: int
) -> None:
    dice = random.Random(seed)
    async with making() as make:
        circle = await started(make, parts)
    now = NOW
    known: dict[UUID, tuple[str, tuple[int, datetime]]] = {}
    for _ in range(6):
        now += timedelta(days=dice.choice((0, 0, 1, 9)))
        async with parts.database.writing() as db:
            series = await series_by_id(db, circle.facilitator, circle.series_id)
            dates = await dates_of(db, circle.series_id)
            coming = [each for each in dates if is_coming_row(each, now)]
            assert series.starts_local is not None
            changes: tuple[dict[str, Any], ...] = (
                {"starts_local": series.starts_local.replace(hour=dice.randrange(10, 20))},
                {"rule": Rule.of(f"FREQ=MONTHLY;BYDAY={dice.choice((1, 2, 3, -1))}TH")},
                {"minutes": dice.choice((45, 60, 90))},
                {"neutral_title": dice.choice(("Circle", "Round"))},
            )
            change = dice.choice(changes)
            scope = dice.choice((EditScope.ALL, EditScope.FOLLOWING))
            on = dice.choice(coming[:3]).series_on if scope is EditScope.FOLLOWING else None
            follows = await edited(db, circle, scope=scope, on=on, now=now, **change)
            await open_windows(db, system_actor(circle.house.id), now=now)
            circle = replace(circle, series_id=follows.id)
            if dice.random() < 0.5:
                await all_sent(db)
        async with parts.database.reading() as db:
            every = await db.scalars(select(Invitation))
            for each in every:
                was = known.get(each.id)
                version = (each.sequence, each.stamp)
                if was is not None and version != was[1]:
                    assert each.sequence > was[1][0]
                    assert each.stamp > was[1][1]
                assert was is None or each.uid == was[0]
                known[each.id] = (each.uid, version)
