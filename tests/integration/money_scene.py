"""One session in a fortnight, in a room and by phone; Eve and Fay come, and those who look after money."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import TypeVar
from uuid import UUID

from aiohttp import ClientResponse, FormData
from sqlalchemy import select, update

from accessibility.claims import Asked, ClaimKind, PayBy
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.money.asking import Asking, ask_for_money
from service.actions.money.deciding import Agreement, agree_claim
from service.actor import Actor, Role
from service.identifiers import new_id
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.base import Base, Db
from service.storage.claims import Claim
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import Meeting, Offer
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.tasks import Task, TaskState
from tests.integration.conftest import Browser, Making, TestClock
from tests.people import actor_for, guest_actor

R = TypeVar("R", bound=Base)


@dataclass(slots=True)
class Scene:
    """Ada hosts, Abe does not, Ben coordinates, Cleo directs, Dov is all of it, but elsewhere."""

    parts: Parts
    clock: TestClock
    house: Organisation
    ada: Person
    abe: Person
    ben: Person
    cleo: Person
    dov: Person
    eve: Person
    fay: Person
    meeting: Meeting
    invitation: Invitation
    others: Invitation
    link: str
    other_link: str

    @property
    def guest(self) -> Actor:
        """Give Eve behind her link."""
        return guest_actor(self.invitation, self.eve.chosen_name)

    @property
    def desk(self) -> Actor:
        """Give Ben."""
        return actor_for(self.house.id, self.ben, Role.COORDINATOR)

    @property
    def host(self) -> Actor:
        """Give Ada."""
        return actor_for(self.house.id, self.ada, Role.FACILITATOR)

    @property
    def claims(self) -> str:
        """Give the address of Eve's own pages about money."""
        return f"{self.link}/money"

    @asynccontextmanager
    async def doing(self) -> AsyncIterator[Db]:
        """Open a transaction that is kept."""
        async with self.parts.database.writing() as db:
            yield db

    async def rows(self, table: type[R]) -> Sequence[R]:
        """Give all rows of a table."""
        async with self.parts.database.reading() as db:
            return (await db.scalars(select(table))).all()

    async def claim(self) -> Claim:
        """Give the one claim there is."""
        (found,) = await self.rows(Claim)
        return found

    async def open_tasks(self) -> Sequence[str]:
        """Name what is to be done."""
        tasks = await self.rows(Task)
        return sorted(task.about for task in tasks if task.state is TaskState.OPEN)

    async def audit(self) -> Sequence[str]:
        """Give what the audit says was done."""
        return [line.what for line in await self.rows(AuditLine)]

    async def asks(self, pence: int = 420, pay_by: PayBy = PayBy.CASH_AT_THE_DOOR) -> UUID:
        """Let Eve ask for her bus fare."""
        asking = Asking(new_id(), Asked(ClaimKind.TRAVEL, pence=pence), pay_by)
        async with self.doing() as db:
            mine = await guest_invitation(db, self.guest)
            claim = await ask_for_money(db, self.guest, mine, asking, now=self.clock.now())
            return claim.id

    async def agrees(self, claim_id: UUID, pay_by: PayBy = PayBy.CASH_AT_THE_DOOR) -> None:
        """Let Ben agree to it."""
        agreement = Agreement(420, pay_by, "See you on Tuesday.")
        async with self.doing() as db:
            await agree_claim(db, self.desk, claim_id, agreement, now=self.clock.now())

    async def agreed(self, pay_by: PayBy = PayBy.CASH_AT_THE_DOOR) -> UUID:
        """Let Eve ask and Ben agree."""
        claim_id = await self.asks(pay_by=pay_by)
        await self.agrees(claim_id, pay_by)
        return claim_id


async def lay_out(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out the scene."""
    async with making() as make:
        house = await make.organisation()
        elsewhere = await make.organisation("Bridge Street Hub")
        ada = await make.staff(house, "Ada", Role.FACILITATOR)
        abe = await make.staff(house, "Abe", Role.FACILITATOR)
        ben = await make.staff(house, "Ben", Role.COORDINATOR)
        cleo = await make.staff(house, "Cleo", Role.DIRECTOR)
        dov = await make.staff(elsewhere, "Dov", *Role)
        eve = await make.person(house, "Eve", phone="01632 960188")
        fay = await make.person(house, "Fay", channels=["call"], email="", phone="01632 960189")
        place = await make.place(house)
        meeting = await make.meeting(
            house,
            await make.kind(house),
            hosts=[ada],
            starts_in=timedelta(days=14),
            offers={Way.ROOM: 12, Way.PHONE: 4},
            place_id=place.id,
        )
        yes = {"answer": Answer.YES, "way": Way.ROOM}
        invitation = await make.invitation(meeting, eve, **yes)
        others = await make.invitation(meeting, fay, **yes)
        held = update(Offer).where(Offer.meeting_id == meeting.id, Offer.way == Way.ROOM)
        await make.db.execute(held.values(taken=2))
        links = make.link(invitation), make.link(others)
    return Scene(
        parts=parts,
        clock=clock,
        house=house,
        ada=ada,
        abe=abe,
        ben=ben,
        cleo=cleo,
        dov=dov,
        eve=eve,
        fay=fay,
        meeting=meeting,
        invitation=invitation,
        others=others,
        link=links[0],
        other_link=links[1],
    )


async def send_file(
    browser: Browser,
    path: str,
    content: bytes,
    *,
    on: str,
    name: str = "ticket.jpg",
    **fields: str,
) -> ClientResponse:
    """Send a form with a file, as a browser does: look at the page first."""
    await browser.get(on)
    data = FormData({"csrf": browser.token, **fields})
    data.add_field("receipt", BytesIO(content), filename=name, content_type="image/jpeg")
    response = await browser.client.post(
        path, data=data, allow_redirects=False, headers=browser.headers
    )
    browser.page = await response.text(errors="replace")
    return response
