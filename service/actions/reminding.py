"""Reminding people of what they said yes to, and asking once more who has not answered.

What is due is decided in `scheduling.reminders`. Here it becomes a mail in the outbox, or a task for a
human where only a human can reach somebody. Several processes may do this at the same moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scheduling.reminders import (
    CHOICES,
    FIRST,
    Due,
    Prompt,
    Reader,
    Start,
    desk_closes,
    due,
    is_due_after,
    normal_choice,
    when_to_send,
)
from service.actions.permissions import require_for
from service.actions.telling import TASK_FOR, Reach
from service.actor import Actor
from service.errors import Invalid
from service.storage.adding import add_unless_there
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind
from service.storage.people import Channel, Person, person_by_id
from service.storage.reminding import (
    Known,
    guests_to_remind,
    known_of,
    let_go_of_late_prompts,
    meetings_to_come,
)
from service.storage.tasks import Task, TaskKind

KIND_FOR: Final = {
    Prompt.REMINDER: MessageKind.REMINDER,
    Prompt.NUDGE: MessageKind.NUDGE,
}


async def remind(db: Db, actor: Actor, *, now: datetime) -> int:
    """Write down whom to remind of what by now, for one organisation; gives how many were added.

    For the worker, with the system as the actor.
    """
    added = 0
    for meeting in await meetings_to_come(db, actor, now, now + FIRST):
        if is_due_after(start_of(meeting), after=meeting.reminded_until, now=now):
            added += await _remind_of(db, actor, meeting, now)
    await let_go_of_late_prompts(db, actor, now)
    return added


async def choose_reminders(
    db: Db, actor: Actor, person_id: UUID, minutes: Sequence[int], *, now: datetime
) -> None:
    """Keep when a person wants to be reminded; nothing means never. Raises Invalid for other times."""
    require_for(actor, person_id)
    person = await person_by_id(db, actor, person_id)
    if not set(minutes) <= set(CHOICES):
        raise Invalid({"reminders": "not-a-choice"})
    chosen = normal_choice(minutes)
    kept = None if chosen is None else list(chosen)
    if kept == person.reminders:
        return
    person.reminders = kept
    words = "usual" if kept is None else " ".join(map(str, kept))
    record(db, actor, "person.chose_reminders", person, now=now, minutes=words)


def start_of(meeting: Meeting) -> Start:
    """Give when a meeting begins; only of one that has a time."""
    if meeting.starts_at is None:
        raise ValueError("a meeting without a time reminds nobody")
    return Start(meeting.starts_at, meeting.zone)


def reader_of(invitation: Invitation, *, has_way: bool, by_hand: bool = False) -> Reader:
    """Give one guest as far as reminding goes."""
    told_us = invitation.answered_at
    return Reader(
        answer=invitation.answer,
        has_way=has_way,
        is_asked_again=invitation.asked_again,
        since=invitation.stamp if told_us is None else max(invitation.stamp, told_us),
        choice=invitation.person.reminders,
        by_hand=by_hand,
    )


def reach_for_reminding(person: Person, *, is_safe: bool) -> Reach | None:
    """Choose how to remind a person: the first of their channels but letters; None if that leaves nothing.

    A letter takes days, and their invitation hangs on the wall already. Who wants letters and nothing
    else has not asked to be rung, so they are left in peace. Nobody has to find a way just for this.
    """
    if is_safe:
        return Reach(task=TaskKind.SAFE_CONTACT)
    may_mail = bool(person.email) and person.email_stopped_at is None
    for channel in map(Channel, person.channels or [Channel.EMAIL]):
        if channel is Channel.EMAIL and may_mail:
            return Reach(channel=channel)
        if channel not in (Channel.EMAIL, Channel.LETTER):
            return Reach(task=TASK_FOR[channel])
    return None


@dataclass(slots=True)
class _Rows:
    """What is to be added for one meeting."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)


async def _remind_of(db: Db, actor: Actor, meeting: Meeting, now: datetime) -> int:
    """Add what has fallen due for one meeting, in the same order in every process."""
    rows, known = _Rows(), await known_of(db, meeting)
    for invitation in await guests_to_remind(db, meeting):
        is_safe = invitation.person_id in known.safe
        reach = reach_for_reminding(invitation.person, is_safe=is_safe)
        if reach is None or invitation.id in known.to_be_told:
            continue
        for each in _wanted(meeting, invitation, known, reach, now):
            if reach.channel is not None:
                rows.messages.append(_message(meeting, invitation, each, now))
            elif reach.task is not None:
                rows.tasks.append(_task(meeting, invitation, each, reach.task, now))
    added = await add_unless_there(db, Message, rows.messages)
    added += await add_unless_there(db, Task, rows.tasks)
    meeting.reminded_until = now
    if added:
        record(db, actor, "meeting.reminded", meeting, now=now, people=added)
    return added


def _wanted(
    meeting: Meeting, invitation: Invitation, known: Known, reach: Reach, now: datetime
) -> Iterator[Due]:
    """Give what is due for one guest; nobody is asked once more a second time, in a series neither."""
    has_way = invitation.way in known.ways
    reader = reader_of(invitation, has_way=has_way, by_hand=reach.channel is None)
    for each in due(reader, start_of(meeting), after=meeting.reminded_until, now=now):
        if each.prompt is Prompt.REMINDER or invitation.person_id not in known.nudged:
            yield each


def _message(meeting: Meeting, invitation: Invitation, due: Due, now: datetime) -> dict[str, Any]:
    """Make the row of a mail. A nudge has no version, so that it is there once for ever."""
    is_nudge = due.prompt is Prompt.NUDGE
    return {
        "organisation_id": meeting.organisation_id,
        "kind": KIND_FOR[due.prompt],
        "person_id": invitation.person_id,
        "subject_id": invitation.id,
        "meeting_id": meeting.id,
        "version": 0 if is_nudge else invitation.sequence,
        "occurrence": due.number,
        "channel": Channel.EMAIL,
        "due_at": when_to_send(due.at, start_of(meeting), now),
        "created_at": now,
    }


def _task(
    meeting: Meeting, invitation: Invitation, due: Due, kind: TaskKind, now: datetime
) -> dict[str, Any]:
    """Make the row of a task, to be done while somebody is at the desk."""
    what = [due.prompt.value, str(invitation.id)]
    if due.prompt is Prompt.REMINDER:
        what += [str(invitation.sequence), str(due.number)]
    return {
        "organisation_id": meeting.organisation_id,
        "kind": kind,
        "about": due.prompt.value,
        "once": "|".join(what),
        "person_id": invitation.person_id,
        "meeting_id": meeting.id,
        "subject_id": invitation.id,
        "due_at": desk_closes(start_of(meeting), due.at, now),
        "created_at": now,
    }
