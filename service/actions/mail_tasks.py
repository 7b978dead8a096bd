"""Mail as tasks: what only a human can read, an answer in words to confirm, an address that failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from scheduling.answers import Answer
from service.actions.answering import Reply
from service.actions.desk import How, enter_answer
from service.actions.permissions import Permission, require
from service.actions.task_outcomes import Outcome
from service.actions.tasks import finish_task
from service.actor import Actor, Role
from service.errors import NotFound
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.incoming import IncomingMail, forget_bounces
from service.storage.meetings import Meeting
from service.storage.people import Person, lock_person, person_by_id
from service.storage.tasks import (
    Task,
    TaskKind,
    invitation_of_task,
    let_go_of_addresses,
    task_by_id,
)

#: How soon somebody should look at a mail.
LOOK_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ToRead:
    """Why a human should read a mail, whose it seems to be, and what else there is to know."""

    why: str
    person: Person | None = None
    meeting: Meeting | None = None
    words: str = ""
    kind: TaskKind = TaskKind.READ_MAIL
    for_role: Role = Role.COORDINATOR


def raise_mail_task(db: Db, mail: IncomingMail, to_read: ToRead, *, now: datetime) -> None:
    """Ask a human to look at a mail within a day, or before the session it is about."""
    meeting, due_at = to_read.meeting, now + LOOK_WITHIN
    if meeting is not None and meeting.starts_at is not None:
        due_at = max(now, min(due_at, meeting.starts_at))
    db.add(
        Task(
            organisation_id=mail.organisation_id,
            kind=to_read.kind,
            about=to_read.why,
            once=f"{to_read.kind}|{mail.id}|{new_id()}",
            for_role=to_read.for_role,
            person_id=to_read.person.id if to_read.person else None,
            meeting_id=meeting.id if meeting else None,
            subject_id=mail.id,
            words=to_read.words,
            due_at=due_at,
            created_at=now,
        )
    )


async def accept_mailed_answer(
    db: Db, actor: Actor, task_id: UUID, reply: Reply, *, now: datetime
) -> Answer:
    """Enter the answer that somebody gave in a mail, and finish the task; raises Invalid or Refused."""
    require(actor, Permission.ANSWER_FOR)
    task = await task_by_id(db, actor, task_id)
    invitation = await invitation_of_task(db, actor, task)
    if invitation is None or task.kind is not TaskKind.ANSWER_BY_MAIL:
        raise NotFound
    await finish_task(db, actor, task_id, Outcome.SETTLED, now=now)
    return await enter_answer(db, actor, invitation.id, reply, How.MESSAGE, now=now)


async def address_works(db: Db, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Write to a person's address again: somebody made sure that it is right."""
    require(actor, Permission.KEEP_PEOPLE)
    await lock_person(db, person_id)
    person = await person_by_id(db, actor, person_id)
    await begin_anew(db, person)
    record(db, actor, "address.works", person, now=now)


async def begin_anew(db: Db, person: Person) -> None:
    """Forget that mail came back from a person, and let go of the tasks about it."""
    person.email_stopped_at = None
    await forget_bounces(db, person)
    await db.flush()
    await let_go_of_addresses(db, [person.id])
