"""Phone tables: rooms for people on the phone, who cannot be moved to break-outs, each with a named host.

A person's own PIN leads to their table. Whoever has none yet is given one as the list changes (a timer),
so that a dropped line leads back to the same table. Tables need a server of our own that takes calls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from scheduling.meeting import MeetingState
from scheduling.online import SideRoomUse
from scheduling.seating import seated
from scheduling.time import Slot
from service.actions.drafting import new_room_name
from service.actions.joining import host_link
from service.actions.opened_servers import Servers
from service.actions.permissions import Permission, may, require
from service.actions.pins import fresh_pins
from service.actions.planning import possible_hosts
from service.actions.seeing import is_their_own
from service.actor import Actor
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.joining import room_to_open
from service.storage.meetings import SEES_ALL, Meeting
from service.storage.phone_tables import meetings_to_seat, phone_joiners, table_by_id, tables_of
from service.storage.room_people import meeting_with_hosts
from service.storage.side_rooms import SideRoom

MOST_TABLES: Final = 12


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one meeting: who sits at each, who may host one (by name), and what one may do."""

    meeting: Meeting
    slot: Slot
    tables: Sequence[SideRoom]
    joiners: Sequence[Invitation]
    at: Mapping[UUID, UUID]
    may_host: Mapping[UUID, str]
    opens: frozenset[UUID]
    may_change: bool

    @property
    def can_be(self) -> bool:
        """Say whether a table can be dialled at all: the meeting is on our own server's line."""
        return self.meeting.room_pin is not None and not self.meeting.dial_pin


async def phone_tables(db: Db, actor: Actor, meeting_id: UUID) -> Tables:
    """Give the tables of a published meeting, to its hosts, theirs, and coordinators; else NotFound."""
    require(actor, Permission.LOOK_AFTER_ROOM)
    meeting, hosts = await meeting_with_hosts(db, actor, meeting_id)
    tables = await tables_of(db, actor, meeting_id)
    is_host, is_own = actor.person_id in hosts, is_their_own(actor, meeting)
    is_near = is_host or is_own or actor.has(*SEES_ALL)
    if not is_near and actor.person_id not in {each.host_id for each in tables}:
        raise NotFound
    is_on = meeting.state is MeetingState.PUBLISHED
    if not (is_on and meeting.starts_at and meeting.ends_at):
        raise NotFound
    joiners = await phone_joiners(db, actor, meeting_id)
    may_change = may(actor, Permission.PLAN_MEETINGS) and (is_own or actor.has(*SEES_ALL))
    staff = await possible_hosts(db, actor) if may_change else ()
    return Tables(
        meeting,
        Slot(meeting.starts_at, meeting.ends_at),
        tables,
        joiners,
        _places(joiners, tables),
        {each.id: each.chosen_name for each in staff},
        frozenset(each.id for each in tables if is_host or each.host_id == actor.person_id),
        may_change,
    )


async def add_table(
    db: Db, actor: Actor, meeting_id: UUID, title: str, host_id: UUID | None, *, now: datetime
) -> SideRoom:
    """Add a table with a host, and spread those who join by phone over all tables.

    Raises Invalid, or Refused "no-tables" where nobody can dial in.
    """
    found = await _changing(db, actor, meeting_id)
    if not found.can_be or len(found.tables) >= MOST_TABLES:
        raise Refused("no-tables" if not found.can_be else "enough-tables")
    if host_id not in found.may_host:
        raise Invalid({"host": "needed" if host_id is None else "not-a-choice"})
    (pin,) = await fresh_pins(db, 1)
    table = SideRoom(
        id=new_id(),
        organisation_id=actor.organisation_id,
        name=new_room_name(),
        use=SideRoomUse.TABLE,
        meeting_id=meeting_id,
        host_id=host_id,
        title=title or f"Phone table {len(found.tables) + 1}",
        pin=pin,
        created_at=now,
    )
    db.add(table)
    _seat(found.joiners, [*found.tables, table], spread=True)
    record(db, actor, "table.added", table, now=now, meeting_id=meeting_id)
    await db.flush()
    return table


async def remove_table(
    db: Db, actor: Actor, meeting_id: UUID, table_id: UUID, *, now: datetime
) -> None:
    """Take a table away; who sat there goes to the others, or into the room if there is none."""
    found = await _changing(db, actor, meeting_id)
    table = next((each for each in found.tables if each.id == table_id), None)
    if table is None:
        raise NotFound
    record(db, actor, "table.removed", table, now=now, meeting_id=meeting_id)
    _seat(found.joiners, [each for each in found.tables if each.id != table_id])
    await db.delete(table)
    await db.flush()


async def choose_tables(
    db: Db, actor: Actor, meeting_id: UUID, choices: Mapping[UUID, UUID], *, now: datetime
) -> None:
    """Put people (by invitation) at these tables; raises Invalid for a table that is not there."""
    found = await _changing(db, actor, meeting_id)
    there, changed = {each.id for each in found.tables}, 0
    for each in found.joiners:
        wanted = choices.get(each.id)
        if wanted is None or wanted == each.table_id:
            continue
        if wanted not in there:
            raise Invalid({f"table-{each.id}": "not-a-choice"})
        each.table_id = wanted
        changed += 1
    if changed:
        record(db, actor, "tables.chosen", found.meeting, now=now, people=changed)
    await db.flush()


async def open_table(
    db: Db,
    actor: Actor,
    servers: Servers,
    where: tuple[UUID, UUID],
    *,
    now: datetime,
) -> str:
    """Give the link by which a host goes to their table (of a meeting) as its moderator.

    Raises NotAllowed for all but the table's host and the meeting's, and Refused as `open_room` does.
    """
    require(actor, Permission.TAKE_PART)
    meeting_id, table_id = where
    table = await table_by_id(db, actor, meeting_id, table_id)
    room = await room_to_open(db, actor, meeting_id)
    if actor.person_id not in (table.host_id, *room.hosts):
        raise NotAllowed
    return await host_link(db, actor, servers, room, table.name, now=now)


async def seat_callers(db: Db, actor: Actor, *, now: datetime) -> int:
    """Give a table to those who join by phone and have none; counts the meetings."""
    require(actor, Permission.PLAN_MEETINGS)
    meetings = await meetings_to_seat(db, actor, now)
    for meeting_id in meetings:
        tables = await tables_of(db, actor, meeting_id)
        _seat(await phone_joiners(db, actor, meeting_id), tables)
    await db.flush()
    return len(meetings)


async def _changing(db: Db, actor: Actor, meeting_id: UUID) -> Tables:
    found = await phone_tables(db, actor, meeting_id)
    if not found.may_change:
        raise NotAllowed
    return found


def _seat(
    joiners: Sequence[Invitation], tables: Sequence[SideRoom], *, spread: bool = False
) -> None:
    """Give everybody a table; all anew if they are to be spread."""
    known = {each.id: None if spread else each.table_id for each in joiners}
    places = seated(known, [each.id for each in tables])
    for each in joiners:
        each.table_id = places.get(each.id)


def _places(joiners: Sequence[Invitation], tables: Sequence[SideRoom]) -> dict[UUID, UUID]:
    return seated({each.id: each.table_id for each in joiners}, [each.id for each in tables])
