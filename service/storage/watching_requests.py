"""What the timer that watches over requests must know, in the same few questions however many there are."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from accessibility.consent import Purpose
from accessibility.contact import SAFE_CONTACT
from accessibility.dues import UNBOOKED, WENT_WRONG
from accessibility.requests import ASKING, CLOSED_STATES, RequestState
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.actor import Actor
from service.storage.attendance import Attendance
from service.storage.base import Db
from service.storage.feedback import Feedback, TookPart
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind
from service.storage.needs import AccessRequest, Consent, Need, RequestStep
from service.storage.people import Person
from service.storage.tasks import Task, overtake_tasks

#: So many values go into one question: both databases take no more than about thirty thousand.
AT_ONCE: Final = 10_000
ON_PAPER: Final = "paper"
CHECK_IN: Final = "WEL-CHECKIN"
#: Answers of people who meant to be there.
MEANT_TO_COME: Final = (Answer.YES, Answer.MAYBE)


V = TypeVar("V")
Columns = tuple[SQLColumnExpression[Any], ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """One request that time may do something about; `steps` were taken, the last at `moved_at`."""

    id: UUID
    invitation_id: UUID
    person_id: UUID
    meeting_id: UUID
    code: str
    state: RequestState
    created_at: datetime
    starts_at: datetime
    zone: str
    moved_at: datetime
    steps: int
    wants_receipt: bool
    has_escalated: bool
    act_by: date | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's part in one session that is over; `unhappy_at` if they said it was not as they wanted."""

    invitation_id: UUID
    person_id: UUID
    meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    took_part: bool
    has_asked: bool
    wants_check_in: bool
    has_answered: bool
    unhappy_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptNeeds:
    """A person who lets us keep what they told us, and the first day on which any of it ends."""

    person_id: UUID
    review_on: date


async def requests_to_watch(
    db: Db, actor: Actor, now: datetime, since: datetime
) -> Sequence[Watched]:
    """Requests for meetings to come that wait for us or for the person, and those that went wrong since."""
    waits = and_(
        AccessRequest.state.in_(UNBOOKED | ASKING),
        Meeting.starts_at > now,
        Invitation.answer != Answer.NO,
    )
    went_wrong = and_(AccessRequest.state.in_(WENT_WRONG), Meeting.starts_at > since)
    query = (
        select(*_columns_of_request())
        .join(Meeting, AccessRequest.meeting_id == Meeting.id)
        .join(Invitation, AccessRequest.invitation_id == Invitation.id)
        .join(Need, AccessRequest.need_id == Need.id)
        .join(Person, AccessRequest.person_id == Person.id)
        .where(AccessRequest.organisation_id == actor.organisation_id)
        .where(Meeting.state == MeetingState.PUBLISHED, Invitation.removed_at.is_(None))
        .where(Person.left_at.is_(None), or_(waits, went_wrong))
        .order_by(AccessRequest.id)
    )
    return [Watched(*tuple(row)) for row in await db.execute(query)]


def _columns_of_request() -> Columns:
    """Name what is read of a request, in the order of `Watched`."""
    taken = RequestStep.request_id == AccessRequest.id
    steps = select(func.count()).where(taken).correlate(AccessRequest).scalar_subquery()
    moved_at = select(func.max(RequestStep.at)).where(taken).correlate(AccessRequest)
    by_them = exists().where(
        taken,
        RequestStep.to_state == RequestState.SUBMITTED,
        RequestStep.actor_id == AccessRequest.person_id,
    )
    on_paper = and_(Need.channel == ON_PAPER, Need.created_at == AccessRequest.created_at)
    return (
        AccessRequest.id,
        AccessRequest.invitation_id,
        AccessRequest.person_id,
        AccessRequest.meeting_id,
        AccessRequest.code,
        AccessRequest.state,
        AccessRequest.created_at,
        Meeting.starts_at,
        Meeting.zone,
        func.coalesce(moved_at.scalar_subquery(), AccessRequest.created_at),
        steps,
        or_(by_them, on_paper),
        AccessRequest.escalated_at.is_not(None),
        AccessRequest.act_by,
    )


