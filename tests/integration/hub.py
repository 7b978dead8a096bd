"""A hub to plan sessions in: its staff, a kind, a place, people reached in different ways; and another hub."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actor import Actor, Role
from service.identifiers import new_id
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import WHOLE_MEETING, Meeting, Offer
from service.storage.messages import Message
from service.storage.organisations import Organisation
from service.storage.people import Group, GroupMember, Person
from service.storage.places import Place
from service.storage.tasks import Task
from tests.people import Make, actor_for


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything there is before anything is planned."""

    organisation: Organisation
    ada: Person
    ben: Person
    cleo: Person
    dov: Person
    kind: Kind
    hall: Place
    ewa: Person
    joan: Person
    sid: Person
    group: Group

    @property
    def as_ada(self) -> Actor:
        """Act as the facilitator."""
        return actor_for(self.organisation.id, self.ada, Role.FACILITATOR)

    @property
    def as_ben(self) -> Actor:
        """Act as the coordinator."""
        return actor_for(self.organisation.id, self.ben, Role.COORDINATOR)


async def make_hub(make: Make) -> Hub:
    """Make the hub: Ewa has mail and comes online, Joan gets letters, Sid is rung and comes by phone."""
    organisation = await make.organisation()
    elsewhere = await make.organisation("Elsewhere")
    no_mail: dict[str, Any] = {"email": "", "email_key": ""}
    joan = await make.person(
        organisation, "Joan", channels=["letter"], address="1 Row\nBurslem", **no_mail
    )
    sid = await make.person(
        organisation,
        "Sid",
        channels=["call"],
        phone="01632 960155",
        usual_way=Way.PHONE,
        **no_mail,
    )
    group = Group(id=new_id(), organisation_id=organisation.id, name="Thursday helpers")
    make.db.add(group)
    await make.db.flush()
    make.db.add_all(GroupMember(group_id=group.id, person_id=each.id) for each in (joan, sid))
    return Hub(
        organisation=organisation,
        ada=await make.staff(organisation, "Ada", Role.FACILITATOR),
        ben=await make.staff(organisation, "Ben", Role.COORDINATOR),
        cleo=await make.staff(organisation, "Cleo", Role.DIRECTOR),
        dov=await make.staff(elsewhere, "Dov", Role.FACILITATOR, Role.COORDINATOR),
        kind=await make.kind(organisation),
        hall=await make.place(organisation),
        ewa=await make.person(organisation, "Ewa", usual_way=Way.ONLINE),
        joan=joan,
        sid=sid,
        group=group,
    )


async def make_published(make: Make, hub: Hub) -> Meeting:
    """Publish a session: Ewa comes online and Sid by phone, Joan has not answered; all were told."""
    meeting = await make.meeting(
        hub.organisation,
        hub.kind,
        hosts=[hub.ada, hub.ben],
        offers={Way.ONLINE: 12, Way.PHONE: 4, Way.ROOM: 10},
        place_id=hub.hall.id,
    )
    for person, way in ((hub.ewa, Way.ONLINE), (hub.sid, Way.PHONE)):
        await make.invitation(meeting, person, answer=Answer.YES, way=way)
        taken = update(Offer).where(Offer.meeting_id == meeting.id, Offer.way == way)
        await make.db.execute(taken.values(taken=1))
    await make.invitation(meeting, hub.joan)
    theirs = select(Invitation).where(Invitation.meeting_id == meeting.id)
    for each in await make.db.scalars(theirs):
        await make.message(each)
    return meeting


async def the_meeting(parts: Parts, meeting_id: UUID) -> Meeting:
    """Read a meeting as it is now, whole."""
    async with parts.database.reading() as db:
        query = select(Meeting).where(Meeting.id == meeting_id).options(*WHOLE_MEETING)
        return (await db.scalars(query)).one()


async def only_meeting(parts: Parts) -> Meeting:
    """Read the one meeting there is, whole."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(Meeting).options(*WHOLE_MEETING))).one()


async def invitations(parts: Parts, meeting_id: UUID) -> dict[UUID, Invitation]:
    """Read the invitations of a meeting, by person."""
    async with parts.database.reading() as db:
        found = await db.scalars(select(Invitation).where(Invitation.meeting_id == meeting_id))
        return {each.person_id: each for each in found}


async def messages(parts: Parts) -> Sequence[Message]:
    """Read every message, oldest first."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(Message).order_by(Message.id))).all()


async def tasks(parts: Parts) -> Sequence[Task]:
    """Read every task, oldest first."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(Task).order_by(Task.id))).all()
