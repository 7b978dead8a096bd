"""What a Jitsi server told us of a room, whichever way it told it: one value for all three dialects.

How the dialects are read is for `service.rooms.events`; what follows from events for `presence`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What happened. The values are what the database keeps."""

    CREATED = "created"
    DESTROYED = "destroyed"
    JOINED = "joined"
    LEFT = "left"
    LOBBY_JOINED = "lobby_joined"
    LOBBY_LEFT = "lobby_left"
    DIALLED_IN = "dialled_in"
    DIALLED_OUT = "dialled_out"
    HUNG_UP = "hung_up"


@dataclass(frozen=True, slots=True)
class Visit:
    """One connection as a destroyed room tells of it; times are None where nothing was said."""

    occupant: str
    joined_at: datetime | None = None
    left_at: datetime | None = None
    person: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """One thing that happened in a room.

    `key` is the same for the same event told twice. `room` is the name alone, in small letters. `run` tells
    one use of the room from the next, as the server names it ("" if it does not). `occupant` is new for every
    connection; `person` is what our token called them ("" for who came without one). `reason` is why
    somebody left, as the server puts it. `visits` stands only in DESTROYED: everybody who was ever in.
    """

    key: str
    kind: EventKind
    room: str
    at: datetime
    run: str = ""
    occupant: str = ""
    person: str = ""
    name: str = ""
    phone: str = ""
    is_moderator: bool = False
    reason: str = ""
    breakout: str = ""
    visits: tuple[Visit, ...] = ()
