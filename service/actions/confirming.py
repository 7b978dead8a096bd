"""Using again what somebody told us before: carried over, asked about once, and good for another while."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accessibility.dues import DueKind
from service.actions.consenting import kept_until
from service.actions.permissions import require_for
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.needs import Need, consents_of, needs_of
from service.storage.service_times import times_here
from service.storage.tasks import Task, overtake_tasks


async def kept_needs(db: Db, actor: Actor, person_id: UUID, now: datetime) -> Sequence[Need]:
    """Give what a person lets us keep and is carried over; nothing without their leave."""
    require_for(actor, person_id)
    needs = await needs_of(db, actor, person_id)
    if not needs:
        return []
    leave_until = kept_until(await consents_of(db, actor, person_id), now)
    return needs if leave_until is not None else []


async def confirm_needs(db: Db, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Write down that nothing is different: what is kept holds again for as long as what is told anew.

    No longer than their leave to keep it. By themselves, or as they said to who may answer for them.
    """
    needs = await kept_needs(db, actor, person_id, now)
    leave_until = kept_until(await consents_of(db, actor, person_id), now)
    if not needs or leave_until is None:
        return
    again = (await times_here(db, actor)).kept_until(now)
    until = min(again, leave_until).date()
    await overtake_tasks(db, Task.subject_id == person_id, Task.about == DueKind.REVIEW.value)
    for need in needs:
        need.review_on = max(need.review_on, until)
    record(db, actor, "needs.confirmed", None, now=now, person_id=person_id, until=until)
