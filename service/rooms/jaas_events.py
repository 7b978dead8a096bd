"""What JaaS tells by webhook (8x8's `webhooks-payload` and `webhooks-events`). No I/O.

Each event has a key, the same when it is told again; the order is not kept. A caller never "joins": the
line is told of instead. What people said, drew and voted is not for us, and is not read.
"""

import re
from typing import Final
from uuid import UUID

from scheduling.room_events import EventKind, RoomEvent
from service.rooms.bodies import Facts
from service.rooms.events import (
    OF_ROOMS,
    Told,
    Unknown,
    breakout_of,
    name_unless_known,
    room_name,
)

KINDS: Final = {
    "ROOM_CREATED": EventKind.CREATED,
    "ROOM_DESTROYED": EventKind.DESTROYED,
    "PARTICIPANT_JOINED": EventKind.JOINED,
    "PARTICIPANT_LEFT": EventKind.LEFT,
    "PARTICIPANT_JOINED_LOBBY": EventKind.LOBBY_JOINED,
    "PARTICIPANT_LEFT_LOBBY": EventKind.LOBBY_LEFT,
    "DIAL_IN_STARTED": EventKind.DIALLED_IN,
    "DIAL_IN_ENDED": EventKind.HUNG_UP,
    "DIAL_OUT_STARTED": EventKind.DIALLED_OUT,
    "DIAL_OUT_ENDED": EventKind.HUNG_UP,
    "SIP_CALL_IN_STARTED": EventKind.DIALLED_IN,
    "SIP_CALL_IN_ENDED": EventKind.HUNG_UP,
    "SIP_CALL_OUT_STARTED": EventKind.DIALLED_OUT,
    "SIP_CALL_OUT_ENDED": EventKind.HUNG_UP,
}
CALLS: Final = frozenset({EventKind.DIALLED_IN, EventKind.DIALLED_OUT})
_NUMBER = re.compile(r"\+[0-9]{5,15}|[0-9]{5,15}", re.ASCII)


def is_question(facts: Facts) -> bool:
    """Say whether a body asks how a room is to be (SETTINGS_PROVISIONING) instead of telling of one."""
    return "eventType" not in facts and "fqn" in facts


def room_asked_about(facts: Facts) -> str:
    """Give the name of the room that is asked about or told of, without the AppID before it."""
    return room_name(facts.needed("fqn").rpartition("/")[2])


def read_jaas(facts: Facts, server_id: UUID) -> Told:
    """Read one event."""
    name = facts.needed("eventType")
    kind = KINDS.get(name)
    if kind is None:
        return Unknown(name)
    data = facts.inner("data")
    person = data.known_by("id")
    return RoomEvent(
        key=f"{server_id.hex}:{facts.needed('idempotencyKey')}",
        kind=kind,
        room=room_asked_about(facts),
        at=facts.needed_instant("timestamp"),
        run=facts.known_by("sessionId"),
        occupant="" if kind in OF_ROOMS else _occupant(data),
        person=person,
        name=name_unless_known(person, data.text("nick" if name.startswith("SIP") else "name")),
        phone=_number(data.text("nick")) if kind in CALLS else "",
        is_moderator=data.flag("moderator"),
        reason=data.known_by("disconnectReason"),
        breakout=breakout_of(data, "isBreakout", "breakoutRoomId"),
    )


def _occupant(data: Facts) -> str:
    """Name a connection by its XMPP address, or by its name in the room where that is all there is."""
    address = data.known_by("participantJid").partition("/")[0]
    return address or data.known_by("participantId") or data.needed("participantJid")


def _number(nick: str) -> str:
    """Find the caller's number in "442079460000 (+442079460000)", with its "+" where there is one."""
    return max(_NUMBER.findall(nick), default="", key=lambda each: each.startswith("+"))
