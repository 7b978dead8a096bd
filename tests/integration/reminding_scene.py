"""A session on Tuesday 26 January 2027 at 9am and its guests, with time passing as a test says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.notices import Change, Notice, NoticeKind
from scheduling.ways import Way
from service.actions.telling import tell
from service.keeping_time import keep_time
from service.parts import Parts
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind
from service.storage.people import Person
from service.storage.tasks import Task
from tests.integration.conftest import Making, TestClock
from tests.integration.scenes import Scene, answered, set_scene

PROMPTS = (MessageKind.REMINDER, MessageKind.NUDGE)


@dataclass(slots=True)
class Reminding:
    """The session, its guests, and the clock of the service."""

    scene: Scene
    clock: TestClock
    making: Making

    @property
    def parts(self) -> Parts:
        """Give the service."""
        return self.scene.parts

    @property
    def starts_at(self) -> datetime:
        """Give when the session starts."""
        assert self.scene.meeting.starts_at is not None
        return self.scene.meeting.starts_at

    async def at(self, instant: datetime) -> None:
        """Let it be this time, and let time do its work."""
        self.clock.at = instant
        await keep_time(self.parts)

    async def mails(self) -> Sequence[Message]:
        """Read the reminders and nudges in the outbox, oldest first."""
        query = select(Message).where(Message.kind.in_(PROMPTS)).order_by(Message.created_at)
        async with self.parts.database.reading() as db:
            return (await db.scalars(query.order_by(Message.id))).all()

    async def tasks(self) -> Sequence[Task]:
        """Read the tasks to remind somebody."""
        query = select(Task).where(Task.about.in_([kind.value for kind in PROMPTS]))
        async with self.parts.database.reading() as db:
            return (await db.scalars(query.order_by(Task.id))).all()

    async def told(self) -> list[tuple[str, str, int]]:
        """List whom a mail was queued for: the name, what it is, and its number."""
        names = {each.person_id: name for name, each in self.scene.guests.items()}
        return sorted((names[m.person_id], m.kind.value, m.occurrence) for m in await self.mails())

    async def change(self, name: str, **values: Any) -> None:
        """Change what is kept of a guest's person."""
        person_id = self.scene.guests[name].person_id
        async with self.parts.database.writing() as db:
            await db.execute(update(Person).where(Person.id == person_id).values(**values))

    async def change_invitation(self, name: str, **values: Any) -> None:
        """Change a guest's invitation behind everybody's back."""
        own = Invitation.id == self.scene.guests[name].id
        async with self.parts.database.writing() as db:
            await db.execute(update(Invitation).where(own).values(**values))

    async def tell(self, name: str, change: Change) -> None:
        """Tell a guest what is new, as a change of the session does."""
        notice = Notice(self.scene.guests[name].id, NoticeKind.UPDATE, frozenset({change}))
        async with self.parts.database.writing() as db:
            own = await guest_invitation(db, self.scene.guest(name))
            await tell(db, own.meeting, [own], [notice], now=self.clock.at)

    async def move(self, by: timedelta) -> None:
        """Move the session, and tell everybody."""
        local, starts_at = self.scene.meeting.starts_local, self.starts_at + by
        assert local is not None
        ends_at = starts_at + timedelta(minutes=self.scene.meeting.minutes)
        await self.change_meeting(starts_at=starts_at, ends_at=ends_at, starts_local=local + by)
        for name in self.scene.guests:
            await self.tell(name, Change.TIME)

    async def change_meeting(self, **values: Any) -> None:
        """Change the session behind everybody's back."""
        async with self.parts.database.writing() as db:
            own = Meeting.id == self.scene.meeting.id
            await db.execute(update(Meeting).where(own).values(**values))


async def reminding(parts: Parts, making: Making, clock: TestClock, **answers: Answer) -> Reminding:
    """Make the session with guests who gave these answers, by phone if they come."""
    scene = await set_scene(parts, making, *answers)
    async with making() as make:
        for name, given in answers.items():
            if given is Answer.YES or given is Answer.WAITING:
                await answered(make, scene.guests[name], given, Way.PHONE)
            else:
                row = await make.db.get(Invitation, scene.guests[name].id)
                assert row is not None
                row.answer = given
    return Reminding(scene, clock, making)
