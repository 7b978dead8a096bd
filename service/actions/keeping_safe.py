"""What two needs set off at once: safe contact stops what is queued, keep apart asks a human to look."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.deadlines import tell_by
from service.actions.requests import raise_keep_apart
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState, waiting_messages_to
from service.storage.requests import coming_invitations
from service.storage.tasks import Task, TaskKind

#: What is sent because of a meeting. Signing in is asked for by the person, there and then.
AUTOMATIC: Final = frozenset(
    {
        MessageKind.INVITATION,
        MessageKind.UPDATE,
        MessageKind.CANCEL,
        MessageKind.ANNOUNCEMENT,
        MessageKind.YOUR_LINK,
        MessageKind.REQUEST_ANSWER,
        MessageKind.REMINDER,
        MessageKind.NUDGE,
        MessageKind.REQUEST_RECEIPT,
        MessageKind.FEEDBACK_ASK,
        MessageKind.CLAIM_ANSWER,
        MessageKind.ILL_NOTICE,
        MessageKind.KIT_DUE,
    }
)


async def stop_automatic_messages(db: Db, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Turn what is queued for a person into tasks for a human, who reaches them in the safe way."""
    waiting = await waiting_messages_to(db, actor, person_id, AUTOMATIC)
    for message in waiting:
        message.state = MessageState.OVERTAKEN
        await _raise_safe_contact(db, message, now)
        record(db, actor, "message.stopped", message, now=now, kind=message.kind.value)


async def _raise_safe_contact(db: Db, message: Message, now: datetime) -> None:
    once = "|".join(
        (
            "safe",
            message.kind,
            str(message.subject_id),
            str(message.version),
            str(message.occurrence),
        )
    )
    if await db.scalar(select(Task.id).where(Task.once == once)) is not None:
        return
    meeting = await db.get(Meeting, message.meeting_id) if message.meeting_id else None
    starts_at = meeting.starts_at if meeting else None
    db.add(
        Task(
            organisation_id=message.organisation_id,
            kind=TaskKind.SAFE_CONTACT,
            about=message.kind.value,
            once=once,
            person_id=message.person_id,
            meeting_id=message.meeting_id,
            subject_id=message.subject_id,
            due_at=tell_by(now, starts_at) if starts_at else now,
            created_at=now,
        )
    )
    await db.flush()


async def look_who_comes(db: Db, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Ask for a check of every coming meeting that a person to be kept apart has not said no to.

    Dates that guests do not know of yet are looked at before anybody is told of them.
    """
    for invitation in await coming_invitations(db, actor, person_id, now):
        if invitation.answer is not Answer.NO and not invitation.meeting.is_held:
            await raise_keep_apart(db, invitation.meeting, person_id, now=now)
