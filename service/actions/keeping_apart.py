"""Some people must not meet: a coordinator looks at who is on a list before anybody on it is told.

Nothing here says who or why to anybody but the coordinator, whose task it is. A list that was looked
at stays good; a list with other people on it is looked at again.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from accessibility.apart import both_among
from accessibility.contact import KEEP_APART
from service.actions.raising import about_meeting, about_series
from service.actor import system_actor
from service.storage.apart import pairs_of
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.needs import needs_of_people
from service.storage.people import Person
from service.storage.series import Series
from service.storage.tasks import Task, TaskKind, TaskState, overtake_tasks


async def is_unchecked(
    db: Db,
    meeting: Meeting | Series,
    people: Sequence[Person],
    *,
    adding: Sequence[Person] = (),
    now: datetime,
) -> bool:
    """Say whether a coordinator must still look at this list, and raise the task for it, once.

    The list of a series is looked at once for all its dates.
    """
    everybody = {person.id for person in (*people, *adding)}
    everybody |= {id_ for id_ in (meeting.lead_id, meeting.second_id) if id_ is not None}
    careful = await _careful(db, meeting.organisation_id, everybody)
    mark = _mark(everybody)
    wanted = {f"{TaskKind.KEEP_APART}|{meeting.id}|{id_}|{mark}": id_ for id_ in careful}
    there = await _tasks_named(db, meeting, wanted)
    await _overtake_others(db, meeting, wanted)
    fresh = [
        once for once in wanted if once not in there or there[once].state is TaskState.OVERTAKEN
    ]
    for once in fresh:
        if once in there:
            there[once].state = TaskState.OPEN
        else:
            there[once] = _raise(db, meeting, once, wanted[once], adding, now=now)
    if fresh:
        # Whoever is told "a coordinator looks at it first" knows as much as this line says.
        record(db, system_actor(meeting.organisation_id), "list.waits", meeting, now=now)
    return any(task.state is not TaskState.DONE for task in there.values())


async def _careful(db: Db, organisation_id: UUID, everybody: Collection[UUID]) -> set[UUID]:
    """Give who on a list must be looked at: whose counterpart is on it too, or is not known to us."""
    needs = await needs_of_people(db, organisation_id, list(everybody))
    asked = {need.person_id for need in needs if need.code == KEEP_APART}
    pairs = await pairs_of(db, organisation_id)
    known = {person_id for person_id in asked if any(pair.has(person_id) for pair in pairs)}
    for pair in both_among(everybody, pairs):
        two = {pair.one.id, pair.other.id}
        asked |= (two & asked) or {pair.one.id}
        known -= two
    return asked - known


def _raise(
    db: Db,
    meeting: Meeting | Series,
    once: str,
    person_id: UUID,
    adding: Sequence[Person],
    *,
    now: datetime,
) -> Task:
    task = Task(
        kind=TaskKind.KEEP_APART,
        about="list",
        once=once,
        person_id=person_id,
        subject_id=meeting.id,
        words=", ".join(person.chosen_name for person in adding),
        state=TaskState.OPEN,
    )
    if isinstance(meeting, Series):
        task = about_series(task, meeting, now=now)
    else:
        task = about_meeting(task, meeting, now=now)
    db.add(task)
    return task


async def _tasks_named(
    db: Db, meeting: Meeting | Series, wanted: Collection[str]
) -> dict[str, Task]:
    query = select(Task).where(Task.subject_id == meeting.id, Task.once.in_(wanted))
    return {task.once: task for task in await db.scalars(query)}


async def _overtake_others(db: Db, meeting: Meeting | Series, wanted: Collection[str]) -> None:
    """Close what was asked about a list that is no longer the one."""
    ours = Task.organisation_id == meeting.organisation_id, Task.subject_id == meeting.id
    await overtake_tasks(db, *ours, Task.kind == TaskKind.KEEP_APART, Task.once.not_in(wanted))


def _mark(people: Collection[UUID]) -> str:
    """Make a short mark that is the same for the same people and no others."""
    return hashlib.sha256("|".join(sorted(map(str, people))).encode()).hexdigest()[:16]
