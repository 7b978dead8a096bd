"""What humans must do about kit: wipe what came back, ask for what is late."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.identifiers import new_id
from service.storage.base import Db
from service.storage.kit import Loan
from service.storage.tasks import Task, TaskKind, overtake_tasks

#: What a task about a thing is about; its subject is the thing.
LATE: Final = "kit_late"
WIPE: Final = "kit_wipe"
WITHIN: Final = timedelta(days=1)


async def raise_kit(db: Db, loan: Loan, about: str, *, now: datetime) -> None:
    """Ask somebody to do something about a thing by tomorrow."""
    db.add(
        Task(
            organisation_id=loan.organisation_id,
            kind=TaskKind.KIT,
            about=about,
            once=f"{about}|{loan.id}|{new_id()}",
            person_id=loan.person_id,
            subject_id=loan.kit_id,
            due_at=now + WITHIN,
            created_at=now,
        )
    )
    await db.flush()


async def settle_kit_tasks(db: Db, kit_id: UUID, about: str) -> None:
    """Take the open tasks about a thing off the lists: it is done."""
    await overtake_tasks(db, Task.subject_id == kit_id, Task.about == about)
