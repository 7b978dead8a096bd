"""Answering as an action: seats, waiting lists, supporters, and what each person is told."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from accessibility.contact import SAFE_CONTACT
from accessibility.needs import Strength
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actor import Actor, Door, Role
from service.app import Parts
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.storage.audit import AuditLine
from service.storage.base import Base, Db
from service.storage.invitations import Invitation, guest_invitation, invitation_by_id
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.needs import Need
from service.storage.people import Channel, Person
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making
from tests.people import Make, actor_for

ALL_WAYS: dict[Way, int | None] = {Way.PHONE: None, Way.ONLINE: 2, Way.ROOM: 1}


@dataclass(slots=True)
class Scene:
    """One meeting with its guests, and what a guest or the desk does."""

    parts: Parts
    now: datetime
    meeting: Meeting
    guests: dict[str, Invitation]
    coordinator: Actor
    host: Person
    links: dict[str, str] = field(default_factory=dict)

    def guest(self, name: str) -> Actor:
        """Give the actor a guest is."""
        invitation = self.guests[name]
        return Actor(
            invitation.organisation_id,
            Door.GUEST,
            invitation.person_id,
            name,
            invitation_id=invitation.id,
        )

    async def says(self, name: str, reply: Reply, *, at: datetime | None = None) -> Answer:
        """Let a guest answer on their page, in a transaction of their own."""
        actor = self.guest(name)
        async with self.parts.database.writing() as db:
            own = await guest_invitation(db, actor)
            return await answer(db, actor, own, reply, now=at or self.now)

    async def desk_says(self, name: str, reply: Reply) -> Answer:
        """Let the coordinator enter an answer."""
        async with self.parts.database.writing() as db:
            invitation = await invitation_by_id(db, self.coordinator, self.guests[name].id)
            return await answer(db, self.coordinator, invitation, reply, now=self.now)

    async def look(self, name: str) -> Invitation:
        """Read a guest's invitation as it is stored."""
        async with self.parts.database.reading() as db:
            found = await db.get(Invitation, self.guests[name].id)
            assert found is not None
            return found

    async def taken(self) -> dict[Way, int]:
        """Count the seats taken by each way."""
        async with self.parts.database.reading() as db:
            rows = await db.execute(
                select(Offer.way, Offer.taken).where(Offer.meeting_id == self.meeting.id)
            )
            return {way: taken for way, taken in rows if taken}

    async def all(self, table: type[Base], *conditions: object) -> Sequence[Base]:
        """Read rows."""
        async with self.parts.database.reading() as db:
            return (await db.scalars(select(table).where(*conditions))).all()  # type: ignore[arg-type]
