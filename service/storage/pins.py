"""Who and what a PIN is for, by one quick look: a person's own, a meeting's, or that of a phone table."""

import asyncio
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, union_all

from service.errors import Busy
from service.storage.base import Db
from service.storage.hot import BROKEN, Hot, Query
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.rooms import WAIT_SECONDS
from service.storage.side_rooms import SideRoom

#: So many PINs are looked up in one statement.
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class PinRow:
    """The room a PIN leads to, by its name; with whose PIN it is, if it is one person's own."""

    room: str
    invitation_id: UUID | None


#: A person who joins by phone is led to their table, or to the first if they have none yet; others come
#: into the room of the meeting, and so does everybody where there is no table.
ROOM_BY_PIN = Query(
    """
SELECT CASE WHEN invitations.way = 'phone' THEN COALESCE(
        (SELECT own.name FROM side_rooms AS own WHERE own.id = invitations.table_id
            AND own.meeting_id = meetings.id AND own.use = 'table'),
        (SELECT any_table.name FROM side_rooms AS any_table
            WHERE any_table.meeting_id = meetings.id AND any_table.use = 'table'
            ORDER BY any_table.id LIMIT 1),
        meetings.room_name) ELSE meetings.room_name END AS room,
    invitations.id AS invitation_id
FROM invitations JOIN meetings ON meetings.id = invitations.meeting_id
    JOIN people ON people.id = invitations.person_id
WHERE invitations.dial_pin = $1 AND invitations.removed_at IS NULL AND people.left_at IS NULL
UNION ALL
SELECT meetings.room_name, NULL FROM meetings WHERE meetings.room_pin = $1
UNION ALL
SELECT side_rooms.name, NULL FROM side_rooms WHERE side_rooms.pin = $1
"""
)


async def find_pin(hot: Hot, pin: str) -> PinRow | None:
    """Give what a PIN is for, None if it is nobody's; raises Busy if the database is away."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            row = await hot.row(ROOM_BY_PIN, pin)
    except (*BROKEN, sqlite3.OperationalError) as error:
        raise Busy from error
    if row is None:
        return None
    room, invitation_id = row
    return PinRow(room, None if invitation_id is None else UUID(str(invitation_id)))


async def pins_taken(db: Db, pins: Collection[str]) -> set[str]:
    """Tell which of these PINs are somebody's, a meeting's or a table's already."""
    taken: set[str] = set()
    wanted: Sequence[str] = list(pins)
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        query = union_all(
            select(Invitation.dial_pin).where(Invitation.dial_pin.in_(some)),
            select(Meeting.room_pin).where(Meeting.room_pin.in_(some)),
            select(SideRoom.pin).where(SideRoom.pin.in_(some)),
        )
        taken.update(pin for (pin,) in await db.execute(query) if pin)
    return taken
