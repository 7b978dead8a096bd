"""Lists as programs read them: a page at a time, in the order the rows were made, which never changes.

Ids are UUIDv7 and grow with time, so they are the sort key. Lists of people by name are in `people`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.series import SeriesState
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Db, OfOrganisation
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import WHOLE_MEETING, Meeting, visible_meetings
from service.storage.messages import Message
from service.storage.places import Place
from service.storage.series import Series, visible_series

R = TypeVar("R", bound=OfOrganisation)


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a list: at most so many rows, after the row with this id."""

    limit: int
    after: UUID | None = None


async def _part(db: Db, query: Select[R], table: type[R], span: Span) -> Sequence[R]:
    """One part of a list, and one row more if there are more."""
    if span.after is not None:
        query = query.where(table.id > span.after)
    return (await db.scalars(query.order_by(table.id).limit(span.limit + 1))).all()


async def places_listed(
    db: Db, actor: Actor, span: Span, *, closed_too: bool = False
) -> Sequence[Place]:
    """A part of the organisation's places."""
    query = select(Place).where(Place.organisation_id == actor.organisation_id)
    if not closed_too:
        query = query.where(Place.is_closed.is_(False))
    return await _part(db, query, Place, span)


async def kinds_listed(
    db: Db, actor: Actor, span: Span, *, retired_too: bool = False
) -> Sequence[Kind]:
    """A part of the organisation's kinds of meeting."""
    query = select(Kind).where(Kind.organisation_id == actor.organisation_id)
    if not retired_too:
        query = query.where(Kind.is_retired.is_(False))
    return await _part(db, query, Kind, span)


async def meetings_listed(
    db: Db,
    actor: Actor,
    span: Span,
    *,
    state: MeetingState | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
) -> Sequence[Meeting]:
    """A part of the meetings the actor may see, drafts too, each with its parts."""
    query = visible_meetings(actor).options(*WHOLE_MEETING)
    if state is not None:
        query = query.where(Meeting.state == state)
    if starts_from is not None:
        query = query.where(Meeting.starts_at >= starts_from)
    if starts_before is not None:
        query = query.where(Meeting.starts_at < starts_before)
    return await _part(db, query, Meeting, span)


async def series_part(
    db: Db, actor: Actor, span: Span, *, state: SeriesState | None = None
) -> Sequence[Series]:
    """A part of the series the actor may see, drafts too."""
    query = visible_series(actor)
    if state is not None:
        query = query.where(Series.state == state)
    return await _part(db, query, Series, span)


async def dates_of_series_listed(
    db: Db, actor: Actor, series_id: UUID, span: Span
) -> Sequence[Meeting]:
    """A part of the meetings of a series that the actor may see, each with its parts."""
    query = visible_meetings(actor).where(Meeting.series_id == series_id).options(*WHOLE_MEETING)
    return await _part(db, query, Meeting, span)


async def invitations_listed(
    db: Db,
    actor: Actor,
    meeting_id: UUID,
    span: Span,
    *,
    person_id: UUID | None = None,
    waiting_too: bool = True,
) -> Sequence[Invitation]:
    """A part of those invited to a meeting the actor may see, each with the person; not who was taken off."""
    visible = visible_meetings(actor).with_only_columns(Meeting.id)
    query = (
        select(Invitation)
        .where(
            Invitation.organisation_id == actor.organisation_id,
            Invitation.meeting_id == meeting_id,
            Invitation.meeting_id.in_(visible),
            Invitation.removed_at.is_(None),
        )
        .options(joinedload(Invitation.person))
    )
    if person_id is not None:
        query = query.where(Invitation.person_id == person_id)
    if not waiting_too:
        query = query.where(Invitation.answer != Answer.WAITING)
    return await _part(db, query, Invitation, span)


async def messages_listed(db: Db, actor: Actor, meeting_id: UUID, span: Span) -> Sequence[Message]:
    """A part of the messages about a meeting."""
    query = _messages(actor).where(Message.meeting_id == meeting_id)
    return await _part(db, query, Message, span)


async def message_about_meeting(db: Db, actor: Actor, message_id: UUID) -> Message:
    """Give one message about a meeting; raises NotFound, also for messages about anything else."""
    message = await db.scalar(_messages(actor).where(Message.id == message_id))
    if message is None:
        raise NotFound
    return message


def _messages(actor: Actor) -> Select[Message]:
    return select(Message).where(
        Message.organisation_id == actor.organisation_id, Message.meeting_id.is_not(None)
    )
