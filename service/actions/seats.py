"""Seats by a way: taken, given back and changed in one step, and the people who wait for them.

A place is never given twice: taking is one conditional UPDATE that counts the rows it changed
(`claim_seats`), with a CHECK behind it. Moving people up the waiting list is a human's decision here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from scheduling.ways import Way
from service.actions.raising import about_meeting
from service.storage.base import Db
from service.storage.guests import first_waiting, has_free_place
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, claim_seats, release_seats
from service.storage.tasks import Task, TaskKind, TaskState


@dataclass(frozen=True, slots=True)
class Seats:
    """So many seats by one way."""

    way: Way
    count: int


def seats_held(invitation: Invitation) -> Seats | None:
    """Give the seats an invitation holds now; None if it holds none."""
    if not invitation.answer.holds_place or invitation.way is None:
        return None
    return Seats(invitation.way, invitation.seats)


async def change_seats(
    db: Db, meeting_id: UUID, *, held: Seats | None, wanted: Seats | None
) -> bool:
    """Hold what is wanted instead of what is held, or tell that it is full and leave all as it was.

    The caller has locked the meeting's ways (`lock_offers`), so that two people who change places
    never wait for each other.
    """
    if held == wanted:
        return True
    if held is None or wanted is None or held.way is wanted.way:
        return await _change_one_way(db, meeting_id, held, wanted)
    if not await claim_seats(db, meeting_id, wanted.way, wanted.count):
        return False
    await release_seats(db, meeting_id, held.way, held.count)
    return True


async def tell_of_free_places(
    db: Db, meeting: Meeting, ways: Iterable[Way], *, now: datetime
) -> None:
    """See that a coordinator has one open task for each way that has both a free place and a wait.

    Called after anything that frees a place, takes one or moves the list. The task names the one
    who has waited longest; it is overtaken when that is no longer so.
    """
    for way in sorted(set(ways)):
        waiting = await first_waiting(db, meeting.id, way)
        if waiting is not None and not await has_free_place(db, meeting.id, way):
            waiting = None
        task = await _open_task(db, meeting, way)
        if task is not None and (waiting is None or task.subject_id != waiting.id):
            task.state, task = TaskState.OVERTAKEN, None
        if task is None and waiting is not None:
            db.add(await _task(db, meeting, way, waiting, now))
            await db.flush()


async def _change_one_way(
    db: Db, meeting_id: UUID, held: Seats | None, wanted: Seats | None
) -> bool:
    more = (wanted.count if wanted else 0) - (held.count if held else 0)
    either = wanted or held
    if either is None or more == 0:
        return True
    if more > 0:
        return await claim_seats(db, meeting_id, either.way, more)
    await release_seats(db, meeting_id, either.way, -more)
    return True


async def _open_task(db: Db, meeting: Meeting, way: Way) -> Task | None:
    query = select(Task).where(
        Task.meeting_id == meeting.id,
        Task.kind == TaskKind.PLACE_FREE,
        Task.about == way.value,
        Task.state == TaskState.OPEN,
    )
    return await db.scalar(query)


async def _task(db: Db, meeting: Meeting, way: Way, waiting: Invitation, now: datetime) -> Task:
    """Make the task; the caller has locked the ways, so nobody counts at the same time."""
    earlier = select(func.count()).where(
        Task.meeting_id == meeting.id, Task.kind == TaskKind.PLACE_FREE, Task.about == way.value
    )
    number = await db.scalar(earlier) or 0
    return about_meeting(
        Task(
            kind=TaskKind.PLACE_FREE,
            about=way.value,
            once=f"{TaskKind.PLACE_FREE}|{meeting.id}|{way}|{number}",
            person_id=waiting.person_id,
            subject_id=waiting.id,
        ),
        meeting,
        now=now,
    )
