"""A thread of mail: what one person is sent, step by step, by the real service, and how it is written down."""

import email
import email.policy
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from service.actions.answering import Reply, answer
from service.actions.cancelling import cancel_meeting
from service.actions.changing import Agreed, change_meeting
from service.actions.inviting import Issuer, invite_more, remove_person
from service.actions.plans import Details, details_of
from service.parts import Parts
from service.storage.base import Db
from service.storage.invitations import Choice, Invitation, guest_invitation, invitations_of
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.people import Person
from service.worker import worker_of
from tests.calendar_clients import CLIENTS, Client
from tests.integration.conftest import TestClock
from tests.integration.hub import Hub
from tests.people import guest_actor

GOLDEN = Path(__file__).parents[1] / "golden" / "threads"
#: Between two steps, so that their stamps differ.
STEP = timedelta(hours=1)
HEADERS = ("From", "To", "Subject", "Message-ID", "In-Reply-To")


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail as it left."""

    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """Read it back."""
        return email.message_from_bytes(self.raw, _class=EmailMessage, policy=email.policy.default)

    @property
    def calendar(self) -> bytes:
        """Give its calendar part; nothing if it has none."""
        for part in self.mail.walk():
            if part.get_content_type() == "text/calendar":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                return content
        return b""

    @property
    def method(self) -> str:
        """Give the method named in the type of its calendar part."""
        parts = (part for part in self.mail.walk() if part.get_content_type() == "text/calendar")
        return next((str(part.get_param("method")) for part in parts), "")

    @property
    def starts(self) -> str:
        """Give when the session starts by its calendar part, to sort by."""
        found = re.search(rb"DTSTART[^:]*:(\w+)", self.calendar)
        return found.group(1).decode() if found else ""


@dataclass(slots=True)
class Step:
    """One thing that happened, the mails it led to, and what her calendar shows afterwards."""

    what: str
    sent: list[Sent] = field(default_factory=list)
    state: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Thread:
    """What happens to a session, and what Ewa is sent about it."""

    parts: Parts
    clock: TestClock
    hub: Hub
    elsewhere: UUID
    meeting_id: UUID | None = None
    calendars: dict[str, Client] = field(
        default_factory=lambda: {name: Client(read) for name, read in CLIENTS.items()}
    )
    steps: list[Step] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    @property
    def state(self) -> list[str]:
        """List what stands in her calendar, which is the same in every program."""
        shown = [calendar.state for calendar in self.calendars.values()]
        assert [shown[0]] * len(shown) == shown
        return shown[0]

    @property
    def issuer(self) -> Issuer:
        """Give what invitations are made with."""
        house = self.hub.organisation
        return Issuer.of(self.parts.keys, house.contact_email, self.parts.settings.public_url)

    @property
    def meeting(self) -> UUID:
        """Name the session."""
        assert self.meeting_id is not None
        return self.meeting_id

    async def does(
        self, what: str, change: Callable[[Db], Awaitable[object]], *, is_sent: bool = True
    ) -> None:
        """Let something happen, an hour later, and let the worker send what there is to send."""
        self.clock.move(STEP)
        async with self.parts.database.writing() as db:
            await change(db)
        if is_sent:
            await self.sends(what)

    async def sends(self, what: str) -> None:
        """Send what is due and take down what Ewa got, and what her calendar makes of it."""
        worker = worker_of(self.parts)
        while await worker.send_due():
            pass
        step = Step(what)
        for path in sorted(self.parts.settings.post_folder.glob("*.eml")):
            sent = Sent(path.read_bytes())
            if path.name not in self._seen and self.hub.ewa.email in str(sent.mail["To"]):
                step.sent.append(sent)
            self._seen.add(path.name)
        step.sent.sort(key=lambda sent: (sent.starts, str(sent.mail["Subject"])))
        for sent in step.sent:
            for calendar in self.calendars.values() if sent.calendar else ():
                calendar.receive(sent.calendar)
        step.state = self.state
        self.steps.append(step)

    async def invite(self, *people: Person, is_sent: bool = True) -> None:
        """Invite Ewa, or others."""
        choice = Choice(people=frozenset(person.id for person in people or (self.hub.ewa,)))
        await self.does(
            f"{' and '.join(each.chosen_name for each in people) or 'Ewa'} is invited",
            lambda db: invite_more(
                db, self.hub.as_ada, self.issuer, self.meeting, choice, now=self.clock.at
            ),
            is_sent=is_sent,
        )

    async def change(self, what: str, *, is_sent: bool = True, **details: Any) -> None:
        """Change the session, as whoever plans it does."""

        async def change(db: Db) -> None:
            meeting = await meeting_by_id(db, self.hub.as_ada, self.meeting)
            new: Details = replace(details_of(meeting), **details)
            agreed = Agreed(meeting.version, left_without=9)
            await change_meeting(db, self.hub.as_ada, meeting.id, new, agreed, now=self.clock.at)

        await self.does(what, change, is_sent=is_sent)

    async def cancel(self, message: str) -> None:
        """Cancel the session."""

        async def cancel(db: Db) -> None:
            meeting = await meeting_by_id(db, self.hub.as_ada, self.meeting)
            await cancel_meeting(
                db, self.hub.as_ada, meeting.id, message, version=meeting.version, now=self.clock.at
            )

        await self.does("The session is cancelled", cancel)

    async def answers(self, what: str, reply: Reply, person: Person | None = None) -> None:
        """Let Ewa, or somebody else, answer on their own page."""

        async def press(db: Db) -> None:
            own = await self.invitation(db, person or self.hub.ewa)
            actor = guest_actor(own, (person or self.hub.ewa).chosen_name)
            whole = await guest_invitation(db, actor)
            await answer(db, actor, whole, reply, now=self.clock.at)

        await self.does(what, press)

    async def remove(self) -> None:
        """Take Ewa off the list."""

        async def remove(db: Db) -> None:
            own = await self.invitation(db, self.hub.ewa)
            await remove_person(db, self.hub.as_ada, own.id, now=self.clock.at)

        await self.does("Ewa is taken off the list", remove)

    async def invitation(self, db: Db, person: Person) -> Invitation:
        """Find somebody's invitation to the session."""
        everybody = await invitations_of(db, self.hub.as_ben, self.meeting, removed_too=True)
        return next(each for each in everybody if each.person_id == person.id)

    async def row(self) -> Meeting:
        """Read the session as it is now."""
        async with self.parts.database.reading() as db:
            return await meeting_by_id(db, self.hub.as_ada, self.meeting)


