"""Looking after a meeting's rooms: who may, who is in, and what people meet at the door."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accessibility.disclosure import Extent, Field, Reader, what
from scheduling.joining import GRACE, may_open_room
from scheduling.meeting import MeetingState
from scheduling.online import Ability
from scheduling.presence import Presence, presence_of
from scheduling.time import Slot
from scheduling.ways import Way
from service.actions.permissions import Permission, require
from service.actions.pins import dials, is_easy_to_type
from service.actions.seeing import is_their_own, may_see_names
from service.actor import Actor, Door
from service.errors import NotAllowed, NotFound, Refused
from service.rooms.reservations import can_ask
from service.rooms.server import Server
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import SEES_ALL, Meeting, replace_passcode
from service.storage.room_people import (
    Guest,
    guests_of,
    hosted_meeting,
    names_of_staff,
    told_of,
)

#: Begins what tokens call a host; an invitation's identifier has none (see `joining`).
HOST = "h"
_HEX = 32
#: A passcode is typed in the room, and is not what keeps strangers out alone: it need not be longer.
PASSCODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """A meeting with its tables for the phone and those who open its room; who looks may be one of them."""

    meeting: Meeting
    slot: Slot
    tables: Sequence[str]
    hosts: Mapping[UUID, str] = field(default_factory=dict)
    is_host: bool = False

    @property
    def rooms(self) -> Sequence[str]:
        """Name all its rooms, its own first."""
        return (self.meeting.room_name, *self.tables)


@dataclass(frozen=True, slots=True)
class WhoIsIn:
    """What is known of a meeting's rooms at one moment, and who people are by what tokens call them."""

    presence: Presence
    guests: Mapping[str, Guest]
    hosts: Mapping[str, str]


