"""Doing tasks: each is finished once, with an outcome, or put off until tomorrow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import update

from scheduling.answers import Answer
from scheduling.time import on_wall
from service.actions.answering import Reply
from service.actions.desk import How, enter_answer
from service.actions.people import change_person, details_of
from service.actions.permissions import Permission, require
from service.actions.task_outcomes import BEFORE_THE_DAY, BY_HAND, TOLD_AFTERWARDS, Outcome
from service.actions.waiting import let_pass
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db, changed_rows
from service.storage.guests import coming_of
from service.storage.holds import hold_of_task
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.tasks import Task, TaskKind, TaskState, invitation_of_task, task_by_id

AFTER_NO_REPLY = timedelta(days=1)
LINK_GROUP = 4
HOME_ZONE = "Europe/London"
#: A letter is not marked as posted longer ago than this: that would be a slip of the pen.
POSTED_WITHIN = timedelta(days=60)


class Choice(StrEnum):
    """What somebody says to a place that is kept for them."""

    TAKES_IT = "take"
    DECLINES = "no"
    STAYS = "stay"


OUTCOMES = {
    Choice.TAKES_IT: Outcome.GIVEN,
    Choice.DECLINES: Outcome.NOT_WANTED,
    Choice.STAYS: Outcome.TOLD,
}


@dataclass(frozen=True, slots=True)
class SpokenLink:
    """The link to one session, as it is read out: the letters in groups of four."""

    invitation: Invitation
    groups: tuple[str, ...]


async def finish_task(
    db: Db, actor: Actor, task_id: UUID, outcome: Outcome, *, now: datetime
) -> Task:
    """Mark a task as done by hand; raises NotFound, Invalid, or Refused if somebody else was quicker."""
    require(actor, Permission.DO_TASKS)
    task = await task_by_id(db, actor, task_id)
    if outcome not in BY_HAND[task.kind]:
        raise Invalid({"outcome": "not-a-choice"})
    await _close(db, actor, task, outcome, now=now)
    return task


async def put_off(db: Db, actor: Actor, task_id: UUID, *, now: datetime) -> Task:
    """Write down that nobody was reached: the task is due tomorrow, or before a place goes to the next."""
    require(actor, Permission.DO_TASKS)
    task = await _open_task(db, actor, task_id)
    tries, hold = task.tries + 1, await hold_of_task(db, task)
    due_at = _next_try(task, now)
    counted = (
        update(Task)
        .where(Task.id == task.id, Task.state == TaskState.OPEN, Task.tries == task.tries)
        .values(due_at=max(now, min(due_at, hold.expires_at)) if hold else due_at, tries=tries)
    )
    if await changed_rows(db, counted) != 1:
        raise Refused("task-not-open")
    record(db, actor, "task.not-reached", task, now=now, tries=tries)
    return task


async def record_answer(
    db: Db, actor: Actor, task_id: UUID, reply: Reply, *, now: datetime
) -> Answer:
    """Write down what somebody who was reached answered, and finish the task."""
    require(actor, Permission.ANSWER_FOR)
    task = await _open_task(db, actor, task_id)
    invitation = await invitation_of_task(db, actor, task)
    if invitation is None:
        raise NotFound
    await _close(db, actor, task, Outcome.TOLD, now=now)
    return await enter_answer(db, actor, invitation.id, reply, How.PHONE, now=now)


async def wrong_number(db: Db, actor: Actor, task_id: UUID, *, now: datetime) -> Task:
    """Write down that the number is not theirs: somebody must find another way to reach them."""
    require(actor, Permission.DO_TASKS)
    task = await _open_task(db, actor, task_id)
    await _close(db, actor, task, Outcome.WRONG_NUMBER, state=TaskState.OVERTAKEN, now=now)
    other = Task(
        organisation_id=actor.organisation_id,
        kind=TaskKind.DECIDE,
        about=Outcome.WRONG_NUMBER,
        once=f"{TaskKind.DECIDE}|{task.id}",
        person_id=task.person_id,
        meeting_id=task.meeting_id,
        subject_id=task.subject_id,
        due_at=now,
        created_at=now,
    )
    db.add(other)
    await db.flush()
    return other


async def let_go(db: Db, actor: Actor, task_id: UUID, *, now: datetime) -> Task:
    """Take a task off the list because its meeting is over; nobody counts as told by that."""
    require(actor, Permission.DO_TASKS)
    task = await _open_task(db, actor, task_id)
    if not is_too_late(task, now):
        raise Refused("not-over")
    await _close(db, actor, task, Outcome.TOO_LATE, state=TaskState.OVERTAKEN, now=now)
    return task


def is_too_late(task: Task, now: datetime) -> bool:
    """Tell whether this can only be done before a meeting that is over by now."""
    ends_at = task.meeting.ends_at if task.meeting else None
    if task.about in TOLD_AFTERWARDS:
        return False
    is_about_it = task.about in set(MessageKind) or task.kind in BEFORE_THE_DAY
    return is_about_it and ends_at is not None and ends_at <= now


async def mark_posted(
    db: Db, actor: Actor, task_id: UUID, posted_on: date, *, now: datetime
) -> Task:
    """Write down when a letter was posted; raises Invalid for a day that cannot be."""
    require(actor, Permission.DO_TASKS)
    task = await _open_task(db, actor, task_id, TaskKind.POST)
    zone = task.meeting.zone if task.meeting else HOME_ZONE
    today = on_wall(now, zone).local.date()
    if posted_on > today:
        raise Invalid({"posted_on": "in-the-future"})
    if posted_on < today - POSTED_WITHIN:
        raise Invalid({"posted_on": "too-long-ago"})
    await _close(db, actor, task, Outcome.POSTED, now=now, posted_on=posted_on)
    return task


async def send_again(db: Db, actor: Actor, task_id: UUID, email: str, *, now: datetime) -> Message:
    """Put a failed message back in the queue, to another address if one is given."""
    require(actor, Permission.DO_TASKS)
    task = await _open_task(db, actor, task_id, TaskKind.MAIL_FAILED)
    message = await db.get(Message, task.subject_id) if task.subject_id else None
    if message is None or task.person is None or task.person_id is None:
        raise NotFound
    if email != task.person.email:
        details = replace(details_of(task.person), email=email)
        await change_person(db, actor, task.person_id, details, now=now)
    await _close(db, actor, task, Outcome.SENT_AGAIN, now=now)
    requeued = (
        update(Message)
        .where(Message.id == message.id, Message.state == MessageState.FAILED)
        .values(state=MessageState.WAITING, tries=0, due_at=now, trouble="")
    )
    if await changed_rows(db, requeued) != 1:
        raise Refused("not-failed")
    record(db, actor, "message.requeued", message, now=now, person_id=task.person_id)
    return message


async def answer_offer(
    db: Db, actor: Actor, task_id: UUID, choice: Choice, *, now: datetime
) -> Answer:
    """Write down what somebody said to a place that is kept for them, and finish the task of telling them."""
    require(actor, Permission.ANSWER_FOR)
    task = await _open_task(db, actor, task_id)
    invitation = await invitation_of_task(db, actor, task)
    if invitation is None or task.about != MessageKind.PLACE_OFFERED:
        raise NotFound
    await _close(db, actor, task, OUTCOMES[choice], now=now)
    if choice is Choice.STAYS:
        await let_pass(db, actor, invitation, now=now)
        return Answer.WAITING
    takes_it = choice is Choice.TAKES_IT
    reply = Reply(Answer.YES, invitation.way) if takes_it else Reply(Answer.NO)
    return await enter_answer(db, actor, invitation.id, reply, How.PHONE, now=now)


async def spoken_links(
    db: Db, actor: Actor, keys: Keys, task_id: UUID, *, now: datetime
) -> Sequence[SpokenLink]:
    """Give the links to all that a person is invited to, to be read out; each look is written down."""
    require(actor, Permission.ANSWER_FOR)
    task = await _open_task(db, actor, task_id, TaskKind.LINK_AGAIN)
    if task.person_id is None:
        raise NotFound
    coming = await coming_of(db, actor, [task.person_id], now)
    for invitation in coming:
        record(db, actor, "link.shown-to-staff", invitation, now=now)
    return [SpokenLink(each, _groups(keys, each)) for each in coming]


def _next_try(task: Task, now: datetime) -> datetime:
    """Give tomorrow at this time, or the start of the meeting if that is still to come and sooner."""
    starts_at = task.meeting.starts_at if task.meeting else None
    tomorrow = now + AFTER_NO_REPLY
    if starts_at is None or task.kind is TaskKind.AFTER_SESSION:
        return tomorrow
    return max(now, min(tomorrow, starts_at))


async def _open_task(db: Db, actor: Actor, task_id: UUID, kind: TaskKind | None = None) -> Task:
    task = await task_by_id(db, actor, task_id)
    if kind is not None and task.kind is not kind:
        raise NotFound
    if task.state is not TaskState.OPEN:
        raise Refused("task-not-open")
    return task


async def _close(
    db: Db,
    actor: Actor,
    task: Task,
    outcome: Outcome,
    *,
    now: datetime,
    state: TaskState = TaskState.DONE,
    **facts: object,
) -> None:
    """Close an open task, once: whoever comes second is refused."""
    close = (
        update(Task)
        .where(Task.id == task.id, Task.state == TaskState.OPEN)
        .values(state=state, done_at=now, done_by=actor.person_id, outcome=outcome.value)
    )
    if await changed_rows(db, close) != 1:
        raise Refused("task-not-open")
    record(db, actor, "task.done", task, now=now, kind=task.kind, outcome=outcome, **facts)


def _groups(keys: Keys, invitation: Invitation) -> tuple[str, ...]:
    link = keys.link_for("invitation", invitation.id, invitation.link_generation)
    return tuple(link[at : at + LINK_GROUP] for at in range(0, len(link), LINK_GROUP))
