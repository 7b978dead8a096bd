"""What humans must do about money: decide, get cash ready, pay. Each is a task with a day."""

from datetime import date, datetime, time
from typing import Final

from sqlalchemy import select

from accessibility.claims import PayBy, due
from scheduling.time import WallTime, resolve
from service.actions.raising import about_meeting
from service.actions.requests import day_of
from service.identifiers import new_id
from service.storage.base import Db
from service.storage.claims import Claim
from service.storage.meetings import Meeting
from service.storage.organisations import organisation_by_id
from service.storage.tasks import Task, TaskKind, TaskState
from service.working_days import house_day

#: What a task to pay is about.
DECIDE: Final = "claim_asked"
PAY: Final = "claim_pay"
CASH: Final = "claim_cash"
NOT_HANDED_OUT: Final = "claim_left"
#: Money leaves the house by noon.
BY_NOON: Final = time(12)


def raise_decide(db: Db, claim: Claim, meeting: Meeting, *, now: datetime) -> None:
    """Ask a coordinator to decide about a claim."""
    task = Task(
        kind=TaskKind.PAY,
        about=DECIDE,
        once=f"{DECIDE}|{claim.id}",
        person_id=claim.person_id,
        subject_id=claim.id,
    )
    db.add(about_meeting(task, meeting, now=now))


async def raise_pay(db: Db, claim: Claim, meeting: Meeting, *, now: datetime) -> None:
    """Ask for the money to be paid in time; cash for a door is got ready once for all who are given it."""
    organisation = await organisation_by_id(db, claim.organisation_id)
    day, here = day_of(meeting).date(), house_day(organisation.zone, organisation.region, now)
    if claim.pay_by is PayBy.CASH_AT_THE_DOOR:
        if await _is_cash_ready_task_open(db, meeting):
            return
        ready_on = due(PayBy.BEFORE, day, here.holidays).on
        task = Task(kind=TaskKind.PAY, about=CASH, once=f"{CASH}|{new_id()}", subject_id=meeting.id)
    else:
        ready_on = due(claim.pay_by, day, here.holidays).on
        task = Task(
            kind=TaskKind.PAY,
            about=PAY,
            once=f"{PAY}|{new_id()}",
            person_id=claim.person_id,
            subject_id=claim.id,
        )
    about_meeting(task, meeting, now=now)
    task.due_at = max(now, _noon(ready_on, organisation.zone))
    db.add(task)
    await db.flush()


async def _is_cash_ready_task_open(db: Db, meeting: Meeting) -> bool:
    query = select(Task.id).where(
        Task.subject_id == meeting.id,
        Task.kind == TaskKind.PAY,
        Task.about == CASH,
        Task.state == TaskState.OPEN,
    )
    return await db.scalar(query.limit(1)) is not None


def _noon(day: date, zone: str) -> datetime:
    return resolve(WallTime(datetime.combine(day, BY_NOON), zone))
