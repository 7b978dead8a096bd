"""One session with guests: what most tests of answering and of guests' pages begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actor import Actor, Role
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.invitations import Invitation, guest_invitation, invitation_by_id
from service.storage.meetings import Meeting, Offer, claim_seats
from service.storage.messages import Message, MessageState
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.tasks import Task
from tests.integration.conftest import Making
from tests.people import Make, actor_for, guest_actor

YES_BY_PHONE = Reply(Answer.YES, Way.PHONE)
YES_IN_ROOM = Reply(Answer.YES, Way.ROOM)
NO = Reply(Answer.NO)
WAYS: dict[Way, int | None] = {Way.PHONE: None, Way.ONLINE: 2, Way.ROOM: 1}


@dataclass(slots=True)
class Scene:
    """One meeting with its guests, and what a guest or the desk does."""

    parts: Parts
    now: datetime
    organisation: Organisation
    meeting: Meeting
    guests: dict[str, Invitation]
    links: dict[str, str]
    host: Person
    coordinator: Person

    def guest(self, name: str) -> Actor:
        """Give the actor a guest is."""
        return guest_actor(self.guests[name], name)

    @property
    def desk(self) -> Actor:
        """Give the coordinator."""
        return actor_for(self.organisation.id, self.coordinator, Role.COORDINATOR)

    async def says(self, name: str, reply: Reply, *, at: datetime | None = None) -> Answer:
        """Let a guest answer on their page, in a transaction of their own."""
        actor = self.guest(name)
        async with self.parts.database.writing() as db:
            own = await guest_invitation(db, actor)
            return await answer(db, actor, own, reply, now=at or self.now)

    async def desk_says(self, name: str, reply: Reply, *, actor: Actor | None = None) -> Answer:
        """Let the coordinator, or somebody else on the staff, enter an answer."""
        actor = actor or self.desk
        async with self.parts.database.writing() as db:
            invitation = await invitation_by_id(db, self.desk, self.guests[name].id)
            return await answer(db, actor, invitation, reply, now=self.now)

    async def look(self, name: str) -> Invitation:
        """Read a guest's invitation as it is stored."""
        async with self.parts.database.reading() as db:
            found = await db.get(Invitation, self.guests[name].id)
        assert found is not None
        return found

    async def taken(self) -> dict[Way, int]:
        """Count the seats taken, by each way that has any."""
        query = select(Offer.way, Offer.taken).where(Offer.meeting_id == self.meeting.id)
        async with self.parts.database.reading() as db:
            return {way: taken for way, taken in await db.execute(query) if taken}

    async def messages(self, *, sent_too: bool = False) -> Sequence[Message]:
        """Read what is queued, oldest first."""
        query = select(Message).order_by(Message.created_at, Message.id)
        if not sent_too:
            query = query.where(Message.state != MessageState.SENT)
        async with self.parts.database.reading() as db:
            return (await db.scalars(query)).all()

    async def tasks(self) -> Sequence[Task]:
        """Read every task, in the order they were made."""
        async with self.parts.database.reading() as db:
            return (await db.scalars(select(Task).order_by(Task.id))).all()

    async def audit(self) -> Sequence[AuditLine]:
        """Read the audit, in the order it was written."""
        async with self.parts.database.reading() as db:
            return (await db.scalars(select(AuditLine).order_by(AuditLine.id))).all()


async def set_scene(
    parts: Parts,
    making: Making,
    *names: str,
    offers: dict[Way, int | None] | None = None,
    **meeting: Any,
) -> Scene:
    """Make a published meeting with a place, two hosts and these guests, all of whom were mailed."""
    async with making() as make:
        organisation = await make.organisation()
        host = await make.person(organisation, "Ada")
        coordinator = await make.staff(organisation, "Ben", Role.COORDINATOR)
        place = await make.place(organisation)
        planned = await make.meeting(
            organisation,
            await make.kind(organisation),
            hosts=[host, coordinator],
            offers=WAYS if offers is None else offers,
            **{"place_id": place.id, **meeting},
        )
        guests = {name: await _guest(make, organisation, planned, name) for name in names}
        links = {name: make.link(invitation) for name, invitation in guests.items()}
        return Scene(parts, make.now, organisation, planned, guests, links, host, coordinator)


class SetScene(Protocol):
    """Make a scene on this test's database."""

    async def __call__(
        self, *names: str, offers: dict[Way, int | None] | None = None, **meeting: Any
    ) -> Scene:
        """Make it with these guests; what is given more belongs to the meeting."""


async def _guest(make: Make, organisation: Organisation, meeting: Meeting, name: str) -> Invitation:
    person = await make.person(organisation, name, phone="01632 960555", phone_key="+441632960555")
    invitation = await make.invitation(meeting, person)
    await make.message(invitation, sent_at=make.now)
    return invitation


async def answered(
    make: Make, invitation: Invitation, given: Answer, way: Way, *, since: timedelta = timedelta()
) -> None:
    """Let an invitation have been answered, its seat taken if the answer holds one."""
    row = await make.db.get(Invitation, invitation.id)
    assert row is not None
    row.answer, row.way = given, way
    if given is Answer.WAITING:
        row.waiting_since = make.now - since
    if given.holds_place:
        assert await claim_seats(make.db, row.meeting_id, way, row.seats)
