"""Tables for people on the phone: second rooms of a meeting, each with a host of its own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from scheduling.meeting import MeetingState
from scheduling.online import SideRoomUse
from scheduling.ways import Way
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.side_rooms import SideRoom

_IS_TABLE = SideRoom.use == SideRoomUse.TABLE


async def tables_of(db: Db, actor: Actor, meeting_id: UUID) -> Sequence[SideRoom]:
    """Give a meeting's tables, the first made first, with their hosts."""
    query = (
        select(SideRoom)
        .where(SideRoom.organisation_id == actor.organisation_id, _IS_TABLE)
        .where(SideRoom.meeting_id == meeting_id)
        .options(joinedload(SideRoom.host))
        .order_by(SideRoom.created_at, SideRoom.id)
    )
    return (await db.scalars(query)).all()


async def table_by_id(db: Db, actor: Actor, meeting_id: UUID, table_id: UUID) -> SideRoom:
    """Give one table of a meeting, with its host; raises NotFound."""
    found = {each.id: each for each in await tables_of(db, actor, meeting_id)}
    if table_id not in found:
        raise NotFound
    return found[table_id]


async def phone_joiners(db: Db, actor: Actor, meeting_id: UUID) -> Sequence[Invitation]:
    """Give who joins a meeting by phone and may still come, by name, with the person."""
    query = (
        select(Invitation)
        .join(Invitation.person)
        .where(Invitation.organisation_id == actor.organisation_id)
        .where(Invitation.meeting_id == meeting_id, Invitation.removed_at.is_(None))
        .where(Invitation.way == Way.PHONE, Invitation.answer.in_(("yes", "maybe")))
        .options(contains_eager(Invitation.person))
        .order_by(Person.name_key, Invitation.id)
    )
    return (await db.scalars(query)).all()


async def meetings_to_seat(db: Db, actor: Actor, now: datetime) -> Sequence[UUID]:
    """Name the coming meetings with tables at which a phone joiner has none that is still there."""
    table = SideRoom.id == Invitation.table_id, SideRoom.meeting_id == Meeting.id, _IS_TABLE
    query = (
        select(Meeting.id)
        .join(Invitation, Invitation.meeting_id == Meeting.id)
        .where(Meeting.organisation_id == actor.organisation_id, Meeting.ends_at > now)
        .where(Meeting.state == MeetingState.PUBLISHED, Invitation.removed_at.is_(None))
        .where(Invitation.way == Way.PHONE, Invitation.answer.in_(("yes", "maybe")))
        .where(exists().where(SideRoom.meeting_id == Meeting.id, _IS_TABLE))
        .where(or_(Invitation.table_id.is_(None), ~exists().where(*table)))
        .distinct()
    )
    return (await db.scalars(query)).all()