async def visits_to_watch(
    db: Db, actor: Actor, *, ended: datetime, since: datetime
) -> Sequence[Visit]:
    """Those who took part in meetings that ended in that time, or had asked for something for them."""
    its = AccessRequest.invitation_id == Invitation.id
    came = exists().where(Attendance.invitation_id == Invitation.id, Attendance.was_there.is_(True))
    asked = exists().where(its, AccessRequest.state != RequestState.WITHDRAWN)
    check_in = exists().where(
        its, AccessRequest.code == CHECK_IN, AccessRequest.state.not_in(CLOSED_STATES)
    )
    columns: Columns = (
        Invitation.id,
        Invitation.person_id,
        Invitation.meeting_id,
        Meeting.starts_at,
        Meeting.ends_at,
        Meeting.zone,
        came,
        asked,
        check_in,
        Feedback.id.is_not(None),
        case((Feedback.answer != TookPart.YES, Feedback.at)),
    )
    query = (
        select(*columns)
        .join(Meeting, Invitation.meeting_id == Meeting.id)
        .join(Person, Invitation.person_id == Person.id)
        .outerjoin(Feedback, Feedback.invitation_id == Invitation.id)
        .where(Invitation.organisation_id == actor.organisation_id)
        .where(Meeting.state == MeetingState.PUBLISHED)
        .where(Meeting.ends_at <= ended, Meeting.ends_at > since)
        .where(Invitation.removed_at.is_(None), Person.left_at.is_(None))
        .where(or_(came, and_(asked, Invitation.answer.in_(MEANT_TO_COME))))
        .order_by(Invitation.id)
    )
    return [Visit(*tuple(row)) for row in await db.execute(query)]


async def needs_to_review(db: Db, actor: Actor, until: date, now: datetime) -> Sequence[KeptNeeds]:
    """People whose kept needs, or whose leave to keep them, end by that day."""
    ends, leave_ends = func.min(Need.review_on), func.max(Consent.expires_at)
    query = (
        select(Need.person_id, ends, leave_ends)
        .join(Person, Need.person_id == Person.id)
        .join(Consent, Consent.person_id == Need.person_id)
        .where(Need.organisation_id == actor.organisation_id, Need.ended_at.is_(None))
        .where(Consent.purpose == Purpose.KEEP, Consent.withdrawn_at.is_(None))
        .where(Consent.expires_at > now, Person.left_at.is_(None))
        .group_by(Need.person_id)
        .order_by(Need.person_id)
    )
    found = [
        KeptNeeds(person_id, min(review_on, leave_until.date()))
        for person_id, review_on, leave_until in await db.execute(query)
    ]
    return [kept for kept in found if kept.review_on <= until]


async def safe_people(db: Db, actor: Actor) -> frozenset[UUID]:
    """Everybody whom only a human may contact, in the way they agreed."""
    query = select(Need.person_id).where(
        Need.organisation_id == actor.organisation_id,
        Need.code == SAFE_CONTACT,
        Need.ended_at.is_(None),
    )
    return frozenset(await db.scalars(query))


async def tasks_there(db: Db, names: Collection[str]) -> set[str]:
    """Which of these names tasks were raised under."""
    return {
        once
        for some in batches(names)
        for once in await db.scalars(select(Task.once).where(Task.once.in_(some)))
    }


async def messages_there(
    db: Db, kind: MessageKind, invitation_ids: Collection[UUID]
) -> set[tuple[UUID, int]]:
    """Subject and occurrence of what was ever queued of a kind about these invitations."""
    return {
        (subject, occurrence)
        for some in batches(invitation_ids)
        for subject, occurrence in await db.execute(
            select(Message.subject_id, Message.occurrence).where(
                Message.kind == kind, Message.subject_id.in_(some)
            )
        )
    }


async def people_named(db: Db, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Some people of the organisation, by their ids."""
    return {
        person.id: person
        for some in batches(ids)
        for person in await db.scalars(
            select(Person).where(
                Person.organisation_id == actor.organisation_id, Person.id.in_(some)
            )
        )
    }


async def mark_escalated(db: Db, ids: Collection[UUID], now: datetime) -> None:
    """Write down when requests were put before a director, the first time."""
    its: ColumnElement[bool] = AccessRequest.escalated_at.is_(None)
    for some in batches(ids):
        marked = update(AccessRequest).where(AccessRequest.id.in_(some), its)
        await db.execute(marked.values(escalated_at=now))


async def let_go_of_late_dues(db: Db, actor: Actor, about: Collection[str], now: datetime) -> None:
    """Take tasks that were to be done before a meeting off the lists once it has begun."""
    begun = select(Meeting.id).where(Meeting.starts_at <= now)
    await overtake_tasks(
        db,
        Task.organisation_id == actor.organisation_id,
        Task.about.in_(about),
        Task.meeting_id.in_(begun),
    )


def batches(values: Collection[V]) -> Iterator[Sequence[V]]:
    """Give the values in turn, each time as many as one question takes."""
    everything = list(values)
    for at in range(0, len(everything), AT_ONCE):
        yield everything[at : at + AT_ONCE]
