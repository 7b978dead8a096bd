"""A desk: an organisation with its staff, another one next door, and what tests look up afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect, select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actor import Actor, Role
from service.identifiers import new_id
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.base import Base
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, claim_seats
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making
from tests.people import Make, actor_for

R = TypeVar("R", bound=Base)


@dataclass(slots=True)
class Desk:
    """One organisation: Ada facilitates, Ben and Cleo coordinate. Dov coordinates another one."""

    organisation: Organisation
    ada: Person
    ben: Person
    cleo: Person
    dov: Person

    @property
    def actor(self) -> Actor:
        """Give Ben as the actor he is when signed in."""
        return actor_for(self.organisation.id, self.ben, Role.COORDINATOR)


async def open_desk(making: Making) -> Desk:
    """Make both organisations."""
    async with making() as make:
        kiln = await make.organisation()
        women = await make.organisation("Hearth Circle")
        return Desk(
            kiln,
            ada=await make.staff(kiln, "Ada", Role.FACILITATOR),
            ben=await make.staff(kiln, "Ben", Role.COORDINATOR),
            cleo=await make.staff(kiln, "Cleo", Role.COORDINATOR),
            dov=await make.staff(women, "Dov", Role.COORDINATOR),
        )


async def session_for(make: Make, desk: Desk, **given: Any) -> Meeting:
    """Make a published session of Ada's, a fortnight from now unless said otherwise."""
    kind = await make.kind(desk.organisation)
    return await make.meeting(desk.organisation, kind, hosts=[desk.ada], **given)


async def coming(make: Make, meeting: Meeting, person: Person, way: Way) -> Invitation:
    """Make an invitation with a yes and the seat that goes with it."""
    assert await claim_seats(make.db, meeting.id, way, 1)
    return await make.invitation(meeting, person, answer=Answer.YES, way=way)


async def task_for(
    make: Make, kind: TaskKind, person: Person, meeting: Meeting | None = None, **given: Any
) -> Task:
    """Make an open task for coordinators, due in two days."""
    values: dict[str, Any] = {
        "organisation_id": person.organisation_id,
        "kind": kind,
        "about": "invitation",
        "once": new_id().hex,
        "person_id": person.id,
        "meeting_id": meeting.id if meeting else None,
        "due_at": make.now + timedelta(days=2),
        "created_at": make.now,
    } | given
    task = Task(id=new_id(), **values)
    make.db.add(task)
    await make.db.flush()
    return task


async def rows(parts: Parts, table: type[R]) -> Sequence[R]:
    """Read every row of a table, the oldest first."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(table).order_by(*inspect(table).primary_key))).all()


async def row(parts: Parts, table: type[R], id_: UUID) -> R:
    """Read one row as it is now."""
    async with parts.database.reading() as db:
        return await db.get_one(table, id_)


async def person_named(parts: Parts, name: str) -> Person:
    """Find a person by exactly this name."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(Person).where(Person.chosen_name == name))).one()


async def written_down(parts: Parts) -> list[str]:
    """Give what the audit says was done, in its order; not who looked."""
    return [each.what for each in await rows(parts, AuditLine) if not each.what.endswith(".read")]