async def looked_after(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> LookedAfter:
    """Give a published meeting whose room the actor looks after: a coordinator, or one of its hosts.

    Hosts do until 14 days after, as long as they may see names; the system looks after all rooms.
    Raises NotFound or NotAllowed.
    """
    require(actor, Permission.LOOK_AFTER_ROOM)
    hosted = await hosted_meeting(db, actor, meeting_id)
    meeting, is_host = hosted.meeting, actor.person_id in hosted.hosts
    is_of_house = actor.door is Door.SYSTEM or actor.has(*SEES_ALL)
    if not (is_host or is_their_own(actor, meeting) or is_of_house):
        raise NotFound
    if meeting.state is not MeetingState.PUBLISHED or not (meeting.starts_at and meeting.ends_at):
        raise NotFound
    slot = Slot(meeting.starts_at, meeting.ends_at)
    as_host = what(Reader.FACILITATOR, Field.ATTENDANCE, now=now, slot=slot) is Extent.FULL
    sees_names = may_see_names(actor, meeting, now) or actor.door is Door.SYSTEM
    if not sees_names and not (is_host and as_host):
        raise NotAllowed
    return LookedAfter(meeting, slot, hosted.tables, hosted.hosts, is_host)


async def presence_in(db: Db, actor: Actor, room: LookedAfter, *, now: datetime) -> Presence:
    """Conclude from all that was told of a meeting's rooms; when they have closed nobody is there."""
    require(actor, Permission.LOOK_AFTER_ROOM)
    closes_at = room.slot.ends_at + GRACE
    return presence_of(
        await told_of(db, room.rooms),
        phone_rooms=room.tables,
        closed_at=closes_at if closes_at <= now else None,
    )


async def who_is_in(db: Db, actor: Actor, room: LookedAfter, *, now: datetime) -> WhoIsIn:
    """Say who is in a meeting's rooms, and who waits, with everybody's name: two queries.

    A third is asked if somebody opened the room who is none of its hosts any more.
    """
    require(actor, Permission.LOOK_AFTER_ROOM)
    presence = await presence_in(db, actor, room, now=now)
    there = {stay.person for stay in presence.stays} | {each.person for each in presence.waiting}
    hosts = {host: name for name in there if (host := host_in(name))}
    names = {id_: name for id_, name in room.hosts.items() if id_ in hosts}
    names |= await names_of_staff(db, actor, hosts.keys() - names.keys())
    guests = await guests_of(db, actor, room.meeting.id)
    return WhoIsIn(
        presence,
        {each.invitation_id.hex: each for each in guests},
        {hosts[id_]: name for id_, name in names.items()},
    )


async def ask_everyone_to_wait(
    db: Db, actor: Actor, meeting_id: UUID, server: Server | None, *, waits: bool, now: datetime
) -> None:
    """Let people wait until a host lets them in, or not, from the next time the room opens.

    Raises Refused "no-lobby" where the server has no lobby, "number-lets-in" where the room asks for digits:
    Jitsi lets whoever types them walk past the lobby.
    """
    require(actor, Permission.LOOK_AFTER_ROOM)
    room = await looked_after(db, actor, meeting_id, now=now)
    if waits and (server is None or not server.can(Ability.LOBBY)):
        raise Refused("no-lobby")
    if waits and passcode_of(room.meeting, server):
        raise Refused("number-lets-in")
    if room.meeting.waits_in_lobby != waits:
        room.meeting.waits_in_lobby = waits
        record(db, actor, "room.lobby", room.meeting, now=now, waits=waits)


async def ask_for_passcode(
    db: Db, actor: Actor, meeting_id: UUID, server: Server | None, *, asks: bool, now: datetime
) -> None:
    """Let the room ask everybody for digits made now, or for none, from the next time it opens.

    Once it may be open the digits stay: it goes on asking for them whatever is said here, and nobody must
    stand at the door without. Raises Refused "no-passcode" where the server cannot ask, "passcode-stays", or
    "number-lets-in" where everybody waits to be let in.
    """
    require(actor, Permission.LOOK_AFTER_ROOM)
    room = await looked_after(db, actor, meeting_id, now=now)
    if asks == bool(room.meeting.passcode):
        return
    if asks and not can_ask_in(room.meeting, server):
        raise Refused("no-passcode")
    if asks and waits_there(room.meeting, server):
        raise Refused("number-lets-in")
    if not asks and may_open_room(room.slot, now, is_host=True).is_open:
        raise Refused("passcode-stays")
    if await replace_passcode(db, room.meeting, new_passcode() if asks else ""):
        record(db, actor, "room.passcode", room.meeting, now=now, asks=asks)


def can_ask_in(meeting: Meeting, server: Server | None) -> bool:
    """Say whether the room of a meeting, with its offers, can ask everybody for a passcode there."""
    offers_phone = any(offer.way is Way.PHONE for offer in meeting.offers)
    is_dialled = dials(meeting, offers_phone=offers_phone)
    return server is not None and can_ask(server, is_dialled=is_dialled)


def waits_there(meeting: Meeting, server: Server | None) -> bool:
    """Say whether everybody waits to be let in there."""
    return meeting.waits_in_lobby and server is not None and server.can(Ability.LOBBY)


def passcode_of(meeting: Meeting, server: Server | None) -> str:
    """Give what the room asks everybody for there; "" if nothing."""
    return meeting.passcode if can_ask_in(meeting, server) else ""


def new_passcode() -> str:
    """Make digits that are easy to type, out of nowhere; they begin with no nought."""
    while True:
        passcode = str(
            secrets.randbelow(9 * 10 ** (PASSCODE_DIGITS - 1)) + 10 ** (PASSCODE_DIGITS - 1)
        )
        if is_easy_to_type(passcode):
            return passcode


def host_in(person: str) -> UUID | None:
    """Give the host that a token names so; None if it names no host."""
    if len(person) != _HEX + 1 or not person.startswith(HOST):
        return None
    try:
        return UUID(person[1:])
    except ValueError:
        return None
