"""The desk work of the demonstration: what was due is done, but for the last few tasks."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduling.time import on_wall
from service.actions.task_outcomes import Outcome
from service.actions.tasks import finish_task, mark_posted
from service.demonstration.stage import Stage
from service.storage.tasks import Task, TaskKind, TaskState

#: So many tasks are late, as on any honest Tuesday.
LEFT_LATE = 3

#: How each kind of telling ends when all goes well. Decisions are left to whoever looks.
ENDS = {
    TaskKind.RING: Outcome.TOLD,
    TaskKind.TEXT: Outcome.SENT,
    TaskKind.THROUGH: Outcome.TOLD,
    TaskKind.POST: Outcome.POSTED,
}


async def catch_up(stage: Stage) -> None:
    """Let the coordinator ring, text and post what was due before now; the latest few stay late."""
    late = (
        select(Task)
        .where(Task.organisation_id == stage.house.id, Task.state == TaskState.OPEN)
        .where(Task.kind.in_(ENDS), Task.due_at < stage.now)
        .options(joinedload(Task.meeting))
        .order_by(Task.due_at, Task.id)
    )
    for task in (await stage.db.scalars(late)).all()[:-LEFT_LATE]:
        await _finish(stage, task, task.due_at)
    await stage.db.flush()


async def _finish(stage: Stage, task: Task, then: datetime) -> None:
    outcome = ENDS[task.kind]
    if outcome is Outcome.POSTED:
        await mark_posted(stage.db, stage.coordinator, task.id, _day(task, then), now=then)
    else:
        await finish_task(stage.db, stage.coordinator, task.id, outcome, now=then)


def _day(task: Task, then: datetime) -> date:
    zone = task.meeting.zone if task.meeting else "Europe/London"
    return on_wall(then, zone).local.date()
