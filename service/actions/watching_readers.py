"""Noticing who looks at many people in an hour: it may be work, or somebody who copies what we know."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from scheduling.time import clock_words
from service.actor import Actor, Role
from service.storage.base import Db
from service.storage.looks import readers_of_many
from service.storage.organisations import Organisation, organisation_by_id
from service.storage.tasks import Task, TaskKind, subjects_of_tasks

#: The setting of an organisation, and how many different people an hour are nothing unusual; None: never.
SETTING: Final = "many_reads"
USUAL_MOST: Final = 40
HOUR: Final = timedelta(hours=1)
#: Whom it is told, so that nobody is told of themselves alone.
TOLD: Final = (Role.ADMIN, Role.DIRECTOR)


async def notice_many_reads(db: Db, actor: Actor, *, now: datetime) -> int:
    """Raise a task about everybody who looked at very many people in the last hour, once an hour each."""
    house = await organisation_by_id(db, actor.organisation_id)
    most = house.access_settings.get(SETTING, USUAL_MOST)
    if most is None:
        return 0
    since = now - HOUR
    found = await readers_of_many(db, house.id, since=since, until=now, more_than=most)
    if not found:
        return 0
    told = await subjects_of_tasks(db, house.id, TaskKind.MANY_READ, since=since)
    return sum(_raise(db, house, each, told, now=now) for each in found)


def _raise(
    db: Db,
    house: Organisation,
    reader: tuple[UUID, str, int],
    told: Collection[UUID],
    *,
    now: datetime,
) -> int:
    reader_id, name, count = reader
    if reader_id in told:
        return 0
    begin, end = (clock_words(at, house.zone) for at in (now - HOUR, now))
    for role in TOLD:
        db.add(
            Task(
                organisation_id=house.id,
                kind=TaskKind.MANY_READ,
                once=f"{TaskKind.MANY_READ}|{reader_id}|{now:%Y-%m-%dT%H}|{role}",
                for_role=role,
                subject_id=reader_id,
                words=f"{count}|{begin}|{end}|{name}",
                due_at=now + HOUR,
                created_at=now,
            )
        )
    return 1
