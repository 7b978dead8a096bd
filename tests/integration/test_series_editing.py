"""Editing a series: what changes for whom, what stays as it is, and what the calendar threads show."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.recurrence import Rule
from scheduling.series import EditScope, SeriesState
from scheduling.ways import Way
from service.actions.changing import Agreed, NotAgreed, change_meeting
from service.actions.plans import details_of
from service.actions.series.editing import foresee_edit, save_edit
from service.actions.series.template import Template, template_of
from service.actions.series.working_out import Edit
from service.actor import Role
from service.errors import Conflict, Invalid, NotFound, Refused
from service.parts import Parts
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.series import Series, series_by_id
from service.storage.series_guests import guests_of_series
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making
from tests.integration.series_scene import (
    WEEKLY_THURSDAY,
    Circle,
    all_sent,
    dates_of,
    invitations_to,
    started,
)
from tests.people import NOW, actor_for


async def edited(
    db: Db,
    circle: Circle,
    *,
    scope: EditScope = EditScope.ALL,
    on: datetime | None = None,
    now: datetime = NOW,
    agreed: int = 0,
    **given: object,
) -> Series:
    """Edit the series; `given` are parts of the details, or of the template."""
    edit = await edit_of(db, circle, scope=scope, on=on, **given)
    series = await series_by_id(db, circle.facilitator, circle.series_id)
    return await save_edit(
        db, circle.facilitator, circle.issuer, edit, Agreed(series.version, agreed), now=now
    )


async def edit_of(
    db: Db,
    circle: Circle,
    *,
    scope: EditScope = EditScope.ALL,
    on: datetime | None = None,
    **given: object,
) -> Edit:
    """Give the series' template with some parts changed, as an edit."""
    template = template_of(await series_by_id(db, circle.facilitator, circle.series_id))
    names = set(Template.__dataclass_fields__)
    own = {name: value for name, value in given.items() if name in names}
    details = {name: value for name, value in given.items() if name not in names}
    wanted = replace(template, details=replace(template.details, **details), **own)  # type: ignore[arg-type]
    return Edit(series_id=circle.series_id, scope=scope, on=on, template=wanted)


def at(template: datetime, hour: int) -> datetime:
    """Give the same day at another hour."""
    return template.replace(hour=hour)


FIRST = datetime.fromisoformat("2027-01-14T13:00")
FEBRUARY, MARCH, APRIL = (
    datetime.fromisoformat(f"2027-{day}T13:00") for day in ("02-11", "03-11", "04-08")
)


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
