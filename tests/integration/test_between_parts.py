"""What one part of the service does must hold in the others: found by living through a year."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.actions.cancelling import cancel_meeting
from service.actions.inviting import Issuer, invite_more, remove_person
from service.actions.series.ending import End, end_series
from service.actions.series.guests import take_off_guest
from service.actions.series.joining import Standing, count_in
from service.actions.series.making import make_more_dates
from service.actions.staffing import disable_staff
from service.actor import Role, system_actor
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.invitations import Choice, Invitation
from service.storage.meetings import Meeting
from service.storage.messages import MessageKind
from service.storage.series import series_by_id
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making
from tests.integration.scenes import set_scene
from tests.integration.series_scene import dates_of, started
from tests.people import NOW, actor_for


async def test_new_dates_of_a_series_are_not_made_for_a_host_who_has_stopped(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        cleo = await make.staff(circle.house, "Cleo", Role.ADMIN)
        admin = actor_for(circle.house.id, cleo, Role.ADMIN)
        await disable_staff(make.db, admin, circle.ada.id, circle.ben.id, now=NOW)
    later = NOW + timedelta(days=60)
    async with making() as make:
        await make_more_dates(make.db, system_actor(circle.house.id), circle.issuer, now=later)
        series = await series_by_id(make.db, admin, circle.series_id)
        newest = (await dates_of(make.db, circle.series_id))[-1]
        said = set(await make.db.scalars(select(AuditLine.what)))

    assert later == newest.created_at
    assert {(circle.ben.id, None)} == {(each.lead_id, each.second_id) for each in (series, newest)}
    assert "series.handed-over" in said


@pytest.mark.parametrize("is_end_of_series", [False, True])
async def test_a_date_that_is_off_leaves_only_what_says_so(
    is_end_of_series: bool, parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        meeting = (await dates_of(make.db, circle.series_id))[1]
        for kind, about in (
            (TaskKind.LOOK_AT_DATE, ""),
            (TaskKind.HAND_OVER, "second"),
            (TaskKind.RING, MessageKind.ANNOUNCEMENT.value),
            (TaskKind.RING, MessageKind.CANCEL.value),
        ):
            task = Task(
                organisation_id=circle.house.id,
                kind=kind,
                about=about,
                once=f"{kind}|{about}",
                person_id=circle.guests[0].id,
                meeting_id=meeting.id,
                due_at=NOW,
                created_at=NOW,
            )
            make.db.add(task)
        await make.db.flush()
        actor = circle.facilitator
        if is_end_of_series:
            end = End(circle.series_id, NOW.date() + timedelta(days=3))
            version = (await series_by_id(make.db, actor, circle.series_id)).version
            await end_series(make.db, actor, end, version=version, now=NOW)
        else:
            await cancel_meeting(make.db, actor, meeting.id, "", version=meeting.version, now=NOW)
        query = select(Task.about).where(
            Task.meeting_id == meeting.id, Task.state == TaskState.OPEN
        )
        still_open = (await make.db.scalars(query)).all()

    assert [MessageKind.CANCEL.value] == still_open


async def test_who_is_invited_again_comes_alone_unless_they_say_otherwise(
    parts: Parts, making: Making
) -> None:
    scene = await set_scene(parts, making, "Mags", offers={Way.ROOM: 3})
    await scene.says("Mags", Reply(Answer.YES, Way.ROOM, 1, "Pat"))
    desk = replace(scene.desk, roles=frozenset({Role.COORDINATOR, Role.FACILITATOR}))
    own = scene.guests["Mags"]
    async with parts.database.writing() as db:
        await remove_person(db, desk, own.id, now=NOW)
        issuer = Issuer.of(parts.keys, "hello@kiln.example.org", "http://localhost")
        choice = Choice(people=frozenset({own.person_id}))
        await invite_more(db, desk, issuer, scene.meeting.id, choice, now=NOW)

    await scene.says("Mags", Reply(Answer.YES, Way.ROOM))

    back = await scene.look("Mags")
    assert (0, "", False) == (back.supporters, back.supporter_name, back.is_standing)
    assert {Way.ROOM: 1} == await scene.taken()


async def test_who_is_taken_off_while_dates_are_made_is_invited_to_none_of_them(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
    later, gone = NOW + timedelta(days=60), circle.guests[0].id

    async def takes_off() -> None:
        async with parts.database.writing() as db:
            await take_off_guest(db, circle.facilitator, circle.series_id, gone, now=later)

    async with parts.database.writing() as db:
        await make_more_dates(db, system_actor(circle.house.id), circle.issuer, now=later)
        meanwhile = asyncio.create_task(takes_off())
        await asyncio.wait({meanwhile}, timeout=0.5)
        has_waited = not meanwhile.done()
    await meanwhile

    async with parts.database.reading() as db:
        query = select(Meeting.created_at).join(Invitation).where(Invitation.person_id == gone)
        coming = Meeting.starts_at > later, Invitation.removed_at.is_(None)
        still_invited = (await db.scalars(query.where(*coming))).all()
    assert has_waited
    assert [] == still_invited


async def test_who_is_counted_in_while_dates_are_made_comes_to_all_of_them(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
    later, gil = NOW + timedelta(days=60), circle.guests[0].id

    async def joins() -> None:
        async with parts.database.writing() as db:
            standing = Standing(Way.ROOM)
            actor = circle.coordinator
            await count_in(db, actor, circle.series_id, gil, standing, now=later)

    async with parts.database.writing() as db:
        await make_more_dates(db, system_actor(circle.house.id), circle.issuer, now=later)
        meanwhile = asyncio.create_task(joins())
        await asyncio.wait({meanwhile}, timeout=0.5)
    await meanwhile

    async with parts.database.reading() as db:
        query = select(Invitation.answer).join(Meeting).where(Invitation.person_id == gil)
        answers = set(await db.scalars(query.where(Meeting.starts_at > later)))
    assert {Answer.YES} == answers
