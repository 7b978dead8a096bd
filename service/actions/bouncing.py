"""Mail that came back: what it says of the address, and how the person is reached instead.

One failure for a mailbox that is not there, or two other hard ones, and nothing more is sent to an address
until a human has put it right. What was on its way is told by the person's next channel.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import update

from scheduling.waiting import HoldState
from service.actions.composer import Overtaken, check_wanted, whole_invitation
from service.actions.mail_senders import address_key, message_returned
from service.actions.mail_tasks import LOOK_WITHIN, ToRead, raise_mail_task
from service.actions.permissions import Permission, require
from service.actions.raising import about_meeting
from service.actions.telling import may_write_to, reach_of
from service.actor import Actor, Role
from service.errors import NotFound
from service.identifiers import new_id
from service.inbound.bounces import Bounced, Failure, Severity, severity_of, status_in
from service.storage.audit import record
from service.storage.base import Db, changed_rows
from service.storage.holds import Hold
from service.storage.incoming import Bounce, IncomingMail, count_bounces
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState, waiting_messages_to
from service.storage.people import Person, lock_person
from service.storage.tasks import Task, TaskKind

#: So many hard failures, none of which says that the mailbox is not there, stop an address.
MOST_FAILURES: Final = 2
#: What is told by a human instead when mail cannot reach a person any more.
TOLD_INSTEAD = (MessageKind.INVITATION, MessageKind.UPDATE, MessageKind.CANCEL)
ALSO_TOLD = (MessageKind.ANNOUNCEMENT, MessageKind.PLACE_OFFERED)
#: What somebody asked for themselves just now goes out all the same.
ASKED_FOR = frozenset({MessageKind.SIGN_IN, MessageKind.YOUR_LINK})
STOPPED: Final = "address-stopped"
#: What the task about an address is about.
NO_MAILBOX, CAME_BACK = "no-mailbox", "came-back"


async def take_bounce(
    db: Db, actor: Actor, mail: IncomingMail, bounced: Bounced, *, now: datetime
) -> str:
    """Take in the report that a mail did not arrive, and give the code of what was done.

    A report counts only if it brings back a Message-ID of ours and names the address the person
    still has; any other is for a human, because anybody can write one.
    """
    require(actor, Permission.ANSWER_FOR)
    if all(failure.severity is Severity.LATE for failure in bounced.failures):
        return "late"
    message = await message_returned(db, actor, bounced)
    failure = _of_person(message.person, bounced) if message else None
    if message is None or failure is None:
        raise_mail_task(db, mail, ToRead("bounce", message.person if message else None), now=now)
        return "not-proven"
    mail.person_id = message.person_id
    sent = (MessageState.SENT, MessageState.SENDING)
    failed = update(Message).where(Message.id == message.id, Message.state.in_(sent))
    failed = failed.values(state=MessageState.FAILED, trouble=failure.status or "returned")
    if await changed_rows(db, failed.execution_options(synchronize_session=False)) == 0:
        return "known"
    if await count_failure(db, actor, message, failure.status, failure.severity, now=now):
        return STOPPED
    db.add(mail_failed_task(message, failure.status, now=now))
    return f"returned-{failure.severity}"


async def refused_at_the_door(
    db: Db, actor: Actor, message: Message, words: str, *, now: datetime
) -> bool:
    """Count that a mail server refused the person's address itself; True if the address is stopped now."""
    require(actor, Permission.ANSWER_FOR)
    person = await db.get(Person, message.person_id)
    if person is None:
        raise NotFound
    status = status_in(words) or "5.0.0"
    return await count_failure(db, actor, message, status, severity_of(status), now=now)


async def count_failure(
    db: Db, actor: Actor, message: Message, status: str, severity: Severity, *, now: datetime
) -> bool:
    """Count a failure against the person's address; True if nothing is sent there any more."""
    if severity not in (Severity.NO_MAILBOX, Severity.HARD):
        return False
    await lock_person(db, message.person_id)
    person = await db.get_one(Person, message.person_id, populate_existing=True)
    db.add(
        Bounce(
            organisation_id=person.organisation_id,
            person_id=person.id,
            email_key=person.email_key,
            status=status,
            at=now,
        )
    )
    await db.flush()
    record(db, actor, "mail.returned", message, now=now, status=status)
    is_gone = severity is Severity.NO_MAILBOX or await count_bounces(db, person) >= MOST_FAILURES
    if not is_gone:
        return False
    if person.email_stopped_at is None:
        await _stop(db, actor, person, status, now)
    await _tell_instead(db, person, message, now=now)
    return True


