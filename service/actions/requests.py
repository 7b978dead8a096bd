"""The life of access requests: made when a person says that they come, moved step by step, closed.

Every step is one of `accessibility.requests`; here it is stored, with who took it and what stands behind
it, and given an audit line. What the words mean to a person is elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from accessibility.contact import must_be_kept_apart
from accessibility.evidence import Evidence
from accessibility.requests import (
    OPEN_STATES,
    UNCONFIRMED_AT_START,
    Party,
    RequestState,
    take,
)
from accessibility.slack import time_to_arrange
from accessibility.terms import Fit, Term
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.consenting import SAFETY, keeps_needs
from service.actions.dating import date_request
from service.actions.loose_ends import follow_cancelling
from service.actions.raising import about_meeting
from service.actor import Actor, Door
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.needs import AccessRequest, Need, RequestStep, needs_of
from service.storage.tasks import Task, TaskKind, TaskState, overtake_tasks
from service.vocabulary import vocabulary

#: Answers of people who have to be prepared for.
COMING = frozenset({Answer.YES, Answer.MAYBE, Answer.WAITING})
#: Fits that ask somebody to book, buy or do something, or to find another way.
TO_ARRANGE = frozenset({Fit.ARRANGE, Fit.CANNOT})


@dataclass(frozen=True, slots=True)
class Move:
    """One step to take: where to, as whom, what stands behind it, and codes that go on its record."""

    to: RequestState
    by: Party
    given: Evidence = field(default_factory=Evidence)
    facts: Mapping[str, str] = field(default_factory=dict)


async def requests_for(
    db: Db, actor: Actor, invitation: Invitation, *, now: datetime
) -> Sequence[AccessRequest]:
    """Make the requests that a person's standing needs ask for, once they say that they may come.

    One for each need that somebody must arrange for the way they join by; asking again makes nothing
    twice. A person who must be kept apart from another raises a task as well. For a date that guests
    have not been told of yet, only what takes long is asked for: see `is_time_for`. Gives the new ones.
    """
    meeting = await db.get(Meeting, invitation.meeting_id)
    if meeting is None or meeting.starts_at is None or invitation.answer not in COMING:
        return []
    if meeting.is_held and meeting.starts_at - now > longest_time():
        return []
    needs = await _needs_for(db, actor, invitation.person_id, meeting, now)
    if not meeting.is_held and must_be_kept_apart(need.code for need in needs):
        await raise_keep_apart(db, meeting, invitation.person_id, now=now)
    ways = await _ways_of(db, invitation)
    have = select(AccessRequest.need_id).where(AccessRequest.invitation_id == invitation.id)
    made = set(await db.scalars(have))
    new = [
        _make(db, actor, invitation, need, now=now)
        for need in needs
        if need.id not in made
        and must_be_arranged(term := vocabulary().term(need.code), ways)
        and is_time_for(term, meeting, now)
    ]
    for request in new:
        await date_request(db, request, meeting, now=now)
    return new


def must_be_arranged(term: Term, ways: Sequence[Way]) -> bool:
    """Tell whether somebody has to do something beforehand, for a person who may join in these ways."""
    return any(term.ways[way] in TO_ARRANGE for way in ways)


def is_time_for(term: Term, meeting: Meeting, now: datetime) -> bool:
    """Say whether to ask for something by now: its guests know of the meeting, or it takes that long.

    So an answer for every date of a series does not fill the queue for more than a year, and what takes
    longer than guests know beforehand is still asked for in time.
    """
    if not meeting.is_held or meeting.starts_at is None:
        return True
    return meeting.starts_at - now <= time_to_arrange(term)


@cache
def longest_time() -> timedelta:
    """Give how long before a date that guests do not know of yet something may have to be asked for."""
    return max(time_to_arrange(term) for term in vocabulary().terms)


async def close_requests_of(db: Db, actor: Actor, meeting: Meeting, *, now: datetime) -> None:
    """Close, in the name of the system, the open requests for a meeting that is cancelled.

    What was booked for it is to be called off.
    """
    query = select(AccessRequest).where(
        AccessRequest.meeting_id == meeting.id, AccessRequest.state.in_(OPEN_STATES)
    )
    closing = Move(RequestState.CLOSED, Party.SYSTEM, Evidence(meeting_cancelled=True))
    for request in (await db.scalars(query)).all():
        move(db, actor, request, closing, now=now)
        await settle_tasks(db, request)
    await follow_cancelling(db, actor, meeting, now=now)


async def begin_the_day(db: Db, actor: Actor, *, now: datetime) -> int:
    """Take requests nobody confirmed to *on the day*, flagged so, for meetings that began; count them.

    For the worker, with the system as the actor of one organisation.
    """
    query = (
        select(AccessRequest)
        .join(Meeting, AccessRequest.meeting_id == Meeting.id)
        .where(AccessRequest.organisation_id == actor.organisation_id)
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.starts_at <= now)
        .where(AccessRequest.state.in_(UNCONFIRMED_AT_START))
        .with_for_update(of=AccessRequest, skip_locked=True)
    )
    requests = (await db.scalars(query)).all()
    starting = Move(RequestState.ON_THE_DAY, Party.SYSTEM, Evidence(meeting_started=True))
    for request in requests:
        move(db, actor, request, starting, now=now)
    return len(requests)


def move(db: Db, actor: Actor, request: AccessRequest, step: Move, *, now: datetime) -> None:
    """Take one step of a request: its new state, a line of its history, a line of the audit.

    Raises IllegalStep or MissingEvidence of `accessibility.requests`, and then changes nothing.
    """
    before = request.state
    taken = take(before, step.to, by=step.by, given=step.given)
    request.state = taken.state
    request.is_unconfirmed = request.is_unconfirmed or taken.is_unconfirmed
    _write_down(db, actor, request, before, step, now=now)


def _write_down(
    db: Db, actor: Actor, request: AccessRequest, before: RequestState, step: Move, *, now: datetime
) -> None:
    is_system = step.by is Party.SYSTEM
    db.add(
        RequestStep(
            organisation_id=request.organisation_id,
            request_id=request.id,
            from_state=before,
            to_state=step.to,
            actor_id=None if is_system else actor.person_id,
            at=now,
            evidence={"by": step.by.value, **step.facts},
        )
    )
    record(
        db,
        actor,
        "request.moved",
        request,
        now=now,
        code=request.code,
        before=before.value,
        after=step.to.value,
        by=step.by.value,
    )


async def settle_tasks(db: Db, request: AccessRequest) -> None:
    """Take the open tasks about a request off the lists: it has moved on."""
    await overtake_tasks(db, Task.subject_id == request.id)


async def raise_keep_apart(db: Db, meeting: Meeting, person_id: UUID, *, now: datetime) -> None:
    """Ask a coordinator to check who else comes, unless one was asked already. Says nothing else.

    Who looked at the list of a series has looked at it for all its dates.
    """
    lists = [meeting.id, *([meeting.series_id] if meeting.series_id else [])]
    asked = select(Task.id).where(
        Task.kind == TaskKind.KEEP_APART,
        Task.subject_id.in_(lists),
        Task.person_id == person_id,
        Task.state != TaskState.OVERTAKEN,
    )
    if await db.scalar(asked.limit(1)) is not None:
        return
    db.add(
        about_meeting(
            Task(
                kind=TaskKind.KEEP_APART,
                about="list",
                once=f"keep_apart|{meeting.id}|{person_id}|{new_id()}",
                person_id=person_id,
                subject_id=meeting.id,
            ),
            meeting,
            now=now,
        )
    )
    await db.flush()


def day_of(meeting: Meeting) -> datetime:
    """Give the start of a meeting on its own wall clock; the meeting needs a time."""
    if meeting.starts_at is None:
        raise ValueError("the meeting has no time yet")
    return meeting.starts_at.astimezone(ZoneInfo(meeting.zone))


async def _needs_for(
    db: Db, actor: Actor, person_id: UUID, meeting: Meeting, now: datetime
) -> Sequence[Need]:
    """Give the needs that hold for this meeting: all that are kept, and those told for it alone."""
    keeps = await keeps_needs(db, actor, person_id, now)
    day = day_of(meeting).date()
    return [
        need
        for need in await needs_of(db, actor, person_id)
        if keeps or need.code in SAFETY or day <= need.review_on
    ]


async def _ways_of(db: Db, invitation: Invitation) -> Sequence[Way]:
    if invitation.way is not None:
        return [invitation.way]
    offered = select(Offer.way).where(Offer.meeting_id == invitation.meeting_id)
    return (await db.scalars(offered)).all()


def _make(
    db: Db, actor: Actor, invitation: Invitation, need: Need, *, now: datetime
) -> AccessRequest:
    request = AccessRequest(
        organisation_id=invitation.organisation_id,
        person_id=invitation.person_id,
        meeting_id=invitation.meeting_id,
        invitation_id=invitation.id,
        need_id=need.id,
        code=need.code,
        strength=need.strength,
        details=dict(need.details),
        state=RequestState.DRAFT,
        next_step="",
        answer_words="",
        is_unconfirmed=False,
        created_at=now,
    )
    request.id = new_id()
    db.add(request)
    by = Party.PERSON if actor.door is Door.GUEST else Party.SYSTEM
    sending = Move(RequestState.SUBMITTED, by, Evidence(consent=True, receipt=True))
    move(db, actor, request, sending, now=now)
    return request
