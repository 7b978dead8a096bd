"""What an erasure leaves for the safeguarding lead: who must not meet whom, and whether notes name the person.

The name is sealed with a key of the task itself, which is destroyed when the lead has looked.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from service.actions.erasing import WHO
from service.actions.needs import Sealer
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.storage.apart import people_apart_from
from service.storage.audit import record
from service.storage.base import Db
from service.storage.erasing import drop_pairs, held_task, held_tasks
from service.storage.people import Person
from service.storage.tasks import Task, TaskState


async def waiting_for_lead(db: Db, actor: Actor) -> Sequence[Task]:
    """Give what waits for the lead after erasures, without a name."""
    require(actor, Permission.READ_SAFEGUARDING)
    return await held_tasks(db, actor)


async def one_held(db: Db, actor: Actor, task_id: UUID) -> Task:
    """Give one of these without a name; raises NotFound."""
    require(actor, Permission.READ_SAFEGUARDING)
    return await held_task(db, actor, task_id)


async def read_held(
    db: Db, actor: Actor, sealer: Sealer, task_id: UUID, *, now: datetime
) -> tuple[Task, str, Sequence[Person]]:
    """Open who was erased, with the people they must not meet. Raises NotFound or CannotOpen."""
    task = await one_held(db, actor, task_id)
    name = await sealer.open(db, task, WHO)
    others = await people_apart_from(db, actor, task.subject_id) if task.subject_id else ()
    record(db, actor, "erasure.looked-at", task, now=now)
    return task, name, others


async def settle_held(
    db: Db, actor: Actor, sealer: Sealer, task_id: UUID, *, ends_pairs: bool, now: datetime
) -> None:
    """Say that the lead has looked: the name goes for good, and the pairs too if nobody needs them."""
    task = await one_held(db, actor, task_id)
    if ends_pairs and task.subject_id is not None:
        await drop_pairs(db, task.subject_id)
    task.state, task.done_at, task.done_by = TaskState.DONE, now, actor.person_id
    record(db, actor, "erasure.settled", task, now=now, ends_pairs=ends_pairs)
    await sealer.forget(db, task, WHO)
    await db.flush()
    await sealer.destroy(task.id, task.organisation_id, now=now)
