"""What time does to access requests: receipts, tasks when a day has passed, the question afterwards.

What is due is decided in `accessibility.service_times`. Here it becomes a mail or a task, each once,
however many processes look at the same moment. No request is moved by any of it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from accessibility.dues import (
    REVIEW_AHEAD,
    DueKind,
    KeptFacts,
    RequestFacts,
    VisitFacts,
    due,
    due_after,
    due_review,
)
from accessibility.service_times import read_times
from accessibility.slack import working_days_between
from service.actions.dues import GRAVER, TOLD, Clock, Wanted, gravest_of, rows_for
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.storage.adding import add_unless_there
from service.storage.audit import record
from service.storage.base import Db
from service.storage.messages import Message
from service.storage.organisations import organisation_by_id
from service.storage.tasks import Task, overtake_tasks
from service.storage.watching_requests import (
    KeptNeeds,
    Visit,
    Watched,
    batches,
    let_go_of_late_dues,
    mark_escalated,
    messages_there,
    needs_to_review,
    people_named,
    requests_to_watch,
    safe_people,
    tasks_there,
    visits_to_watch,
)
from service.vocabulary import vocabulary
from service.working_days import house_day

#: So long after a session something may still fall due because of it.
LOOKS_BACK: Final = timedelta(days=45)
#: A receipt that did not go out by then would only puzzle its reader.
RECEIPT_WITHIN: Final = timedelta(days=2)
#: What nobody can do any more once the session has begun.
BEFOREHAND: Final = tuple(kind.value for kind in (*GRAVER, DueKind.RING, DueKind.RECEIPT))
#: So many requests are looked at before anything else has its turn.
AT_A_TIME: Final = 250
_MINUTE: Final = 60


async def watch_requests(db: Db, actor: Actor, *, now: datetime) -> int:
    """Write down all that fell due by now, for one organisation; gives how much was added.

    For the worker, with the system as the actor. Asks the same few questions of the database however
    many requests there are.
    """
    require(actor, Permission.ARRANGE)
    await let_go_of_late_dues(db, actor, BEFOREHAND, now)
    clock = await clock_of(db, actor, now)
    wanted = await _new_ones(db, await _all_wanted(db, actor, clock))
    if not wanted:
        return 0
    people = await people_named(db, actor, {each.person_id for each in wanted})
    rows = rows_for(wanted, clock, people, await safe_people(db, actor))
    added = await add_unless_there(db, Message, rows.messages)
    added += await add_unless_there(db, Task, rows.tasks)
    await _overtake(db, wanted)
    await mark_escalated(
        db, {each.subject_id for each in wanted if each.due.kind is DueKind.ESCALATE}, now
    )
    if added:
        record(db, actor, "requests.watched", None, now=now, raised=added)
    return added


async def clock_of(db: Db, actor: Actor, now: datetime) -> Clock:
    """Give the organisation's time."""
    house = await organisation_by_id(db, actor.organisation_id)
    day = house_day(house.zone, house.region, now)
    return Clock(now, house, day, read_times(house.access_settings))


async def _all_wanted(db: Db, actor: Actor, clock: Clock) -> Sequence[Wanted]:
    """Find everything that is due by now, done or not."""
    now, since = clock.now, clock.now - LOOKS_BACK
    requests = await requests_to_watch(db, actor, now, since)
    visits = await visits_to_watch(db, actor, ended=now, since=since)
    # Twice as many days, as one week in two may be holidays.
    until = clock.day.today + timedelta(days=2 * REVIEW_AHEAD)
    kept = await needs_to_review(db, actor, until, now)
    found: list[Wanted] = []
    for at in range(0, len(requests), AT_A_TIME):
        some = requests[at : at + AT_A_TIME]
        found += [each for request in some for each in _of_request(request, clock)]
        # Others have their turn, however many requests there are.
        await asyncio.sleep(0)
    return (
        *found,
        *(each for visit in visits for each in _of_visit(visit, clock)),
        *(each for needs in kept for each in _of_needs(needs, clock)),
    )


def _of_request(request: Watched, clock: Clock) -> Iterator[Wanted]:
    minute = int(request.created_at.timestamp()) // _MINUTE
    facts = RequestFacts(
        id=str(request.id),
        invitation=str(request.invitation_id),
        state=request.state,
        lead_days=_notice(request, clock),
        asking=str(minute),
        asked_on=clock.day_of(request.created_at),
        since=clock.day_of(request.moved_at),
        steps=request.steps,
        meeting_day=clock.day_of(request.starts_at, request.zone),
        has_escalated=request.has_escalated,
        wants_receipt=request.wants_receipt and clock.now - request.created_at <= RECEIPT_WITHIN,
    )
    for each in due(facts, clock.day.today, clock.times, clock.day.holidays):
        about_all = each.kind in (DueKind.RECEIPT, DueKind.APOLOGY)
        yield Wanted(
            each,
            request.person_id,
            request.invitation_id if about_all else request.id,
            request.invitation_id,
            request.meeting_id,
            request.starts_at,
            minute if each.kind is DueKind.RECEIPT else 0,
        )


def _notice(request: Watched, clock: Clock) -> int:
    """Give how many working days of notice it asks for, as kept with the request."""
    if request.act_by is None:
        return vocabulary().term(request.code).lead_days
    day = clock.day_of(request.starts_at, request.zone)
    return max(0, working_days_between(request.act_by, day, clock.day.holidays))


def _of_visit(visit: Visit, clock: Clock) -> Iterator[Wanted]:
    facts = VisitFacts(
        invitation=str(visit.invitation_id),
        day=clock.day_of(visit.ends_at, visit.zone),
        took_part=visit.took_part,
        asked_for_something=visit.has_asked,
        has_answered=visit.has_answered,
        wants_check_in=visit.wants_check_in,
        unhappy_on=clock.day_of(visit.unhappy_at) if visit.unhappy_at else None,
    )
    for each in due_after(facts, clock.day.today, clock.times, clock.day.holidays):
        if each.kind is DueKind.FEEDBACK and each.by < clock.day.today:
            continue
        invitation_id = visit.invitation_id
        yield Wanted(
            each, visit.person_id, invitation_id, invitation_id, visit.meeting_id, visit.starts_at
        )


def _of_needs(kept: KeptNeeds, clock: Clock) -> Iterator[Wanted]:
    facts = KeptFacts(str(kept.person_id), kept.review_on)
    for each in due_review(facts, clock.day.today, clock.day.holidays):
        yield Wanted(each, kept.person_id, kept.person_id)


async def _new_ones(db: Db, wanted: Sequence[Wanted]) -> Sequence[Wanted]:
    """Leave out what was done before; of what has the same name, one stays."""
    by_name = {each.due.once: each for each in wanted}
    there = await tasks_there(db, by_name)
    left = [each for once, each in by_name.items() if once not in there]
    for kind, message in TOLD.items():
        about = {each.subject_id for each in left if each.due.kind is kind}
        sent = await messages_there(db, message, about) if about else set()
        left = [
            each
            for each in left
            if each.due.kind is not kind or (each.subject_id, each.occurrence) not in sent
        ]
    return left


async def _overtake(db: Db, wanted: Sequence[Wanted]) -> None:
    """Take what is said again, and more gravely, off the lists."""
    gravest = gravest_of(wanted)
    for kind in GRAVER[1:]:
        milder = [each.value for each in GRAVER[: GRAVER.index(kind)]]
        for some in batches([id_ for id_, its in gravest.items() if its is kind]):
            await overtake_tasks(db, Task.subject_id.in_(some), Task.about.in_(milder))
