"""A house that lives through a year: its series, its people, and time that passes day by day."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import icalendar
from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.dates import DateKind
from scheduling.meeting import MeetingState
from scheduling.recurrence import Rule
from scheduling.series import DateRule
from scheduling.time import WallTime, resolve
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actions.inviting import Issuer
from service.actions.series.drafting import save_series, start_series_draft
from service.actions.series.guests import choose_guests
from service.actions.series.starting import start_series
from service.actions.series.template import template_of
from service.actor import Actor, Role
from service.errors import Invalid, Refused
from service.keeping_time import keep_time
from service.parts import Parts
from service.storage.base import Db
from service.storage.invitations import WHOLE_INVITATION, Choice, Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.places import Place
from service.storage.tasks import Task, TaskState
from service.taking_mail import take
from service.worker import Worker, worker_of
from tests.calendar_clients import Client, by_recurring_ical_events
from tests.integration.conftest import TestClock
from tests.integration.mails import HUB
from tests.integration.threads import Sent
from tests.people import LONDON, Make, actor_for, guest_actor

#: When time is kept on each day, on the wall; and once more on Tuesdays, two hours before the evening.
DAILY, ON_TUESDAYS, TUESDAY = time(11, 5), time(16, 35), 1
NO_MAIL: dict[str, Any] = {"email": "", "email_key": ""}
ROOM_AND_MORE: dict[Way, int | None] = {Way.ROOM: 3, Way.ONLINE: 2, Way.PHONE: 4}
ONLINE_FIRST: dict[Way, int | None] = {Way.ONLINE: 3, Way.PHONE: 2}
EVERYBODY = ("Joan", "Terry", "Kay", "Sid", "Ewa", "Mags", "Lewis", "Rose", "Owen", "Noor")
#: Name, rule, first date, limits, and who is on the list.
SERIES = (
    ("circle", "FREQ=MONTHLY;BYDAY=2TH", "2027-01-14T13:00", ROOM_AND_MORE, EVERYBODY),
    (
        "evening",
        "FREQ=WEEKLY;INTERVAL=4;BYDAY=TU",
        "2027-01-19T18:30",
        ONLINE_FIRST,
        ("Terry", "Lewis", "Rose", "Owen", "Ewa", "Joan", "Mags"),
    ),
    (
        "steering",
        "FREQ=MONTHLY;BYDAY=-1MO",
        "2027-01-25T10:00",
        ROOM_AND_MORE,
        ("Mags", "Sid", "Kay", "Rose"),
    ),
    (
        "share",
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE",
        "2027-01-20T10:30",
        ONLINE_FIRST,
        EVERYBODY,
    ),
)
REACHED: dict[str, dict[str, Any]] = {
    "Joan": NO_MAIL | {"channels": ["call", "letter"], "phone": "01632 960155"},
    "Sid": NO_MAIL | {"channels": ["letter"], "address": "1 Row\nBurslem"},
    "Ewa": NO_MAIL | {"channels": ["text"], "phone": "07700 900123"},
    "Noor": NO_MAIL | {"channels": ["through"], "through_contact": "worker@example.org"},
    "Rose": {"channels": ["email", "call"], "phone": "01632 960156"},
}
T = TypeVar("T")
Act = Callable[[Db], Awaitable[T]]


@dataclass(slots=True)
class Year:
    """The house, and everything that was sent from it."""

    parts: Parts
    clock: TestClock
    house: Organisation
    ada: Person
    ben: Person
    cleo: Person
    kind: Kind
    hall: Place
    people: dict[str, Person]
    chance: Random
    series: dict[str, UUID] = field(default_factory=dict)
    sent: list[tuple[datetime, Sent]] = field(default_factory=list)
    calendars: dict[str, Client] = field(default_factory=dict)
    _worker: Worker | None = None

    @property
    def now(self) -> datetime:
        """Give the time it is."""
        return self.clock.at

    @property
    def plans(self) -> Actor:
        """Act as Ben, who coordinates, facilitates and sets up."""
        roles = (Role.COORDINATOR, Role.FACILITATOR, Role.ADMIN)
        return actor_for(self.house.id, self.ben, *roles)

    @property
    def issuer(self) -> Issuer:
        """Give what invitations are made with."""
        return Issuer.of(self.parts.keys, self.house.contact_email, self.parts.settings.public_url)

    async def does(self, act: Act[T]) -> T:
        """Do one thing in a transaction of its own."""
        async with self.parts.database.writing() as db:
            return await act(db)

    async def passes(self, until: datetime) -> None:
        """Let time pass to a day, by the day: people answer, time is kept, mail leaves."""
        day = self.now
        while (day := day + timedelta(days=1)) <= until:
            for at in (DAILY, ON_TUESDAYS) if day.weekday() == TUESDAY else (DAILY,):
                local = datetime.combine(day.date(), at)
                self.clock.at = resolve(WallTime(local, LONDON))
                await keep_time(self.parts)
                await self.send()
            await self.somebody_does_something()

    async def send(self) -> None:
        """Let everything due leave, and hold on to it."""
        self._worker = self._worker or worker_of(self.parts)
        while await self._worker.send_due():
            pass
        for path in sorted(self.parts.settings.post_folder.glob("*.eml")):
            sent = Sent(path.read_bytes())
            path.unlink()
            self.sent.append((self.now, sent))
            if sent.calendar:
                reader = str(sent.mail["To"])
                client = self.calendars.setdefault(reader, Client(by_recurring_ical_events))
                client.receive(sent.calendar)

    async def somebody_does_something(self) -> None:
        """Let one or two of the people answer, by the way they do such things; the desk does a task."""
        for _ in range(self.chance.randrange(3)):
            name = self.chance.choice(EVERYBODY)
            if self.people[name].email and name != "Kay" and self.chance.random() < 0.4:
                await self.answers_by_mail(name)
            else:
                await self.answers(name)
        if self.chance.random() < 0.5:
            await self.does(self._desk_works)

    async def answers(self, name: str) -> None:
        """Let somebody answer one of their next dates on their page, or at the desk."""
        invitation_id = await self.does(lambda db: self._some_date(db, name))
        if invitation_id is None:
            return
        given = self.chance.choice(
            [Answer.YES, Answer.YES, Answer.WAITING, Answer.NO, Answer.MAYBE]
        )
        way = self.chance.choice([Way.ROOM, Way.ONLINE, Way.PHONE])
        company = self.chance.choice([0, 0, 0, 1]) if name == "Mags" else 0
        is_desk = not self.people[name].email or name == "Kay"

        async def press(db: Db) -> None:
            own = (
                await db.scalars(
                    select(Invitation)
                    .where(Invitation.id == invitation_id)
                    .options(*WHOLE_INVITATION)
                )
            ).one()
            actor = self.plans if is_desk else guest_actor(own, name)
            await answer(db, actor, own, Reply(given, way, company), now=self.now)

        with suppress(Refused, Invalid):
            await self.does(press)

    async def answers_by_mail(self, name: str) -> None:
        """Let somebody's calendar program answer the mail it got last about something to come."""
        address = self.people[name].email
        for _, sent in reversed(self.sent):
            if address in str(sent.mail["To"]) and sent.method == "REQUEST":
                status = self.chance.choice(["ACCEPTED", "ACCEPTED", "TENTATIVE", "DECLINED"])
                await self.takes(made_reply(sent, status, address, self.now))
                return

    async def takes(self, raw: bytes) -> None:
        """Take in a mail."""
        assert await take(self.parts, raw)

    async def _some_date(self, db: Db, name: str) -> UUID | None:
        query = (
            select(Invitation.id)
            .join(Meeting, Invitation.meeting_id == Meeting.id)
            .where(Invitation.person_id == self.people[name].id, Invitation.removed_at.is_(None))
            .where(Meeting.state == MeetingState.PUBLISHED, Meeting.starts_at > self.now)
            .order_by(Meeting.starts_at, Meeting.series_id)
            .limit(5)
        )
        found = (await db.scalars(query)).all()
        return self.chance.choice(found) if found else None

    async def _desk_works(self, db: Db) -> None:
        """Have a human tell what is on the list, every second thing."""
        query = select(Task).where(Task.state == TaskState.OPEN).order_by(Task.due_at, Task.id)
        for number, task in enumerate(await db.scalars(query)):
            if number % 2 == 0 and task.subject_id is not None:
                task.state, task.done_at = TaskState.DONE, self.now


