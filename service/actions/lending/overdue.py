"""What is late: a gentle mail to who has it, where mail reaches them, and a task for a human."""

from datetime import datetime
from typing import Any

from service.actions.lending.tasks import LATE, WITHIN
from service.actions.telling import reach_at, told_and_safe
from service.actor import Actor
from service.storage.adding import add_unless_there
from service.storage.audit import record
from service.storage.base import Db
from service.storage.kit import Loan
from service.storage.lending import late_loans, today_here
from service.storage.messages import Message, MessageKind
from service.storage.people import Channel
from service.storage.tasks import Task, TaskKind


async def notice_late_kit(db: Db, actor: Actor, *, now: datetime) -> int:
    """Ask for what was due back yesterday or before, once for each day it was lent until; counts tasks.

    For the worker, with the system as the actor.
    """
    loans = await late_loans(db, actor, await today_here(db, actor, now))
    people = [loan.person_id for loan in loans]
    _, safe = await told_and_safe(db, actor.organisation_id, [], people)
    added = await add_unless_there(db, Task, [_task(loan, now) for loan in loans])
    mailed = [loan for loan in loans if _is_mailed(loan, now, is_safe=loan.person_id in safe)]
    await add_unless_there(db, Message, [_message(loan, now) for loan in mailed])
    if added:
        record(db, actor, "kit.late", None, now=now, things=added)
    return added


def _is_mailed(loan: Loan, now: datetime, *, is_safe: bool) -> bool:
    if loan.person.left_at is not None:
        return False
    return reach_at(loan.person, None, now, is_safe=is_safe).channel is Channel.EMAIL


def _task(loan: Loan, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": loan.organisation_id,
        "kind": TaskKind.KIT,
        "about": LATE,
        "once": f"{LATE}|{loan.id}|{loan.due_on}",
        "person_id": loan.person_id,
        "subject_id": loan.kit_id,
        "due_at": now + WITHIN,
        "created_at": now,
    }


def _message(loan: Loan, now: datetime) -> dict[str, Any]:
    """Make the row of a mail; the day it was lent until tells it from an earlier one."""
    return {
        "organisation_id": loan.organisation_id,
        "kind": MessageKind.KIT_DUE,
        "person_id": loan.person_id,
        "subject_id": loan.id,
        "occurrence": loan.due_on.toordinal(),
        "channel": Channel.EMAIL,
        "due_at": now,
        "created_at": now,
    }
