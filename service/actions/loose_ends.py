"""What is left to do about things booked when their session moves, is off, or nobody needs them any more.

A coordinator is asked, with what calling off costs and until when it is free. Our own kit needs nobody to
be rung: it is free again at once.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from accessibility.bookings import ArrangementState, Fees, take_step
from accessibility.money import pounds
from scheduling.recurrence import instant_of
from scheduling.time import WallTime, date_words
from service.actions.dating import date_requests_of, day_at
from service.actions.raising import about_meeting
from service.actor import Actor
from service.identifiers import new_id
from service.storage.arrangements import Arrangement, standing_arrangements, where_kit_is
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.requests import idle_arrangements
from service.storage.tasks import Task, TaskKind, overtake_tasks

MOVED: Final = "arrangement_moved"
CANCELLED: Final = "arrangement_cancelled"
IDLE: Final = "arrangement_idle"
#: By when on a last free day somebody has to be rung.
BY_NOON: Final = time(12)


async def follow_moves(db: Db, actor: Actor, moved: Sequence[Meeting], *, now: datetime) -> None:
    """Date the requests of meetings that have moved anew, and ask about all that was booked for them.

    Kit is asked about only where another session has it at the new time.
    """
    await date_requests_of(db, actor, moved, now=now)
    today = (await day_at(db, actor.organisation_id, now)).today if moved else None
    for each in await standing_arrangements(db, actor, [meeting.id for meeting in moved]):
        if each.kit_id is None and today is not None:
            await _ask(db, each, MOVED, fee_words(each, today), now=now)
        elif each.kit_id is not None:
            other = await where_kit_is(db, actor, each.kit_id, each.meeting)
            if other is not None:
                await _ask(db, each, MOVED, f"{place_of(other)} has it then.", now=now)


async def follow_cancelling(db: Db, actor: Actor, meeting: Meeting, *, now: datetime) -> None:
    """Ask for all that was booked for a meeting to be called off; our own kit is free again."""
    for each in await standing_arrangements(db, actor, [meeting.id]):
        await _let_go(db, actor, each, CANCELLED, now=now)


async def notice_idle(db: Db, actor: Actor, *, now: datetime) -> int:
    """Do the same for what nobody needs any more; counts it."""
    found = await idle_arrangements(db, actor, now, about=IDLE)
    for each in found:
        await _let_go(db, actor, each, IDLE, now=now)
    return len(found)


def fee_words(arrangement: Arrangement, today: date) -> str:
    """Say what calling something off costs on a day, and until when it is free."""
    fees = Fees(arrangement.half_fee_from, arrangement.full_fee_from)
    last = fees.last_free_day
    if last is None:
        return "Calling it off costs nothing."
    if today <= last:
        return f"Calling it off is free until {date_words(last)}."
    cost = fee_on(arrangement, today)
    what = pounds(cost) if cost is not None else "a fee"
    return f"Calling it off costs {what} today. It was free until {date_words(last)}."


def fee_on(arrangement: Arrangement, today: date) -> int | None:
    """Give what calling something off costs on a day; None if nobody knows its price."""
    fees = Fees(arrangement.half_fee_from, arrangement.full_fee_from)
    price = arrangement.estimate_pence
    if price is None and arrangement.supplier is not None:
        price = arrangement.supplier.price_pence
    if price is None:
        return 0 if fees.of(2, today) == 0 else None
    return fees.of(price, today)


def place_of(meeting: Meeting) -> str:
    """Name where a meeting takes place, or else the meeting."""
    place = meeting.place or meeting.outdoor_place
    return place.name if place is not None else meeting.neutral_title


async def _let_go(
    db: Db, actor: Actor, arrangement: Arrangement, about: str, *, now: datetime
) -> None:
    if arrangement.supplier_id is None:
        arrangement.state = take_step(
            arrangement.state, ArrangementState.CALLED_OFF, reference=arrangement.reference
        )
        record(db, actor, "arrangement.called_off", arrangement, now=now, why=about)
        return
    here = await day_at(db, arrangement.organisation_id, now)
    await _ask(db, arrangement, about, fee_words(arrangement, here.today), now=now)


async def _ask(db: Db, arrangement: Arrangement, about: str, words: str, *, now: datetime) -> None:
    """Ask a coordinator to see to something booked, while calling it off is free if it still is."""
    await overtake_tasks(db, Task.subject_id == arrangement.id)
    task = about_meeting(
        Task(
            kind=TaskKind.ACCESS,
            about=about,
            once=f"{about}|{arrangement.id}|{new_id()}",
            subject_id=arrangement.id,
            words=words,
        ),
        arrangement.meeting,
        now=now,
    )
    last = Fees(arrangement.half_fee_from, arrangement.full_fee_from).last_free_day
    if last is not None:
        noon = instant_of(WallTime(datetime.combine(last, BY_NOON), arrangement.meeting.zone))
        task.due_at = max(now, min(task.due_at, noon))
    db.add(task)
