"""Counts about one meeting for its page, in one query: answers, messages and open tasks."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from scheduling.answers import Answer
from scheduling.ways import Way
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.tasks import Task, TaskKind, TaskState


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people answered what by which way, messages by kind and state, open tasks by kind."""

    answers: Counter[tuple[Answer, Way | None]] = field(default_factory=Counter)
    messages: Counter[tuple[MessageKind, MessageState]] = field(default_factory=Counter)
    tasks: Counter[TaskKind] = field(default_factory=Counter)

    def answered(self, answer: Answer) -> int:
        """Count the people who gave this answer, by whatever way."""
        return sum(count for (given, _), count in self.answers.items() if given is answer)


async def tally_of(db: Db, meeting_id: UUID) -> Tally:
    """Count answers (with who comes along), messages and open tasks of a meeting the actor may see."""
    rows = await db.execute(
        union_all(_answers(meeting_id), _messages(meeting_id), _tasks(meeting_id))
    )
    tally = Tally()
    for what, first, second, count in rows:
        match what:
            case "answer":
                tally.answers[Answer(first), Way(second) if second else None] = int(count)
            case "message":
                tally.messages[MessageKind(first), MessageState(str(second))] = int(count)
            case _:
                tally.tasks[TaskKind(first)] = int(count)
    return tally


def _answers(meeting_id: UUID) -> Select[str, str, str | None, int]:
    people = cast(func.count() + func.sum(Invitation.supporters), Integer)
    return (
        select(literal("answer"), _word(Invitation.answer), _word(Invitation.way), people)
        .where(Invitation.meeting_id == meeting_id, Invitation.removed_at.is_(None))
        .group_by(Invitation.answer, Invitation.way)
    )


def _messages(meeting_id: UUID) -> Select[str, str, str | None, int]:
    return (
        select(literal("message"), _word(Message.kind), _word(Message.state), func.count())
        .where(Message.meeting_id == meeting_id)
        .group_by(Message.kind, Message.state)
    )


def _tasks(meeting_id: UUID) -> Select[str, str, str | None, int]:
    return (
        select(literal("task"), _word(Task.kind), cast(null(), String), func.count())
        .where(Task.meeting_id == meeting_id, Task.state == TaskState.OPEN)
        .group_by(Task.kind)
    )


def _word(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Give an enumeration as the text it is kept as, so that the parts of the union agree."""
    return cast(column, String)
