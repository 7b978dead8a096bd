"""Mails that come in: the golden ones made out to a test's own guests, and a few written by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update

from scheduling.answers import Answer
from service.config import Settings
from service.outbound.letters import first_message_id
from service.parts import Parts
from service.storage.incoming import Bounce, CalendarReply, IncomingMail
from service.storage.invitations import Invitation
from service.storage.meetings import Offer
from service.storage.messages import Message, MessageState
from service.storage.people import Person
from service.storage.tasks import Task
from service.taking_mail import take
from tests.integration.desks import rows

GOLDEN = Path(__file__).parents[1] / "golden" / "replies"
#: The one invitation that all golden mails are about, and the one address they come from.
GOLDEN_UID = "0190b6f1-6f0a-7cc3-98a2-5d0e4b1f2a33.4f1c0a9e7b2d4c61@kiln.example.org"
GOLDEN_ADDRESS = "ada@example.org"
HUB = "hello@kiln.example.org"


def calendar(invitation: Invitation, status: str, given: Mapping[str, Any]) -> str:
    """Write the calendar file that a guest's program sends back; `given` is as for `reply`."""
    given_at: datetime = given.get("stamp", invitation.stamp)
    sequence = given.get("sequence", 0)
    return "\r\n".join(
        [
            *("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{given.get('method', 'REPLY')}"),
            *("BEGIN:VEVENT", f"UID:{invitation.uid}", f"DTSTAMP:{given_at:%Y%m%dT%H%M%SZ}"),
            *([] if sequence is None else [f"SEQUENCE:{sequence}"]),
            f"ATTENDEE;PARTSTAT={status}:mailto:{given.get('attendee', invitation.person.email)}",
            *given.get("more", ()),
            *("END:VEVENT", "END:VCALENDAR", ""),
        ]
    )


def reply(
    invitation: Invitation, status: str = "ACCEPTED", *, sender: str = "", **given: Any
) -> bytes:
    """Write the mail with which a guest's program answers an invitation.

    `given` may hold another method, stamp, sequence (None: none), attendee, and more lines.
    """
    head = (
        f"From: Guest <{sender or invitation.person.email}>\r\nTo: {HUB}\r\nSubject: {status}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8; "
        f"method={given.get('method', 'REPLY')}\r\n\r\n"
    )
    return (head + calendar(invitation, status, given)).encode()


def words(text: str, *, sender: str, about: Invitation | None = None, **headers: str) -> bytes:
    """Write a mail in words, in answer to an invitation if one is given."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, HUB, "Re: Tuesday session"
    if about is not None:
        message["In-Reply-To"] = first_message_id(about.uid)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def golden(name: str) -> bytes:
    """Give a golden mail."""
    return (GOLDEN / f"{name}.eml").read_bytes()


async def becomes_golden(parts: Parts, invitation: Invitation) -> None:
    """Make this invitation the one that all golden mails are about, never answered before."""
    async with parts.database.writing() as db:
        for table in (CalendarReply, Bounce, Task, IncomingMail):
            await db.execute(delete(table))
        own = await db.get_one(Invitation, invitation.id)
        own.uid, own.answer, own.asked_again = GOLDEN_UID, Answer.UNANSWERED, False
        own.answered_at = own.way = None
        person = await db.get_one(Person, own.person_id)
        person.email = person.email_key = GOLDEN_ADDRESS
        person.email_stopped_at = None
        message = (await db.scalars(select(Message).where(Message.subject_id == own.id))).first()
        assert message is not None
        message.state, message.message_id = MessageState.SENT, first_message_id(GOLDEN_UID)
        taken = update(Offer).where(Offer.meeting_id == own.meeting_id)
        await db.execute(taken.values(taken=0))


async def takes(parts: Parts, raw: bytes) -> str:
    """Take in a mail, and give the code of what was done with it."""
    assert await take(parts, raw)
    return (await mails(parts))[-1].outcome


async def mails(parts: Parts) -> Sequence[IncomingMail]:
    """Read every mail that was taken in, the oldest first."""
    return await rows(parts, IncomingMail)


def with_settings(parts: Parts, **changed: object) -> Parts:
    """Give the same parts under other settings."""
    settings: Settings = parts.settings.model_copy(update=changed)
    return replace(parts, settings=settings)