class Steady:
    """Gives what was made up by chance, each time a test runs, a name that stays."""

    def __init__(self) -> None:
        """Begin with no names."""
        self._names: dict[str, str] = {}

    def text(self, raw: str) -> str:
        """Give a text with steady names, and without line ends that break words."""
        unfolded = raw.replace("\r\n ", "").replace("\r\n", "\n")
        named = re.sub(r"[0-9a-f-]{36}\.[0-9a-f]{24}(?=[.@])", self._name, unfolded)
        linked = re.sub(r"/i/[2-9a-z]{12}", "/i/link", named)
        return re.sub(r"\b[0-9a-f]{32}\b", "number", linked)

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found.group(), f"session-{len(self._names) + 1}.ewa")


def written(thread: Thread) -> dict[str, str]:
    """Write a thread down: one file of what was sent and what it left, and each calendar by itself."""
    steady, files, lines = Steady(), dict[str, str](), list[str]()
    for number, step in enumerate(thread.steps, 1):
        lines.append(f"{number}. {step.what}")
        for at, sent in enumerate(step.sent):
            mail = sent.mail
            lines += [f"   {name}: {steady.text(str(mail[name] or '-'))}" for name in HEADERS]
            if sent.calendar:
                name = f"{number:02}{'abcdef'[at] if len(step.sent) > 1 else ''}.ics"
                files[name] = steady.text(sent.calendar.decode())
                lines.append(f"   Calendar: {name}, {sent.method}")
        lines += ["   (nothing is sent)"] if not step.sent else []
        lines += ["   then her calendar shows:", *(f"     {line}" for line in step.state or ["-"])]
        lines.append("")
    return {"thread.txt": "\n".join(lines), **files}


def golden(name: str, made: dict[str, str]) -> dict[str, str]:
    """Read the golden files of a thread; write them first if asked to."""
    folder = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for file, text in made.items():
            (folder / file).write_text(text, "utf-8")
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}
