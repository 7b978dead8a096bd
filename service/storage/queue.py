"""The queue of access requests over all meetings: one page of it, and a line for each meeting.

What is asked of the database does not grow with the number of requests: a page, the meetings, the terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from accessibility.requests import ASKING, OPEN_STATES, OUTCOMES, RequestState
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.actor import Actor
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import WAITING_STATES, AccessRequest, visible_requests
from service.storage.people import Person
from service.storage.tasks import Task, TaskState

#: What a task for directors is about: a request that waits for their decision.
TO_DIRECTOR: Final = "request_decide"
#: States in which something can still be seen to.
IN_QUEUE: Final = tuple(sorted(OPEN_STATES - {RequestState.REVIEWED}))
#: States in which what was asked for is settled.
ARRANGED: Final = (
    RequestState.ARRANGED, RequestState.CONFIRMED, RequestState.ON_THE_DAY, RequestState.MET,
)  # fmt: skip


class Waiting(StrEnum):
    """Whom a request waits for."""

    US = "us"
    THEM = "them"
    DIRECTOR = "director"
    NOBODY = "nobody"


class Pressing(StrEnum):
    """How pressing a request must be to be listed: amber is 3 working days of slack or fewer, red none."""

    AMBER = "amber"
    RED = "red"


class Order(StrEnum):
    """What the queue is put in order by."""

    SLACK = "slack"
    SESSION = "session"
    NEXT = "next"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which urgency turns: act by this day and it is red, or amber; ring before this instant."""

    now: datetime
    red_until: date
    amber_until: date
    ring_until: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What the queue is narrowed to, in which order, and from which row on."""

    owner_id: UUID | None = None
    is_nobodys: bool = False
    pressing: Pressing | None = None
    meeting_id: UUID | None = None
    code: str = ""
    state: RequestState | None = None
    waiting: Waiting | None = None
    order: Order = Order.SLACK
    skip: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class OfMeeting:
    """How the requests of one meeting stand: how many, and of those how many are what."""

    meeting_id: UUID
    title: str
    starts_at: datetime | None
    zone: str
    total: int
    arranged: int
    amber: int
    red: int
    alternative: int


async def queue_page(db: Db, actor: Actor, look: Look, days: Days) -> Sequence[AccessRequest]:
    """Some rows of the queue with person, meeting and owner, in order; one more tells that there are more."""
    order = (*_ordered(look.order, days), AccessRequest.id)
    # Ids alone are put in order, thousands of them; whole rows are read for one page only.
    found = _narrowed(_in_queue(actor, days, look.state), look, days).order_by(*order)
    of_page = found.with_only_columns(AccessRequest.id).offset(look.skip).limit(look.limit + 1)
    query = (
        visible_requests(actor)
        .where(AccessRequest.id.in_(of_page))
        .join(AccessRequest.meeting)
        .options(
            contains_eager(AccessRequest.meeting),
            joinedload(AccessRequest.person),
            joinedload(AccessRequest.owner),
        )
    )
    return (await db.scalars(query.order_by(*order))).all()


async def queue_by_meeting(db: Db, actor: Actor, days: Days) -> Sequence[OfMeeting]:
    """How the requests of each coming meeting stand, soonest first."""
    asks = AccessRequest.state.in_(WAITING_STATES)
    counts = (
        func.count(),
        _count(AccessRequest.state.in_(ARRANGED)),
        _count(
            asks, AccessRequest.act_by > days.red_until, AccessRequest.act_by <= days.amber_until
        ),
        _count(asks, AccessRequest.act_by <= days.red_until),
        _count(AccessRequest.state == RequestState.ALTERNATIVE_OFFERED),
    )
    query = _in_queue(actor, days, None).with_only_columns(
        Meeting.id, Meeting.neutral_title, Meeting.starts_at, Meeting.zone, *counts
    )
    query = query.group_by(Meeting.id).order_by(Meeting.starts_at, Meeting.id)
    return [
        OfMeeting(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8])
        for row in await db.execute(query)
    ]


def _in_queue(actor: Actor, days: Days, state: RequestState | None) -> Select[AccessRequest]:
    """Select what is open for meetings that are not over; of those that are, only what a state is asked for."""
    query = (
        visible_requests(actor)
        .join(Meeting, AccessRequest.meeting_id == Meeting.id)
        .join(Invitation, AccessRequest.invitation_id == Invitation.id)
        .where(AccessRequest.state.in_(IN_QUEUE))
        .where(Meeting.state == MeetingState.PUBLISHED)
        .where(Invitation.removed_at.is_(None), Invitation.answer != Answer.NO)
    )
    return query if state in OUTCOMES else query.where(Meeting.ends_at >= days.now)


def _narrowed(query: Select[AccessRequest], look: Look, days: Days) -> Select[AccessRequest]:
    if look.owner_id is not None:
        query = query.where(AccessRequest.owner_id == look.owner_id)
    if look.is_nobodys:
        query = query.where(AccessRequest.owner_id.is_(None))
    if look.meeting_id is not None:
        query = query.where(AccessRequest.meeting_id == look.meeting_id)
    if look.code:
        query = query.where(AccessRequest.code == look.code)
    if look.state is not None:
        query = query.where(AccessRequest.state == look.state)
    if look.pressing is not None:
        is_red = look.pressing is Pressing.RED
        until = days.red_until if is_red else days.amber_until
        query = query.where(AccessRequest.state.in_(WAITING_STATES), AccessRequest.act_by <= until)
    return query if look.waiting is None else query.where(_waits_for(look.waiting, days))


def _waits_for(waiting: Waiting, days: Days) -> ColumnElement[bool]:
    decided = select(Task.subject_id).where(
        Task.organisation_id == AccessRequest.organisation_id,
        Task.subject_id == AccessRequest.id,
        Task.state == TaskState.OPEN,
        Task.about == TO_DIRECTOR,
    )
    match waiting:
        case Waiting.DIRECTOR:
            return decided.exists()
        case Waiting.US:
            return and_(_is_ours(days), ~decided.exists())
        case Waiting.THEM:
            return and_(AccessRequest.state.in_(ASKING), Meeting.starts_at >= days.ring_until)
        case Waiting.NOBODY:
            ours_or_theirs = (*WAITING_STATES, *ASKING, *OUTCOMES)
            return AccessRequest.state.not_in(ours_or_theirs)


def _is_ours(days: Days) -> ColumnElement[bool]:
    return or_(
        AccessRequest.state.in_((*WAITING_STATES, *OUTCOMES)),
        and_(AccessRequest.state.in_(ASKING), Meeting.starts_at < days.ring_until),
    )


def _ordered(
    order: Order, days: Days
) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    """Put what waits for us first, by slack; what was never given a day stands before all."""
    is_ours = case((_is_ours(days), 0), else_=1)
    by_slack = (is_ours, AccessRequest.act_by.asc().nulls_first(), Meeting.starts_at)
    match order:
        case Order.SLACK:
            return by_slack
        case Order.SESSION:
            return (Meeting.starts_at, Meeting.id, *by_slack)
        case Order.NEXT:
            return (AccessRequest.next_step_on.asc().nulls_last(), *by_slack)
        case Order.OWNER:
            owner = select(Person.name_key).where(Person.id == AccessRequest.owner_id)
            return (owner.scalar_subquery().asc().nulls_first(), *by_slack)


def _count(*which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*which), 1), else_=0)), 0)
