"""Queries round access requests: the whole of one, those of a need or an invitation, who else comes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from accessibility.bookings import STANDING
from accessibility.requests import OPEN_STATES
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actor import Actor
from service.errors import NotFound
from service.storage.arrangements import WHOLE_ARRANGEMENT, Arrangement
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest, Need, request_by_id, visible_requests
from service.storage.tasks import Task, TaskState

NOT_COMING = (Answer.UNANSWERED, Answer.NO)


async def request_to_change(db: Db, actor: Actor, request_id: UUID) -> AccessRequest:
    """Give one request, whole, that nobody else moves before this transaction ends; raises NotFound."""
    mine = visible_requests(actor).where(AccessRequest.id == request_id)
    await db.execute(mine.with_only_columns(AccessRequest.id).with_for_update())
    return await request_by_id(db, actor, request_id)


async def requests_with_history(
    db: Db, actor: Actor, invitation_id: UUID
) -> Sequence[AccessRequest]:
    """The requests that belong to one invitation, oldest first, with all their steps."""
    query = visible_requests(actor).where(AccessRequest.invitation_id == invitation_id)
    query = query.options(selectinload(AccessRequest.steps))
    return (await db.scalars(query.order_by(AccessRequest.created_at, AccessRequest.id))).all()


async def requests_of_need(db: Db, actor: Actor, need_id: UUID) -> Sequence[AccessRequest]:
    """The requests one need has led to, of any state."""
    query = select(AccessRequest).where(
        AccessRequest.organisation_id == actor.organisation_id, AccessRequest.need_id == need_id
    )
    return (await db.scalars(query)).all()


async def requests_of_meetings(
    db: Db, actor: Actor, meetings: Collection[UUID]
) -> Sequence[AccessRequest]:
    """The open requests for some meetings."""
    query = visible_requests(actor).where(
        AccessRequest.meeting_id.in_(meetings), AccessRequest.state.in_(OPEN_STATES)
    )
    return (await db.scalars(query)).all()


async def requests_by_ids(db: Db, actor: Actor, ids: Sequence[UUID]) -> Sequence[AccessRequest]:
    """Some requests by their ids, with person and meeting, soonest meeting first."""
    query = (
        visible_requests(actor)
        .join(Meeting, AccessRequest.meeting_id == Meeting.id)
        .where(AccessRequest.id.in_(ids))
        .options(joinedload(AccessRequest.person), joinedload(AccessRequest.meeting))
        .order_by(Meeting.starts_at, AccessRequest.id)
    )
    return (await db.scalars(query)).all()


async def needs_in_meeting(
    db: Db, actor: Actor, meeting_id: UUID, person_id: UUID
) -> Sequence[tuple[Need, Way | None]]:
    """The standing needs of everybody who may come to a meeting, with their way, and of this person."""
    comes = (Invitation.removed_at.is_(None)) & (Invitation.answer != Answer.NO)
    query = (
        select(Need, Invitation.way)
        .outerjoin(
            Invitation,
            (Invitation.person_id == Need.person_id) & (Invitation.meeting_id == meeting_id),
        )
        .where(Need.organisation_id == actor.organisation_id, Need.ended_at.is_(None))
        .where(or_(Need.person_id == person_id, comes))
        .order_by(Need.code)
    )
    return [(need, way) for need, way in await db.execute(query)]


async def needing_requests(
    db: Db, actor: Actor, codes: Collection[str], until: datetime, now: datetime
) -> Sequence[tuple[Invitation, Meeting, str]]:
    """Answers to dates of series, with a need among these that no request was made for, soonest first.

    Dates that guests have not been told of yet count up to `until`.
    """
    has_request = exists().where(
        AccessRequest.invitation_id == Invitation.id, AccessRequest.need_id == Need.id
    )
    query = (
        select(Invitation, Meeting, Need.code)
        .join(Meeting, Invitation.meeting_id == Meeting.id)
        .join(Need, Need.person_id == Invitation.person_id)
        .where(Meeting.organisation_id == actor.organisation_id, Meeting.series_id.is_not(None))
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.starts_at > now)
        .where(or_(Meeting.is_held.is_(False), Meeting.starts_at <= until))
        .where(Invitation.removed_at.is_(None), Invitation.answer.not_in(NOT_COMING))
        .where(Need.ended_at.is_(None), Need.code.in_(codes), ~has_request)
        .order_by(Meeting.starts_at, Invitation.id)
    )
    return [(row[0], row[1], row[2]) for row in await db.execute(query)]


async def locked_invitations(db: Db, ids: Collection[UUID]) -> Sequence[Invitation]:
    """Read some invitations anew that nobody else is changing just now, and keep others from them."""
    query = select(Invitation).where(Invitation.id.in_(ids)).order_by(Invitation.id)
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return (await db.scalars(query)).all()


async def coming_invitations(
    db: Db, actor: Actor, person_id: UUID, now: datetime, *, lock: bool = False
) -> Sequence[Invitation]:
    """A person's invitations to published meetings that are not over, earliest first, with the meeting.

    With `lock` they are read anew, and nobody changes an answer before this transaction ends.
    """
    query = (
        select(Invitation)
        .join(Meeting)
        .where(
            Invitation.organisation_id == actor.organisation_id, Invitation.person_id == person_id
        )
        .where(Invitation.removed_at.is_(None), Meeting.state == MeetingState.PUBLISHED)
        .where(Meeting.ends_at >= now)
        .options(joinedload(Invitation.meeting))
        .order_by(Meeting.starts_at)
    )
    if lock:
        query = query.with_for_update(of=Invitation).execution_options(populate_existing=True)
    return (await db.scalars(query)).all()


async def request_to_book(db: Db, actor: Actor, request_id: UUID) -> AccessRequest:
    """Give one request with person, meeting and owner, without its history; raises NotFound."""
    query = visible_requests(actor).where(AccessRequest.id == request_id)
    request = await db.scalar(
        query.options(
            joinedload(AccessRequest.person),
            joinedload(AccessRequest.meeting),
            joinedload(AccessRequest.owner),
            joinedload(AccessRequest.arrangement),
        )
    )
    if request is None:
        raise NotFound
    return request


async def requests_served_by(
    db: Db, actor: Actor, arrangement_ids: Collection[UUID], *, lock: bool = False
) -> Sequence[AccessRequest]:
    """The open requests that some arrangements serve, oldest first, with person and meeting."""
    query = (
        visible_requests(actor)
        .where(AccessRequest.arrangement_id.in_(arrangement_ids))
        .where(AccessRequest.state.in_(OPEN_STATES))
        .options(joinedload(AccessRequest.person), joinedload(AccessRequest.meeting))
        .order_by(AccessRequest.created_at, AccessRequest.id)
    )
    if lock:
        query = query.with_for_update(of=AccessRequest)
    return (await db.scalars(query)).all()


async def idle_arrangements(
    db: Db, actor: Actor, now: datetime, *, about: str
) -> Sequence[Arrangement]:
    """What stands for coming meetings and serves nobody any more; left out is what a task was raised for."""
    serves = exists().where(
        AccessRequest.arrangement_id == Arrangement.id, AccessRequest.state.in_(OPEN_STATES)
    )
    raised = exists().where(
        Task.subject_id == Arrangement.id,
        Task.about == about,
        Task.state != TaskState.OVERTAKEN,
    )
    query = (
        select(Arrangement)
        .join(Meeting, Arrangement.meeting_id == Meeting.id)
        .where(Arrangement.organisation_id == actor.organisation_id)
        .where(Arrangement.state.in_(STANDING), ~serves, ~raised)
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.starts_at > now)
        .options(*WHOLE_ARRANGEMENT)
        .order_by(Arrangement.id)
    )
    return (await db.scalars(query)).all()


async def requests_to_date(
    db: Db, actor: Actor, now: datetime, *, undated_only: bool
) -> Sequence[tuple[UUID, str, date | None, datetime | None, str]]:
    """Open requests for coming meetings: id, term, the last day to act, and when the meeting starts, where."""
    query = (
        select(
            AccessRequest.id,
            AccessRequest.code,
            AccessRequest.act_by,
            Meeting.starts_at,
            Meeting.zone,
        )
        .join(Meeting, AccessRequest.meeting_id == Meeting.id)
        .where(AccessRequest.organisation_id == actor.organisation_id, Meeting.starts_at > now)
        .where(AccessRequest.state.in_(OPEN_STATES))
        .order_by(AccessRequest.id)
    )
    if undated_only:
        query = query.where(AccessRequest.act_by.is_(None))
    rows = await db.execute(query)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]
