"""Taking in a mail: written down once, sorted, and turned into an answer, a count or a task.

Nothing is dropped and nothing is ever answered by itself. What was done with a mail is kept as a code,
and its words for as long as somebody may have to look at them again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from scheduling.answers import Answer
from scheduling.ical.read import CalendarEvent
from service.actions.bouncing import take_bounce
from service.actions.mail_senders import writer_of
from service.actions.mail_tasks import ToRead, raise_mail_task
from service.actions.permissions import Permission, require
from service.actions.replying import COUNTER, take_reply
from service.actor import Actor
from service.inbound.bounces import Bounced
from service.inbound.reading import Away, Calendar, Incoming, Unreadable, Words
from service.storage.audit import record
from service.storage.base import Db
from service.storage.incoming import IncomingMail, MailKind, forget_mails
from service.storage.tasks import TaskKind

#: What came in is kept for so long, unless a task about it is still open.
KEPT: Final = timedelta(days=90)
BOUNCE_IN_WORDS = "bounce-in-words"


async def take_mail(db: Db, actor: Actor, mail: Incoming, *, now: datetime) -> str:
    """Take in one mail that was not taken before; gives the code of what was done with it."""
    require(actor, Permission.ANSWER_FOR)
    row = IncomingMail(
        organisation_id=actor.organisation_id,
        digest=mail.digest,
        kind=_kind(mail),
        sender=mail.sender,
        subject=mail.subject,
        words=mail.words,
        received_at=now,
    )
    db.add(row)
    await db.flush()
    row.outcome = await _done_with(db, actor, row, mail, now)
    record(db, actor, "mail.taken", row, now=now, kind=row.kind, outcome=row.outcome)
    return row.outcome


async def forget_old_mails(db: Db, actor: Actor, *, now: datetime) -> int:
    """Forget mails that came in long ago and that nobody has to look at any more."""
    require(actor, Permission.ANSWER_FOR)
    forgotten = await forget_mails(db, actor.organisation_id, now - KEPT)
    if forgotten:
        record(db, actor, "mail.forgotten", None, now=now, mails=forgotten)
    return forgotten


def _kind(mail: Incoming) -> MailKind:
    match mail.content:
        case Calendar(events):
            is_counter = any(event.method == COUNTER for event in events)
            return MailKind.COUNTER if is_counter else MailKind.REPLY
        case Words(answer):
            return MailKind.WORDS if answer is None else MailKind.ANSWER_IN_WORDS
        case Away():
            return MailKind.AWAY
        case Bounced():
            return MailKind.BOUNCE
        case Unreadable(why):
            return MailKind.BOUNCE if why == BOUNCE_IN_WORDS else MailKind.UNREADABLE


async def _done_with(db: Db, actor: Actor, row: IncomingMail, mail: Incoming, now: datetime) -> str:
    match mail.content:
        case Calendar(events):
            return await _take_replies(db, actor, row, events, now)
        case Words(answer):
            return await _take_words(db, actor, row, mail, answer, now=now)
        case Away():
            return "away"
        case Bounced() as bounced:
            return await take_bounce(db, actor, row, bounced, now=now)
        case Unreadable(why):
            writer = await writer_of(db, actor, mail, now)
            meeting = writer.invitation.meeting if writer.invitation else None
            raise_mail_task(db, row, ToRead(why, writer.person, meeting), now=now)
            return why


async def _take_replies(
    db: Db, actor: Actor, row: IncomingMail, events: Sequence[CalendarEvent], now: datetime
) -> str:
    """Take in every answer of a mail; what a program wrote round it is not what the person said."""
    row.words = "\n\n".join(event.comment for event in events if event.comment) or row.words
    outcomes = [await take_reply(db, actor, row, event, now=now) for event in events]
    return " ".join(dict.fromkeys(outcomes))


async def _take_words(
    db: Db,
    actor: Actor,
    row: IncomingMail,
    mail: Incoming,
    answer: Answer | None,
    *,
    now: datetime,
) -> str:
    """Have a human read it; with the answer filled in, if it is clear who answers what."""
    writer = await writer_of(db, actor, mail, now)
    invitation = writer.invitation
    row.person_id = writer.person.id if writer.person else None
    row.invitation_id = invitation.id if invitation else None
    meeting = invitation.meeting if invitation else None
    to_read = ToRead("words", writer.person, meeting)
    if answer is not None and invitation is not None:
        to_read = ToRead(answer.value, writer.person, meeting, kind=TaskKind.ANSWER_BY_MAIL)
    raise_mail_task(db, row, to_read, now=now)
    return to_read.kind.value