def mail_failed_task(message: Message, words: str, *, now: datetime) -> Task:
    """Make the task for a mail that did not arrive: an admin's, if it is about signing in."""
    is_staff = message.kind in (MessageKind.SIGN_IN, MessageKind.STAFF_WELCOME)
    return Task(
        organisation_id=message.organisation_id,
        kind=TaskKind.MAIL_FAILED,
        about=message.kind.value,
        once=f"mail-failed|{message.id}|{message.lease}",
        for_role=Role.ADMIN if is_staff else Role.COORDINATOR,
        person_id=message.person_id,
        meeting_id=message.meeting_id,
        subject_id=message.id,
        words=words,
        due_at=now + LOOK_WITHIN,
        created_at=now,
    )


async def _stop(db: Db, actor: Actor, person: Person, status: str, now: datetime) -> None:
    """Write to this address no more: set aside what waits, and have a human look."""
    person.email_stopped_at = now
    db.add(
        Task(
            organisation_id=person.organisation_id,
            kind=TaskKind.ADDRESS_FAILED,
            about=NO_MAILBOX if severity_of(status) is Severity.NO_MAILBOX else CAME_BACK,
            words=status,
            once=f"{TaskKind.ADDRESS_FAILED}|{person.id}|{new_id()}",
            person_id=person.id,
            subject_id=person.id,
            due_at=now + LOOK_WITHIN,
            created_at=now,
        )
    )
    await db.flush()
    kinds = [kind for kind in MessageKind if kind not in ASKED_FOR]
    for message in await waiting_messages_to(db, actor, person.id, kinds):
        message.state, message.trouble = MessageState.OVERTAKEN, STOPPED
        await _tell_instead(db, person, message, now=now)
    record(db, actor, "address.stopped", person, now=now, status=status)


async def _tell_instead(db: Db, person: Person, message: Message, *, now: datetime) -> None:
    """Have a human tell what a mail did not; what is over or overtaken needs no telling."""
    if message.kind in TOLD_INSTEAD:
        try:
            invitation = await whole_invitation(db, message.subject_id)
            check_wanted(message, invitation, now)
        except (NotFound, Overtaken):
            return
        await _raise(db, person, message, invitation.meeting, now=now)
    elif message.kind in ALSO_TOLD and message.meeting_id is not None:
        meeting = await db.get(Meeting, message.meeting_id)
        if meeting is None or meeting.ends_at is None or meeting.ends_at <= now:
            return
        hold = await db.get(Hold, message.subject_id)
        if hold is None or hold.state is HoldState.OFFERED:
            before = hold.expires_at if hold else None
            await _raise(db, person, message, meeting, now=now, before=before)


async def _raise(
    db: Db,
    person: Person,
    message: Message,
    meeting: Meeting,
    *,
    now: datetime,
    before: datetime | None = None,
) -> None:
    """Raise the task of the person's next channel; with none left, the task about the address says it."""
    is_safe = not await may_write_to(db, person.organisation_id, person.id)
    reach = reach_of(person, meeting, now, is_safe=is_safe)
    if reach.task is None or reach.task is TaskKind.DECIDE:
        return
    task = Task(
        kind=reach.task,
        about=message.kind.value,
        once=f"{message.kind}|{message.id}|by-hand",
        person_id=person.id,
        subject_id=message.subject_id,
    )
    about_meeting(task, meeting, now=now)
    task.due_at = before or task.due_at
    db.add(task)


def _of_person(person: Person, bounced: Bounced) -> Failure | None:
    """Find what is said of the address the person has now; None if it is about another one."""
    for failure in bounced.failures:
        if failure.severity is not Severity.LATE and person.email_key in map(
            address_key, failure.addresses
        ):
            return failure
    return None
