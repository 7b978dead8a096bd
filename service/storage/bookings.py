"""When places and hosts are taken by published meetings, over the whole organisation."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_, select

from scheduling.dates import Booking
from scheduling.meeting import MeetingState
from scheduling.time import Slot
from scheduling.ways import Way
from service.actor import Actor
from service.storage.base import Db
from service.storage.meetings import Meeting, Offer


async def bookings_of(
    db: Db,
    actor: Actor,
    span: Slot,
    ids: Collection[UUID],
    *,
    but: Collection[UUID] = (),
) -> Sequence[Booking]:
    """When these places and hosts are taken within a span, also by meetings the actor may not see.

    Only times, places and hosts are given. A place counts if its way is offered. `but` names meetings and
    series whose dates do not count.
    """
    room = case((_offers(Way.ROOM), Meeting.place_id))
    outdoors = case((_offers(Way.OUTDOORS), Meeting.outdoor_place_id))
    taken = (room, outdoors, Meeting.lead_id, Meeting.second_id)
    query = select(Meeting.starts_at, Meeting.ends_at, *taken).where(
        Meeting.organisation_id == actor.organisation_id,
        Meeting.state == MeetingState.PUBLISHED,
        Meeting.starts_at < span.ends_at,
        Meeting.ends_at > span.starts_at,
        or_(*(each.in_(ids) for each in taken)),
    )
    if but:
        of_no_series = or_(Meeting.series_id.is_(None), Meeting.series_id.not_in(but))
        query = query.where(and_(Meeting.id.not_in(but), of_no_series))
    rows = await db.execute(query)
    return [
        Booking(Slot(starts_at, ends_at), _known(*places), _known(*hosts))
        for starts_at, ends_at, *places, lead, second in rows
        for hosts in [(lead, second)]
    ]


def _offers(way: Way) -> ColumnElement[bool]:
    return select(Offer.id).where(Offer.meeting_id == Meeting.id, Offer.way == way).exists()


def _known(*ids: UUID | None) -> frozenset[UUID]:
    return frozenset(each for each in ids if each is not None)
