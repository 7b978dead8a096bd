"""What everybody may see of an organisation: its public meetings to come, and those called off lately."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from scheduling.meeting import MeetingState
from service.errors import NotFound
from service.storage.base import Db
from service.storage.feed_rows import PAST
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.organisations import Organisation

#: Nobody reads further than this; a calendar program takes the feed.
MOST_SHOWN = 100


async def public_organisation(db: Db, slug: str) -> Organisation:
    """Give the organisation of this name if it shows anything; raises NotFound for all others alike."""
    query = select(Organisation).where(Organisation.slug == slug, Organisation.is_public)
    organisation = await db.scalar(query)
    if organisation is None:
        raise NotFound
    return organisation


async def public_meetings(db: Db, organisation_id: UUID, day: datetime) -> Sequence[Meeting]:
    """Public meetings that are not over on a day, by start, with their parts; those called off stay a while."""
    query = _public(organisation_id, day).order_by(Meeting.starts_at, Meeting.id)
    return (await db.scalars(query.limit(MOST_SHOWN))).all()


async def public_meeting(db: Db, organisation_id: UUID, meeting_id: UUID, day: datetime) -> Meeting:
    """Give one public meeting that is not over, with its parts; raises NotFound."""
    meeting = await db.scalar(_public(organisation_id, day).where(Meeting.id == meeting_id))
    if meeting is None:
        raise NotFound
    return meeting


def _public(organisation_id: UUID, day: datetime) -> Select[Meeting]:
    called_off = and_(Meeting.state == MeetingState.CANCELLED, Meeting.cancelled_at >= day - PAST)
    return (
        select(Meeting)
        .where(
            Meeting.organisation_id == organisation_id,
            Meeting.is_public,
            Meeting.ends_at >= day,
            or_(Meeting.state == MeetingState.PUBLISHED, called_off),
        )
        .options(*WHOLE_MEETING)
    )
