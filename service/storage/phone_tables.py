"""Tables for people on the phone: second rooms of a meeting, each with a host of its own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, literal, or_, select, union
from sqlalchemy.orm import contains_eager, joinedload

from scheduling.answers import Answer
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
        .where(Invitation.way == Way.PHONE, Invitation.answer.in_((Answer.YES, Answer.MAYBE)))
        .options(contains_eager(Invitation.person))
        .order_by(Person.name_key, Invitation.id)
    )
    return (await db.scalars(query)).all()


async def on_the_phone(db: Db, actor: Actor, now: datetime) -> Sequence[tuple[Meeting, str]]:
    """Coming meetings at which the actor hosts a phone table ("tables") or rings somebody ("ring-round")."""
    me, house = actor.person_id, actor.organisation_id
    if me is None:
        return []
    hosts = select(SideRoom.meeting_id, literal("tables")).where(
        SideRoom.organisation_id == house, _IS_TABLE, SideRoom.host_id == me
    )
    rings = select(Invitation.meeting_id, literal("ring-round")).where(
        Invitation.organisation_id == house,
        Invitation.ringer_id == me,
        Invitation.removed_at.is_(None),
        Invitation.way == Way.PHONE,
        Invitation.answer == Answer.YES,
    )
    mine = union(hosts, rings).subquery("mine")
    meeting_id, what = mine.c[0], mine.c[1]
    query = (
        select(Meeting, what)
        .join(mine, meeting_id == Meeting.id)
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at > now)
        .order_by(Meeting.starts_at, Meeting.id, what)
    )
    return [(meeting, str(part)) for meeting, part in await db.execute(query)]


async def meetings_to_seat(db: Db, actor: Actor, now: datetime) -> Sequence[UUID]:
    """Name the coming meetings with tables at which a phone joiner has none that is still there."""
    table = SideRoom.id == Invitation.table_id, SideRoom.meeting_id == Meeting.id, _IS_TABLE
    query = (
        select(Meeting.id)
        .join(Invitation, Invitation.meeting_id == Meeting.id)
        .where(Meeting.organisation_id == actor.organisation_id, Meeting.ends_at > now)
        .where(Meeting.state == MeetingState.PUBLISHED, Invitation.removed_at.is_(None))
        .where(Invitation.way == Way.PHONE, Invitation.answer.in_((Answer.YES, Answer.MAYBE)))
        .where(exists().where(SideRoom.meeting_id == Meeting.id, _IS_TABLE))
        .where(or_(Invitation.table_id.is_(None), ~exists().where(*table)))
        .distinct()
    )
    return (await db.scalars(query)).all()
