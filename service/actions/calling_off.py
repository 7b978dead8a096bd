"""What becomes of a booking: called off, kept when its meeting moved, done, and what it cost."""

from datetime import datetime
from typing import Final
from uuid import UUID

from accessibility.bookings import STANDING, ArrangementState
from accessibility.requests import RequestState
from service.actions.arranging import begin_again
from service.actions.booking import free_kit, set_fees, step_booking
from service.actions.dating import day_at
from service.actions.loose_ends import fee_on
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, Refused
from service.storage.arrangements import Arrangement, arrangement_by_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.requests import request_to_change, requests_served_by
from service.storage.tasks import Task, overtake_tasks

#: States in which a request can be taken off a booking without telling anybody.
UNTOLD: Final = frozenset(
    {RequestState.ACKNOWLEDGED, RequestState.ARRANGING, RequestState.ALTERNATIVE_OFFERED}
)


async def call_off(
    db: Db, actor: Actor, arrangement_id: UUID, words: str, *, now: datetime
) -> Arrangement:
    """Call something off, with the fee of the day as what it cost; all it served are arranged anew, and told.

    Raises Refused once the meeting has begun, and Invalid without words for people who count on it.
    """
    require(actor, Permission.ARRANGE)
    arrangement = await arrangement_by_id(db, actor, arrangement_id, lock=True)
    if _has_begun(arrangement.meeting, now):
        raise Refused("has-begun")
    was_booked = arrangement.state is ArrangementState.BOOKED
    step_booking(arrangement, ArrangementState.CALLED_OFF)
    served = await requests_served_by(db, actor, [arrangement.id], lock=True)
    if was_booked and served and not words:
        raise Invalid({"words": "needed"})
    today = (await day_at(db, actor.organisation_id, now)).today
    cost = fee_on(arrangement, today) if was_booked else 0
    arrangement.actual_pence = cost
    await overtake_tasks(db, Task.subject_id == arrangement.id)
    record(db, actor, "arrangement.called_off", arrangement, now=now, pence=cost)
    for request in served:
        await begin_again(db, actor, request, words, now=now)
    return arrangement


async def leave(db: Db, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """Take a request that is not arranged off its booking; the booking stays as it is."""
    require(actor, Permission.ARRANGE)
    request = await request_to_change(db, actor, request_id)
    if request.arrangement_id is None or request.state not in UNTOLD:
        raise Refused("request-moved-on")
    record(db, actor, "arrangement.left", request, now=now, arrangement=request.arrangement_id)
    request.arrangement_id = None


async def keep_after_move(
    db: Db, actor: Actor, arrangement_id: UUID, *, now: datetime
) -> Arrangement:
    """Write down that who is booked comes at the new time; fees are counted from the new day."""
    require(actor, Permission.ARRANGE)
    arrangement = await arrangement_by_id(db, actor, arrangement_id, lock=True)
    if arrangement.state not in STANDING:
        raise Refused("booking-moved-on")
    if arrangement.supplier is not None:
        set_fees(arrangement, arrangement.supplier)
    if arrangement.kit_id is not None:
        await free_kit(db, actor, arrangement.kit_id, arrangement.meeting, but=arrangement.id)
    await overtake_tasks(db, Task.subject_id == arrangement.id)
    record(db, actor, "arrangement.kept", arrangement, now=now)
    return arrangement


async def finish(db: Db, actor: Actor, arrangement_id: UUID, *, now: datetime) -> Arrangement:
    """Write down that it was done; raises Refused before the meeting has begun."""
    require(actor, Permission.ARRANGE)
    arrangement = await arrangement_by_id(db, actor, arrangement_id, lock=True)
    if not _has_begun(arrangement.meeting, now):
        raise Refused("not-begun")
    step_booking(arrangement, ArrangementState.DONE)
    record(db, actor, "arrangement.done", arrangement, now=now)
    return arrangement


async def note_cost(
    db: Db,
    actor: Actor,
    arrangement_id: UUID,
    estimate: int | None,
    actual: int | None,
    *,
    now: datetime,
) -> Arrangement:
    """Write down what something is thought to cost, and what it did."""
    require(actor, Permission.ARRANGE)
    arrangement = await arrangement_by_id(db, actor, arrangement_id, lock=True)
    arrangement.estimate_pence, arrangement.actual_pence = estimate, actual
    record(db, actor, "arrangement.cost", arrangement, now=now)
    return arrangement


def _has_begun(meeting: Meeting, now: datetime) -> bool:
    return meeting.starts_at is not None and meeting.starts_at <= now
