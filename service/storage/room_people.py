"""What a meeting's page about its room reads: its rooms, what was told of them, and who the people are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, true

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.online import Ability, ServerKind, SideRoomUse
from scheduling.roles import MeetingRole
from scheduling.room_events import RoomEvent
from scheduling.ways import Way
from service.actor import Actor
from service.errors import NotFound
from service.storage.attendance import is_noted
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import WHOLE_MEETING, Meeting, Offer
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.room_events import StoredEvent, event_of
from service.storage.rota import Duty
from service.storage.servers import JitsiServer
from service.storage.side_rooms import SideRoom


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invited, as the list of who came needs them."""

    invitation_id: UUID
    name: str
    answer: Answer
    way: Way | None


@dataclass(frozen=True, slots=True)
class Hosted:
    """A meeting, whole, with all who open its room, and the names of its tables for the phone."""

    meeting: Meeting
    hosts: Mapping[UUID, str]
    tables: Sequence[str]


async def hosted_meeting(db: Db, actor: Actor, meeting_id: UUID) -> Hosted:
    """Give a meeting of the organisation with its hosts and tables, in two queries; raises NotFound."""
    buddy = (Duty.meeting_id == Meeting.id) & (Duty.role == MeetingRole.REMOTE_BUDDY)
    table = (SideRoom.meeting_id == Meeting.id) & (SideRoom.use == SideRoomUse.TABLE)
    query = (
        select(Meeting, Person, SideRoom.name)
        .outerjoin(Duty, buddy)
        .outerjoin(Person, Person.id == Duty.person_id)
        .outerjoin(SideRoom, table)
        .where(Meeting.organisation_id == actor.organisation_id, Meeting.id == meeting_id)
        .order_by(SideRoom.name)
        .options(*WHOLE_MEETING)
    )
    rows = (await db.execute(query)).all()
    if not rows:
        raise NotFound
    meeting, helper, _ = rows[0]
    hosts = filter(None, (meeting.lead, meeting.second, helper))
    tables = tuple(filter(None, (name for _, _, name in rows)))
    return Hosted(meeting, {host.id: host.chosen_name for host in hosts}, tables)


async def meeting_with_hosts(
    db: Db, actor: Actor, meeting_id: UUID
) -> tuple[Meeting, frozenset[UUID]]:
    """Give a meeting of the organisation, whole, with all who open its room; raises NotFound."""
    hosted = await hosted_meeting(db, actor, meeting_id)
    return hosted.meeting, frozenset(hosted.hosts)


async def tables_of(db: Db, meeting_id: UUID) -> Sequence[str]:
    """Name the rooms that are a meeting's tables for the phone."""
    query = select(SideRoom.name).where(
        SideRoom.meeting_id == meeting_id, SideRoom.use == SideRoomUse.TABLE
    )
    return (await db.scalars(query.order_by(SideRoom.name))).all()


async def told_of(db: Db, rooms: Collection[str]) -> Sequence[RoomEvent]:
    """Everything that was told of these rooms and is not forgotten."""
    query = select(StoredEvent).where(StoredEvent.room.in_(rooms))
    return [event_of(row) for row in await db.scalars(query)]


async def guests_of(db: Db, actor: Actor, meeting_id: UUID) -> Sequence[Guest]:
    """Everybody on a meeting's list, by name."""
    query = (
        select(Invitation.id, Person.chosen_name, Invitation.answer, Invitation.way)
        .join(Person, Person.id == Invitation.person_id)
        .where(
            Invitation.organisation_id == actor.organisation_id,
            Invitation.meeting_id == meeting_id,
            Invitation.removed_at.is_(None),
        )
        .order_by(Person.name_key, Invitation.id)
    )
    return [Guest(*row) for row in await db.execute(query)]


async def names_of_staff(db: Db, actor: Actor, people: Collection[UUID]) -> dict[UUID, str]:
    """Name those of the organisation's people who have these identifiers."""
    if not people:
        return {}
    query = select(Person.id, Person.chosen_name).where(
        Person.organisation_id == actor.organisation_id, Person.id.in_(people)
    )
    return {row.id: row.chosen_name for row in await db.execute(query)}


async def to_settle(
    db: Db, actor: Actor, *, ended: datetime, since: datetime, again: datetime
) -> Sequence[Meeting]:
    """Published meetings that ended by then whose attendance is not worked out from all that was told.

    Only those that ended after `since`. What came in after `again` may have come while it was worked out.
    """
    table = select(SideRoom.name).where(SideRoom.meeting_id == Meeting.id)
    of_it = or_(StoredEvent.room == Meeting.room_name, StoredEvent.room.in_(table))
    is_new = or_(StoredEvent.received_at > Meeting.settled_at, StoredEvent.received_at > again)
    query = select(Meeting).where(
        Meeting.organisation_id == actor.organisation_id,
        Meeting.state == MeetingState.PUBLISHED,
        Meeting.ends_at <= ended,
        Meeting.ends_at > since,
        or_(Meeting.settled_at.is_(None), exists().where(of_it, is_new)),
    )
    return (await db.scalars(query.order_by(Meeting.id))).all()


async def not_noted(db: Db, actor: Actor, *, ended: datetime, since: datetime) -> Sequence[Meeting]:
    """Published meetings that ended in that time, of which somebody must note who came, and nobody did.

    No server tells who was in a room, outdoors, or rung; many tell nothing at all.
    """
    untold = exists().where(Offer.meeting_id == Meeting.id, Offer.way != Way.ONLINE)
    server = await db.scalar(
        select(JitsiServer)
        .join(Organisation, Organisation.server_id == JitsiServer.id)
        .where(Organisation.id == actor.organisation_id)
    )
    tells = (
        server is not None
        and server.kind is not ServerKind.PLAIN
        and Ability.EVENTS in server.abilities
    )
    listed = exists().where(Invitation.meeting_id == Meeting.id, Invitation.removed_at.is_(None))
    query = select(Meeting).where(
        Meeting.organisation_id == actor.organisation_id,
        Meeting.state == MeetingState.PUBLISHED,
        Meeting.ends_at <= ended,
        Meeting.ends_at > since,
        listed,
        untold if tells else true(),
        ~is_noted(Meeting.id),
    )
    return (await db.scalars(query.order_by(Meeting.id))).all()


async def forget_events(db: Db, *, of_ours: datetime, of_others: datetime) -> int:
    """Forget what happened, or was told, by then, and sooner what belongs to no meeting; count it."""
    rooms = (
        exists().where(Meeting.room_name == StoredEvent.room),
        exists().where(SideRoom.name == StoredEvent.room, SideRoom.use == SideRoomUse.TABLE),
    )
    nobodys: ColumnElement[bool] = StoredEvent.received_at <= of_others
    for each in rooms:
        nobodys &= ~each
    old = or_(StoredEvent.received_at <= of_ours, StoredEvent.at <= of_ours, nobodys)
    gone = delete(StoredEvent).where(old).returning(StoredEvent.key)
    return len((await db.scalars(gone)).all())
