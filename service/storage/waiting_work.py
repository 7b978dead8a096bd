"""How much work waits: what the links at the top of every staff page count, in one query."""

from collections.abc import Mapping

from sqlalchemy import String, cast, func, literal, select, union_all

from service.actor import Actor
from service.storage.base import Db
from service.storage.needs import waiting_requests
from service.storage.tasks import Task, TaskKind, TaskState, visible_tasks

REQUESTS = "requests"


async def waiting_work(
    db: Db, actor: Actor, *, with_requests: bool
) -> tuple[Mapping[TaskKind, int], int]:
    """Count open tasks by kind and, if asked for, the requests that wait for somebody here."""
    tasks = visible_tasks(actor).where(Task.state == TaskState.OPEN)
    query = tasks.with_only_columns(cast(Task.kind, String), func.count()).group_by(Task.kind)
    if not with_requests:
        return {TaskKind(name): count for name, count in await db.execute(query)}, 0
    counted = waiting_requests(actor).with_only_columns(func.count()).scalar_subquery()
    rows = await db.execute(union_all(query, select(literal(REQUESTS), counted)))
    counts = {str(name): int(count) for name, count in rows}
    requests = counts.pop(REQUESTS)
    return {TaskKind(name): count for name, count in counts.items()}, requests
