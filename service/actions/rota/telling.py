"""Telling colleagues about the rota: by mail if they have one, otherwise by a task for whoever does that."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from service.actions.foreseeing import reaches_of
from service.actions.raising import about_meeting
from service.actions.telling import Reach
from service.actor import Actor, Role
from service.identifiers import new_id
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.people import Person
from service.storage.staff import staff_with_role
from service.storage.step_ins import StepInAsked
from service.storage.tasks import Task, TaskKind, overtake_tasks


async def ask(db: Db, meeting: Meeting, asked: Sequence[StepInAsked], *, now: datetime) -> None:
    """Ask each of them whether they can take a part."""
    reach = await reaches_of(db, meeting, [each.person for each in asked], now=now)
    for each in asked:
        _queue(db, meeting, each, reach[each.person_id], now=now)


async def tell_news(db: Db, meeting: Meeting, people: Sequence[Person], *, now: datetime) -> None:
    """Tell each of them who does what at a meeting now. The letter is made of the facts as they then are."""
    told = {person.id: person for person in people}
    await _overtake_news(db, meeting.id, list(told))
    count = await _news_so_far(db, meeting.id)
    reach = await reaches_of(db, meeting, list(told.values()), now=now)
    for person in told.values():
        if (channel := reach[person.id].channel) is not None:
            db.add(
                Message(
                    organisation_id=meeting.organisation_id,
                    kind=MessageKind.ROTA_NEWS,
                    person_id=person.id,
                    subject_id=meeting.id,
                    meeting_id=meeting.id,
                    occurrence=count,
                    channel=channel,
                    due_at=now,
                    created_at=now,
                )
            )
        else:
            kind, once = reach[person.id].task, f"{MessageKind.ROTA_NEWS}|{new_id()}"
            db.add(_by_hand(meeting, person.id, kind, MessageKind.ROTA_NEWS, once, now=now))


async def coordinators_of(db: Db, actor: Actor) -> Sequence[Person]:
    """Give the coordinators, who hear of what others arrange among themselves."""
    return await staff_with_role(db, actor.organisation_id, Role.COORDINATOR)


def _queue(db: Db, meeting: Meeting, asked: StepInAsked, reach: Reach, *, now: datetime) -> None:
    if reach.channel is None:
        once = f"{MessageKind.ROTA_ASK}|{asked.id}"
        task = _by_hand(meeting, asked.person_id, reach.task, MessageKind.ROTA_ASK, once, now=now)
        task.subject_id = asked.id
        db.add(task)
        return
    db.add(
        Message(
            organisation_id=meeting.organisation_id,
            kind=MessageKind.ROTA_ASK,
            person_id=asked.person_id,
            subject_id=asked.id,
            meeting_id=meeting.id,
            channel=reach.channel,
            due_at=now,
            created_at=now,
        )
    )


def _by_hand(
    meeting: Meeting,
    person_id: UUID,
    kind: TaskKind | None,
    about: MessageKind,
    once: str,
    *,
    now: datetime,
) -> Task:
    task = Task(
        kind=kind or TaskKind.DECIDE,
        about=about.value,
        once=once,
        person_id=person_id,
        subject_id=meeting.id,
    )
    return about_meeting(task, meeting, now=now)


async def _overtake_news(db: Db, meeting_id: UUID, people: Sequence[UUID]) -> None:
    """Leave out what was not yet told: what is told now says it all."""
    waiting = update(Message).where(
        Message.kind == MessageKind.ROTA_NEWS,
        Message.subject_id == meeting_id,
        Message.person_id.in_(people),
        Message.state == MessageState.WAITING,
    )
    await db.execute(waiting.values(state=MessageState.OVERTAKEN))
    by_hand = Task.meeting_id == meeting_id, Task.about == MessageKind.ROTA_NEWS.value
    await overtake_tasks(db, *by_hand, Task.person_id.in_(people))


async def _news_so_far(db: Db, meeting_id: UUID) -> int:
    newest = select(func.max(Message.occurrence)).where(
        Message.kind == MessageKind.ROTA_NEWS, Message.subject_id == meeting_id
    )
    found = await db.scalar(newest)
    return 0 if found is None else found + 1
