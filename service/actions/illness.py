"""Somebody was ill: those who asked to be told hear of it at once, each in their own way, with no names.

Nothing that is kept says who was ill. Pressed again it reaches only those who were not told before;
what happens after the start of a meeting is told apart from what happened before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from accessibility.disclosure import NAMES_AFTER
from scheduling.meeting import MeetingState
from service.actions.permissions import Permission, may, require
from service.actions.reminding import reach_for_reminding
from service.actions.seeing import is_their_own
from service.actions.telling import Reach, told_and_safe
from service.actor import Actor, Role
from service.errors import NotFound, Refused
from service.storage.adding import add_unless_there
from service.storage.audit import record
from service.storage.base import Db
from service.storage.illness import to_be_told
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, meeting_row
from service.storage.messages import Message, MessageKind
from service.storage.tasks import Task, TaskKind

#: Whoever only a human can reach is reached within so long.
WITHIN: Final = timedelta(hours=4)
ILL: Final = MessageKind.ILL_NOTICE
BEFORE, AFTERWARDS = 0, 1


@dataclass(frozen=True, slots=True)
class IllNotice:
    """Who would be told now and how, and how many were told already."""

    meeting: Meeting
    is_over: bool
    fresh: Sequence[tuple[Invitation, Reach]]
    told: int


def may_tell_of_illness(actor: Actor, meeting: Meeting, now: datetime) -> bool:
    """Say whether the actor may tell people now: of a meeting of theirs, until 14 days after."""
    if meeting.state is not MeetingState.PUBLISHED or meeting.is_held or meeting.ends_at is None:
        return False
    if not may(actor, Permission.TELL_OF_ILLNESS) or now > meeting.ends_at + NAMES_AFTER:
        return False
    return actor.has(Role.COORDINATOR) or is_their_own(actor, meeting)


async def foresee_ill_notice(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> IllNotice:
    """Say who would be told, and change nothing; raises NotFound, or Refused when it is too late."""
    require(actor, Permission.TELL_OF_ILLNESS)
    meeting = await meeting_row(db, actor, meeting_id)
    if not may_tell_of_illness(actor, meeting, now):
        if meeting.ends_at is not None and now > meeting.ends_at + NAMES_AFTER:
            raise Refused("too-late-to-tell")
        raise NotFound
    is_over = meeting.starts_at is not None and meeting.starts_at <= now
    guests = await to_be_told(db, actor, meeting, is_over=is_over)
    told = await _told(db, meeting, AFTERWARDS if is_over else BEFORE)
    people = [each.person_id for each in guests]
    _, safe = await told_and_safe(db, meeting.organisation_id, [], people)
    fresh = [
        (each, _reach(each, is_safe=each.person_id in safe))
        for each in guests
        if each.id not in told
    ]
    return IllNotice(meeting, is_over, fresh, len(told))


async def tell_of_illness(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> int:
    """Tell everybody who asked for it that somebody was ill, once; gives how many are told now."""
    require(actor, Permission.TELL_OF_ILLNESS)
    notice = await foresee_ill_notice(db, actor, meeting_id, now=now)
    messages, tasks = [], []
    for invitation, reach in notice.fresh:
        version = AFTERWARDS if notice.is_over else BEFORE
        if reach.channel is not None:
            messages.append(_message(invitation, reach, version, now))
        elif reach.task is not None:
            tasks.append(_task(invitation, reach.task, version, now))
    added = await add_unless_there(db, Message, messages)
    added += await add_unless_there(db, Task, tasks)
    if added:
        record(db, actor, "meeting.illness-told", notice.meeting, now=now, people=added)
    return added


async def _told(db: Db, meeting: Meeting, version: int) -> set[UUID]:
    """Find the invitations whose person was told, or will be by a human."""
    sent = select(Message.subject_id).where(
        Message.meeting_id == meeting.id, Message.kind == ILL, Message.version == version
    )
    by_human = select(Task.subject_id).where(
        Task.meeting_id == meeting.id,
        Task.about == ILL.value,
        Task.once.startswith(f"{ILL}|{version}|"),
    )
    return {id_ for query in (sent, by_human) for id_ in await db.scalars(query) if id_ is not None}


def _reach(invitation: Invitation, *, is_safe: bool) -> Reach:
    """Choose how to tell somebody fast: by letter only if they want nothing else."""
    quick = reach_for_reminding(invitation.person, is_safe=is_safe)
    if quick is not None:
        return quick
    return Reach(task=TaskKind.POST if invitation.person.address else TaskKind.DECIDE)


def _message(invitation: Invitation, reach: Reach, version: int, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": invitation.organisation_id,
        "kind": ILL,
        "person_id": invitation.person_id,
        "subject_id": invitation.id,
        "meeting_id": invitation.meeting_id,
        "version": version,
        "channel": reach.channel,
        "due_at": now,
        "created_at": now,
    }


def _task(invitation: Invitation, kind: TaskKind, version: int, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": invitation.organisation_id,
        "kind": kind,
        "about": ILL.value,
        "once": f"{ILL}|{version}|{invitation.id}",
        "person_id": invitation.person_id,
        "meeting_id": invitation.meeting_id,
        "subject_id": invitation.id,
        "due_at": now + WITHIN,
        "created_at": now,
    }
