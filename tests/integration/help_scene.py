"""One session in a fortnight, one guest who said yes, and the staff who look after them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from accessibility.consent import ConsentChannel, Purpose
from accessibility.needs import Need as ToldNeed
from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.consenting import give_consents
from service.actions.helping import Told, record_needs
from service.actor import Actor, Role
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.base import Base, Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest, Need
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making, TestClock
from tests.people import actor_for, guest_actor

#: Words that must never be seen anywhere but by who opened them.
OWN_WORDS = "my brother Zbigniew listens at the door"
BSL = ToldNeed("PRO-BSL", Strength.MUST, {"solo_ok_minutes": "40"})
LANGUAGE = ToldNeed("LAN-INTERP", Strength.MUST, {"language": "Urdu"})
OWN = ToldNeed("OTH-OTHER", Strength.MUST, {"own_words": OWN_WORDS})
SAFE = ToldNeed("SAF-CONTACT", Strength.MUST, {"words_to_say": OWN_WORDS})
APART = ToldNeed("SAF-APART", Strength.MUST, {"other_person": OWN_WORDS})
LIPS = ToldNeed("COM-LIPREAD", Strength.MUST)

R = TypeVar("R", bound=Base)


@dataclass(slots=True)
class Scene:
    """Eve is coming online. Ada and Abe run the session, Ben looks after Eve, Cleo directs, Bo is cover."""

    parts: Parts
    clock: TestClock
    house: Organisation
    ada: Person
    abe: Person
    ben: Person
    bo: Person
    cleo: Person
    dov: Person
    eve: Person
    meeting: Meeting
    invitation: Invitation
    link: str

    @property
    def now(self) -> datetime:
        """Give the time of the service."""
        return self.clock.now()

    @property
    def help(self) -> str:
        """Give the address of Eve's own pages."""
        return f"{self.link}/help"

    @property
    def guest(self) -> Actor:
        """Give Eve behind her link."""
        return guest_actor(self.invitation, self.eve.chosen_name)

    @property
    def desk(self) -> Actor:
        """Give Ben at his desk."""
        return actor_for(self.house.id, self.ben, Role.COORDINATOR)

    @property
    def director(self) -> Actor:
        """Give Cleo."""
        return actor_for(self.house.id, self.cleo, Role.DIRECTOR)

    @asynccontextmanager
    async def doing(self) -> AsyncIterator[Db]:
        """Open a transaction that is kept."""
        async with self.parts.database.writing() as db:
            yield db

    async def tells(
        self,
        *needs: ToldNeed,
        keep: bool = True,
        purposes: Sequence[Purpose] = (Purpose.SHARE_ACTIONS,),
        known: Sequence[str] = (),
    ) -> None:
        """Let Eve say what would help, having agreed or not."""
        agreed = [*purposes, *([Purpose.KEEP] if keep else [])]
        async with self.doing() as db:
            await give_consents(
                db, self.guest, self.eve.id, agreed, channel=ConsentChannel.WEB, now=self.now
            )
            told = Told(self.eve.id, needs, known=frozenset(known))
            await record_needs(db, self.guest, self.parts.sealer, told, now=self.now)

    async def rows(self, table: type[R]) -> Sequence[R]:
        """Give all rows of a table."""
        async with self.parts.database.reading() as db:
            return (await db.scalars(select(table))).all()

    async def needs(self) -> Mapping[str, Need]:
        """Give Eve's standing needs by code."""
        return {need.code: need for need in await self.rows(Need) if need.ended_at is None}

    async def requests(self) -> Mapping[str, AccessRequest]:
        """Give all requests by code."""
        return {request.code: request for request in await self.rows(AccessRequest)}

    async def request(self, code: str = BSL.code) -> AccessRequest:
        """Give one request."""
        return (await self.requests())[code]

    async def open_tasks(self, kind: TaskKind) -> Sequence[Task]:
        """Give the open tasks of a kind."""
        tasks = await self.rows(Task)
        return [task for task in tasks if task.kind is kind and task.state is TaskState.OPEN]

    async def audit(self) -> Sequence[str]:
        """Give what the audit says was done; not who looked."""
        lines = await self.rows(AuditLine)
        return [line.what for line in lines if not line.what.endswith(".read")]

    async def put(self, code: str, state: RequestState) -> UUID:
        """Put a request into a state, whatever it was, and give its id."""
        async with self.doing() as db:
            request = await db.scalar(select(AccessRequest).where(AccessRequest.code == code))
            assert request is not None
            request.state = state
            return request.id


async def lay_out(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out the scene."""
    async with making() as make:
        house = await make.organisation()
        elsewhere = await make.organisation("Bridge Street Hub")
        ada = await make.staff(house, "Ada", Role.FACILITATOR)
        abe = await make.staff(house, "Abe", Role.FACILITATOR)
        ben = await make.staff(house, "Ben", Role.COORDINATOR)
        bo = await make.staff(house, "Bo", Role.COORDINATOR)
        cleo = await make.staff(house, "Cleo", Role.DIRECTOR)
        dov = await make.staff(elsewhere, "Dov", *Role)
        eve = await make.person(house, "Eve", coordinator_id=ben.id, phone="01632 960188")
        meeting = await make.meeting(
            house, await make.kind(house), hosts=[ada, abe], starts_in=timedelta(days=14)
        )
        invitation = await make.invitation(meeting, eve, answer=Answer.YES, way=Way.ONLINE)
        link = make.link(invitation)
    return Scene(
        parts=parts,
        clock=clock,
        house=house,
        ada=ada,
        abe=abe,
        ben=ben,
        bo=bo,
        cleo=cleo,
        dov=dov,
        eve=eve,
        meeting=meeting,
        invitation=invitation,
        link=link,
    )
