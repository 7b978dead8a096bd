"""Coming into online rooms: hosts open theirs, guests say how they like to come in, or practise."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from scheduling.joining import JoinPhase, may_join
from scheduling.meeting import MeetingState
from scheduling.online import JoinChoice, SideRoomUse
from scheduling.time import Slot
from service.actions.drafting import new_room_name
from service.actions.opened_servers import Servers
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import NotAllowed, NotFound, Refused
from service.identifiers import new_id
from service.rooms.jitsi import BadRoom, way_in
from service.rooms.tokens import Entrant
from service.storage.audit import record
from service.storage.base import Db
from service.storage.joining import RoomToOpen, remember_choices, room_to_open
from service.storage.people import Person, person_by_id
from service.storage.practice import drop_practice_rooms, own_practice_room
from service.storage.side_rooms import SideRoom

#: How long one may practise, and how much of it must be left to come back to the same room.
PRACTICE = timedelta(minutes=30)
WORTH_COMING_BACK = timedelta(minutes=10)
#: Rooms that closed are kept so long, as servers may still ask about them.
KEPT_AFTER = timedelta(hours=1)


def guest_id(invitation_id: UUID) -> str:
    """Name a guest in tokens, as room events name them again."""
    return invitation_id.hex


def host_id(person_id: UUID) -> str:
    """Name a host in tokens, as room events name them again."""
    return f"h{person_id.hex}"


def host_entrant(person: Person) -> Entrant:
    """Give somebody of the staff as a host of a room."""
    return Entrant(host_id(person.id), person.chosen_name, is_host=True)


async def open_room(
    db: Db, actor: Actor, servers: Servers, meeting_id: UUID, *, now: datetime
) -> str:
    """Give the link by which a host goes into the meeting's room as its moderator.

    Raises NotAllowed for all other staff, and Refused "opening-off", "opening-early", "opening-over" or
    "opening-none".
    Nothing is stored: opening the room again is the same as opening it.
    """
    require(actor, Permission.TAKE_PART)
    room = await room_to_open(db, actor, meeting_id)
    if actor.person_id not in room.hosts:
        raise NotAllowed
    return await host_link(db, actor, servers, room, room.meeting.room_name, now=now)


async def host_link(
    db: Db, actor: Actor, servers: Servers, room: RoomToOpen, name: str, *, now: datetime
) -> str:
    """Give the link into a room of this meeting for the actor as its moderator; refuses as `open_room` does.

    That the actor is a host of it was looked at before.
    """
    require(actor, Permission.TAKE_PART)
    meeting = room.meeting
    if actor.person_id is None:
        raise NotAllowed
    if meeting.state is not MeetingState.PUBLISHED or not (meeting.starts_at and meeting.ends_at):
        raise Refused("opening-off")
    time = may_join(Slot(meeting.starts_at, meeting.ends_at), now, is_host=True)
    if not time.is_open:
        raise Refused("opening-early" if time.phase is JoinPhase.EARLY else "opening-over")
    found = room.server_id and await servers.with_id(room.server_id, room.server_version)
    if not found:
        raise Refused("opening-none")
    host = host_entrant(await person_by_id(db, actor, actor.person_id))
    try:
        return way_in(found, name, host, ends_at=meeting.ends_at, now=now)
    except BadRoom as error:
        raise Refused("opening-none") from error


async def choose_how_to_join(
    db: Db, actor: Actor, choices: Collection[JoinChoice], *, now: datetime
) -> None:
    """Remember how a guest likes to come in."""
    require(actor, Permission.OWN_INVITATION)
    if actor.person_id is None:
        raise NotFound
    chosen = [choice for choice in JoinChoice if choice in choices]
    person = await person_by_id(db, actor, actor.person_id)
    await remember_choices(db, person.id, chosen)
    record(db, actor, "person.chose-how-to-join", person, now=now, chosen=" ".join(chosen))


async def practice_room(db: Db, actor: Actor, *, now: datetime) -> SideRoom:
    """Give the guest's own room to try things out in: the one they were in, or a new one."""
    require(actor, Permission.OWN_INVITATION)
    if actor.invitation_id is None:
        raise NotFound
    found = await own_practice_room(db, actor.invitation_id, open_at=now + WORTH_COMING_BACK)
    if found is not None:
        return found
    room = SideRoom(
        id=new_id(),
        organisation_id=actor.organisation_id,
        name=new_room_name(),
        use=SideRoomUse.PRACTICE,
        invitation_id=actor.invitation_id,
        closes_at=now + PRACTICE,
        created_at=now,
    )
    db.add(room)
    record(db, actor, "practice.begun", room, now=now, person_id=actor.person_id)
    return room


async def forget_practice(db: Db, actor: Actor, *, now: datetime) -> int:
    """Forget the rooms in which nobody practises any more; gives how many."""
    require(actor, Permission.OWN_INVITATION)
    return await drop_practice_rooms(db, actor.organisation_id, closed_before=now - KEPT_AFTER)