def made_reply(sent: Sent, status: str, address: str, now: datetime) -> bytes:
    """Make the mail with which a program answers: the event it got, its own answer, its own stamp."""
    calendar = icalendar.Calendar.from_ical(sent.calendar)
    calendar["METHOD"] = "REPLY"
    event = calendar.walk("VEVENT")[0]
    attendee = event["ATTENDEE"]
    attendee.params["PARTSTAT"] = status
    del event["DTSTAMP"]
    event.add("dtstamp", now)
    head = (
        f"From: <{address}>\r\nTo: {HUB}\r\nSubject: {status}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n"
    )
    text: bytes = calendar.to_ical()
    return head.encode() + text


async def begin_year(make: Make, parts: Parts, clock: TestClock) -> Year:
    """Make the house with its people, and start its series."""
    house = await make.organisation()
    ben = await make.staff(house, "Ben", Role.COORDINATOR, Role.FACILITATOR, Role.ADMIN)
    year = Year(
        parts,
        clock,
        house,
        ada=await make.staff(house, "Ada", Role.FACILITATOR),
        ben=ben,
        cleo=await make.staff(house, "Cleo", Role.FACILITATOR),
        kind=await make.kind(house),
        hall=await make.place(house),
        people={
            name: await make.person(house, name, **REACHED.get(name, {})) for name in EVERYBODY
        },
        chance=Random(2027),
    )
    await make.need(year.people["Kay"], "SAF-CONTACT")
    for name, rule, first, limits, guests in SERIES:
        year.series[name] = await _start(make, year, rule, first, limits, guests)
    return year


async def _start(
    make: Make, year: Year, rule: str, first: str, limits: dict[Way, int | None], guests: Any
) -> UUID:
    actor, now = year.plans, make.now
    series = await start_series_draft(make.db, actor, year.kind.id, now=now)
    template = template_of(series)
    details = replace(
        template.details,
        starts_local=datetime.fromisoformat(first),
        limits=limits,
        place_id=year.hall.id if Way.ROOM in limits else None,
        lead_id=year.ada.id,
        second_id=year.ben.id,
    )
    wanted = replace(
        template,
        details=details,
        rule=Rule.of(rule),
        date_rules={DateKind.BANK_HOLIDAY: DateRule.NEXT_SAME_WEEKDAY},
    )
    await save_series(make.db, actor, series.id, wanted, now=now)
    chosen = Choice(people=frozenset(year.people[name].id for name in guests))
    await choose_guests(make.db, actor, series.id, chosen, now=now)
    await start_series(make.db, actor, year.issuer, series.id, now=now)
    return series.id
