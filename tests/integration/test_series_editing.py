"""Editing a series: what changes for whom, and what stays as it is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.recurrence import Rule
from scheduling.series import EditScope
from scheduling.ways import Way
from service.actions.changing import Agreed, NotAgreed, change_meeting
from service.actions.plans import details_of
from service.actions.series.editing import foresee_edit, save_edit
from service.errors import Invalid
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import meeting_by_id
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.series import Series
from service.storage.series_guests import guests_of_series
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making
from tests.integration.series_scene import (
    FIRST,
    WEEKLY_THURSDAY,
    all_sent,
    at,
    dates_of,
    edit_of,
    edited,
    invitations_to,
    started,
)
from tests.people import NOW

FEBRUARY, MARCH = (datetime.fromisoformat(f"2027-{day}T13:00") for day in ("02-11", "03-11"))


async def test_another_time_for_all_moves_every_date_on_the_wall_clock_and_tells_of_the_near_ones(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        before = {each.id: each for each in await dates_of(make.db, circle.series_id)}
        uids = {each.id: each.uid for each in await invitations_to(make.db, list(before))}

    async with parts.database.writing() as db:
        await edited(db, circle, starts_local=at(FIRST, 18))

    async with parts.database.reading() as db:
        after = await dates_of(db, circle.series_id)
        invitations = await invitations_to(db, [each.id for each in after])
        updates = (
            await db.scalars(select(Message).where(Message.kind == MessageKind.UPDATE))
        ).all()
    assert {18} == {each.starts_local.hour for each in after if each.starts_local}
    assert {each.id for each in after} == set(before)
    assert uids == {each.id: each.uid for each in invitations}
    assert {1} == {each.sequence for each in invitations}
    near = {each.id for each in after if not each.is_held}
    assert (2, near) == (len(near), {each.meeting_id for each in updates})
    assert {datetime(2027, 7, 8, 17, tzinfo=UTC)} == {
        each.starts_at
        for each in after
        if each.starts_at and each.starts_at.month == 7 and each.starts_at.year == 2027
    }


async def test_a_split_keeps_what_was_and_moves_what_follows_with_its_people(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        before = {each.series_on: each.id for each in await dates_of(make.db, circle.series_id)}

    async with parts.database.writing() as db:
        follows = await edited(
            db, circle, scope=EditScope.FOLLOWING, on=MARCH, real_title="Helpers, anew"
        )

    async with parts.database.reading() as db:
        old = await db.get_one(Series, circle.series_id)
        stayed = await dates_of(db, circle.series_id)
        moved = await dates_of(db, follows.id)
        guests = await guests_of_series(db, circle.facilitator, follows.id)
    assert [FIRST, FEBRUARY] == [each.series_on for each in stayed]
    assert (date(2027, 3, 10), circle.series_id) == (old.ends_on, follows.follows_id)
    assert {on: id_ for on, id_ in before.items() if on and on >= MARCH} == {
        each.series_on: each.id for each in moved
    }
    assert {""} == {each.real_title for each in stayed}
    assert {"Helpers, anew"} == {each.real_title for each in moved}
    assert {each.id for each in circle.guests} == {each.person_id for each in guests}


async def test_another_rule_keeps_the_meetings_with_their_answers_and_uids(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        before = await dates_of(make.db, circle.series_id)
        await make.db.execute(update(Invitation).values(answer=Answer.MAYBE))
        uids = {each.id: each.uid for each in await invitations_to(make.db, [d.id for d in before])}

        third_tuesday = Rule.of("FREQ=MONTHLY;BYDAY=3TU")
        await edited(make.db, circle, rule=third_tuesday)
        after = await dates_of(make.db, circle.series_id)
        invitations = await invitations_to(make.db, [each.id for each in after])

    assert [each.id for each in before] == [each.id for each in after]
    assert ["2027-01-19", "2027-02-16", "2027-03-16"] == [
        f"{each.starts_local:%Y-%m-%d}" for each in after[:3]
    ]
    assert [each.series_on for each in after] == [each.starts_local for each in after]
    assert uids == {each.id: each.uid for each in invitations}
    assert {(Answer.MAYBE, True, 1)} == {
        (each.answer, each.asked_again, each.sequence) for each in invitations
    }


async def test_dates_a_rule_no_longer_gives_are_cancelled_and_made_anew_if_it_comes_back(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts, rule=WEEKLY_THURSDAY)
        await all_sent(make.db)
        before = await dates_of(make.db, circle.series_id)
        fortnightly = Rule.of("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH")

        await edited(make.db, circle, rule=fortnightly)
        states = [each.state for each in await dates_of(make.db, circle.series_id)]
        cancels = select(Message.meeting_id).where(Message.kind == MessageKind.CANCEL)
        told = set(await make.db.scalars(cancels))
        await edited(make.db, circle, rule=WEEKLY_THURSDAY)
        after = await dates_of(make.db, circle.series_id)

    published = [each for each in after if each.state is MeetingState.PUBLISHED]
    assert [MeetingState.PUBLISHED, MeetingState.CANCELLED] * 2 == states[:4]
    # Six dates were near: the second, fourth and sixth are off.
    assert {before[number].id for number in (1, 3, 5)} == told
    assert len(before) == len(published)
    assert [each.starts_at for each in before] == [each.starts_at for each in published]


async def test_what_was_changed_or_moved_by_hand_is_left_alone_and_counted(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        dates = await dates_of(make.db, circle.series_id)
        meeting = await meeting_by_id(make.db, circle.facilitator, dates[2].id)
        moved = replace(details_of(meeting), starts_local=MARCH.replace(day=12))
        await change_meeting(
            make.db, circle.facilitator, meeting.id, moved, Agreed(meeting.version), now=NOW
        )

        seen = await foresee_edit(
            make.db,
            circle.facilitator,
            await edit_of(make.db, circle, starts_local=at(FIRST, 18)),
            now=NOW,
        )
        await edited(make.db, circle, starts_local=at(FIRST, 18))
        after = await dates_of(make.db, circle.series_id)

    assert (17, 0, 0, 1) == (seen.changed, seen.made, seen.dropped, seen.left_alone)
    assert MARCH.replace(day=12) == after[2].starts_local
    assert at(MARCH, 18) == after[2].series_on
    assert 18 == len(after)


async def test_what_has_begun_is_history(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        first = (await dates_of(make.db, circle.series_id))[0]
        later = NOW + timedelta(days=3)

        await edited(make.db, circle, now=later, minutes=45, real_title="Shorter")
        after = await dates_of(make.db, circle.series_id)

        with pytest.raises(Invalid):
            await edited(make.db, circle, scope=EditScope.FOLLOWING, on=FIRST, now=later)

    assert (120, "", 1) == (after[0].minutes, after[0].real_title, after[0].version)
    assert first.starts_at == after[0].starts_at
    assert {(45, "Shorter")} == {(each.minutes, each.real_title) for each in after[1:]}


async def test_from_the_first_date_to_come_on_nothing_is_split(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        follows = await edited(make.db, circle, scope=EditScope.FOLLOWING, on=FIRST, minutes=45)

    assert circle.series_id == follows.id


async def test_two_changes_before_the_first_was_sent_are_one_message(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        await edited(make.db, circle, starts_local=at(FIRST, 18))
        await edited(make.db, circle, starts_local=at(FIRST, 19))
        waiting = select(Message).where(Message.state == MessageState.WAITING)
        messages = (await make.db.scalars(waiting)).all()

    assert 4 == len(messages)
    assert {(MessageKind.UPDATE, 2)} == {(each.kind, each.version) for each in messages}


async def test_a_change_nobody_sees_sends_nothing_and_raises_nothing(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        await edited(make.db, circle, weeks_ahead=7)
        dates = await dates_of(make.db, circle.series_id)
        invitations = await invitations_to(make.db, [each.id for each in dates])
        waiting = select(Message).where(Message.state == MessageState.WAITING)

        assert [] == (await make.db.scalars(waiting)).all()
        assert {0} == {each.sequence for each in invitations}


async def test_who_would_lose_their_way_is_counted_once_and_agreed_to(
    parts: Parts, making: Making
) -> None:
    without_phone = {Way.ROOM: 12, Way.ONLINE: 12}
    with_phone = without_phone | {Way.PHONE: 4}
    async with making() as make:
        circle = await started(make, parts)
        of_first = Invitation.person_id == circle.guests[0].id
        by_phone = update(Invitation).where(of_first)
        await make.db.execute(by_phone.values(way=Way.PHONE, answer=Answer.YES))

        edit = await edit_of(make.db, circle, limits=without_phone)
        seen = await foresee_edit(make.db, circle.facilitator, edit, now=NOW)
        with pytest.raises(NotAgreed):
            await edited(make.db, circle, limits=without_phone)

    async with making() as make:
        await edited(make.db, circle, limits=without_phone, agreed=1)
        tasks = select(Task.state).where(Task.kind == TaskKind.NO_WAY_LEFT)
        raised = (await make.db.scalars(tasks)).all()
        await edited(make.db, circle, limits=with_phone)
        closed = (await make.db.scalars(tasks.execution_options(populate_existing=True))).all()
        offers = [each.id for each in await dates_of(make.db, circle.series_id)]
        whole = await meeting_by_id(make.db, circle.facilitator, offers[7])

    assert 1 == seen.left_without
    assert (["open"], ["overtaken"]) == (list(raised), list(closed))
    # The seat is still theirs.
    assert {Way.ROOM: 0, Way.ONLINE: 0, Way.PHONE: 1} == {o.way: o.taken for o in whole.offers}


async def test_another_zone_keeps_the_time_on_the_wall(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await edited(make.db, circle, zone="Europe/Paris")
        after = await dates_of(make.db, circle.series_id)

    assert {("Europe/Paris", 13)} == {
        (each.zone, each.starts_local.hour) for each in after if each.starts_local
    }
    assert {12, 11} == {each.starts_at.hour for each in after if each.starts_at}


async def test_what_is_said_beforehand_is_what_happens(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts, rule=WEEKLY_THURSDAY)
        await all_sent(make.db)
        tuesdays = Rule.of("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
        edit = await edit_of(make.db, circle, rule=tuesdays, ends_on=date(2027, 6, 30))
        seen = await foresee_edit(make.db, circle.facilitator, edit, now=NOW)
        count = len(await dates_of(make.db, circle.series_id))
        await save_edit(
            make.db, circle.facilitator, circle.issuer, edit, Agreed(seen.series.version), now=NOW
        )
        after = await dates_of(make.db, circle.series_id)
        waiting = select(Message.person_id).where(Message.state == MessageState.WAITING)
        told = set(await make.db.scalars(waiting))

    published = [each for each in after if each.state is MeetingState.PUBLISHED]
    assert (count, 2, 2) == (seen.changed + seen.dropped, seen.people, seen.forecast.email)
    assert (seen.changed + seen.made, seen.dropped) == (
        len(published),
        len(after) - len(published),
    )
    assert {each.id for each in circle.guests} == told
    assert {1} == {each.starts_local.weekday() for each in published if each.starts_local}
