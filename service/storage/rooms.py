"""Which room a name is, by one quick look: a meeting's own, a table for the phone, or one to practise in."""

import asyncio
import re
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from scheduling.meeting import MeetingState
from scheduling.time import Slot
from service.errors import Busy
from service.storage.hot import BROKEN, Hot, Query

#: How long whoever asks about a room is kept waiting for the database.
WAIT_SECONDS = 2.0
#: Every name we give. Nothing else is looked for: not what is absurdly long, nor what no text may hold.
OUR_NAMES = re.compile(r"[a-z0-9-]{1,120}")


class RoomUse(StrEnum):
    """What a room is for. The last two are the values of SideRoomUse."""

    MEETING = "meeting"
    TABLE = "table"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room as it is stored now, with what decides who may be in it.

    `id` is the meeting's, or the side room's. `server_id` with `server_version` is where its organisation's
    rooms are now, None and 0 if nowhere. `meeting_id`, `state`, `is_held` and `slot` are the meeting's, also
    for a table; `slot` is None for a draft without a time. `closes_at` is when a room to practise in closes.
    `invitation_id` is whose room that is, and `is_removed` that they were taken off the list; `host_id` is a
    table's host.

    `passcode` is what the room asks everybody for, "" if nothing: never a table's, nor one's to practise in.
    `is_dialled` says that people dial in to the meeting.

    `seats` is how many may hold a seat by any way, those who come with them counted, and `online_places` how
    many online; None: no limit. `is_online` says that somebody can come online or by phone.
    """

    use: RoomUse
    id: UUID
    organisation_id: UUID
    server_id: UUID | None
    server_version: int
    meeting_id: UUID | None
    state: MeetingState | None
    is_held: bool
    slot: Slot | None
    closes_at: datetime | None
    waits_in_lobby: bool
    pin: str | None
    passcode: str = field(repr=False)
    invitation_id: UUID | None
    is_removed: bool
    host_id: UUID | None
    zone: str
    help_phone: str
    is_online: bool
    is_dialled: bool
    online_places: int | None
    seats: int | None


_OF_THE_MEETING = """
    meetings.id AS meeting_id, meetings.state AS state, meetings.is_held AS is_held,
    meetings.starts_at AS starts_at, meetings.ends_at AS ends_at,
    COALESCE(meetings.zone, organisations.zone) AS zone,
    COALESCE(NULLIF(meetings.help_phone, ''), organisations.contact_phone) AS help_phone,
    EXISTS (SELECT 1 FROM offers WHERE offers.meeting_id = meetings.id
        AND offers.way IN ('online', 'phone')) AS is_online,
    meetings.phone_joining = 'dial' AND EXISTS (SELECT 1 FROM offers
        WHERE offers.meeting_id = meetings.id AND offers.way = 'phone') AS is_dialled,
    (SELECT offers.places FROM offers WHERE offers.meeting_id = meetings.id
        AND offers.way = 'online') AS online_places,
    (SELECT CASE WHEN COUNT(*) = COUNT(offers.seats) THEN SUM(offers.seats) END FROM offers
        WHERE offers.meeting_id = meetings.id) AS seats
"""
_SERVED = """
    JOIN organisations ON organisations.id = {room}.organisation_id
    LEFT JOIN jitsi_servers ON jitsi_servers.id = organisations.server_id
"""
#: By the room's name, in small letters and without a tenant. Ask by `find_room`, which reads the row.
ROOM_BY_NAME = Query(
    f"""
SELECT 'meeting' AS used_for, meetings.id AS id, meetings.organisation_id AS organisation_id,
    organisations.server_id AS server_id, jitsi_servers.version AS server_version,
    NULL AS closes_at, meetings.waits_in_lobby AS waits_in_lobby, meetings.room_pin AS pin,
    meetings.passcode AS passcode, NULL AS invitation_id, FALSE AS is_removed, NULL AS host_id,
    {_OF_THE_MEETING}
FROM meetings {_SERVED.format(room="meetings")} WHERE meetings.room_name = $1
UNION ALL
SELECT side_rooms.use, side_rooms.id, side_rooms.organisation_id,
    organisations.server_id, jitsi_servers.version,
    side_rooms.closes_at, FALSE, side_rooms.pin,
    '', side_rooms.invitation_id, invitations.removed_at IS NOT NULL, side_rooms.host_id, {_OF_THE_MEETING}
FROM side_rooms {_SERVED.format(room="side_rooms")}
    LEFT JOIN invitations ON invitations.id = side_rooms.invitation_id
    LEFT JOIN meetings ON meetings.id = side_rooms.meeting_id
WHERE side_rooms.name = $1
"""  # noqa: S608 - put together from constants alone
)


async def find_room(hot: Hot, name: str) -> RoomRow | None:
    """Give the room of this name, None if it is none of ours; raises Busy if the database is away."""
    if not OUR_NAMES.fullmatch(name):
        return None
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            row = await hot.row(ROOM_BY_NAME, name)
    except (*BROKEN, sqlite3.OperationalError) as error:
        raise Busy from error
    return None if row is None else _room(row)


def _room(row: tuple[Any, ...]) -> RoomRow:
    """Read a row, whose values are as the driver gives them."""
    use, room_id, organisation_id, server_id, version, closes_at, waits, pin, passcode, *rest = row
    invitation_id, is_removed, host_id, meeting_id, state, is_held, starts_at, ends_at, *rest = rest
    zone, help_phone, is_online, is_dialled, online_places, seats = rest
    return RoomRow(
        use=RoomUse(use),
        id=UUID(str(room_id)),
        organisation_id=UUID(str(organisation_id)),
        server_id=_id(server_id),
        server_version=version or 0,
        meeting_id=_id(meeting_id),
        state=None if state is None else MeetingState(state),
        is_held=bool(is_held),
        slot=_slot(starts_at, ends_at),
        closes_at=_instant(closes_at),
        waits_in_lobby=bool(waits),
        pin=pin,
        passcode=passcode,
        invitation_id=_id(invitation_id),
        is_removed=bool(is_removed),
        host_id=_id(host_id),
        zone=zone,
        help_phone=help_phone,
        is_online=bool(is_online),
        is_dialled=bool(is_dialled),
        online_places=online_places,
        seats=None if seats is None else int(seats),
    )


def _id(value: object) -> UUID | None:
    return None if value is None else UUID(str(value))


def _slot(starts_at: object, ends_at: object) -> Slot | None:
    start, end = _instant(starts_at), _instant(ends_at)
    return Slot(start, end) if start is not None and end is not None else None


def _instant(value: object) -> datetime | None:
    """Read an instant: SQLite gives text that says no zone, and means UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value if isinstance(value, datetime) else None
