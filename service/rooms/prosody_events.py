"""What event_sync, a Prosody module, tells of rooms (jitsi-contrib/prosody-plugins). No I/O.

It gives no key and keeps no order. Occupants are new for every connection; who came without a token has
neither name nor id, and the same holds for callers.
"""

from typing import Final
from uuid import UUID

from scheduling.room_events import EventKind, RoomEvent
from service.rooms.bodies import Facts
from service.rooms.events import (
    Told,
    Unknown,
    breakout_of,
    key_of,
    name_unless_known,
    room_name,
    visit_of,
)

KINDS: Final = {
    "muc-room-created": EventKind.CREATED,
    "muc-room-destroyed": EventKind.DESTROYED,
    "muc-occupant-joined": EventKind.JOINED,
    "muc-occupant-left": EventKind.LEFT,
}
#: What token_affiliation calls moderators (`mod_token_affiliation.lua`).
MODERATORS: Final = frozenset({"owner", "moderator", "teacher"})


def read_prosody(facts: Facts, server_id: UUID, told_at: str) -> Told:
    """Read one event; `told_at` is the end of the address ("room/created"), for bodies that do not say."""
    name = facts.text("event_name") or f"muc-{told_at.replace('/', '-')}"
    kind = KINDS.get(name)
    match kind:
        case None:
            return Unknown(name)
        case EventKind.CREATED | EventKind.DESTROYED:
            return _of_room(facts, server_id, kind)
        case _:
            return _of_occupant(facts, server_id, kind)


def _of_room(facts: Facts, server_id: UUID, kind: EventKind) -> RoomEvent:
    address, room, breakout = _where(facts)
    created_at = facts.needed_instant("created_at")
    is_end = kind is EventKind.DESTROYED
    return RoomEvent(
        key=key_of(server_id, kind, address, breakout, created_at.isoformat()),
        kind=kind,
        room=room,
        at=facts.needed_instant("destroyed_at") if is_end else created_at,
        run=f"{created_at:%Y%m%dT%H%M%SZ}",
        breakout=breakout,
        visits=tuple(
            visit_of(each, each.needed("occupant_jid"), each.known_by("id"))
            for each in facts.each("all_occupants")
        ),
    )


def _of_occupant(facts: Facts, server_id: UUID, kind: EventKind) -> RoomEvent:
    address, room, breakout = _where(facts)
    who = facts.inner("occupant")
    occupant, person = who.needed("occupant_jid"), who.known_by("id")
    at = who.needed_instant("joined_at" if kind is EventKind.JOINED else "left_at")
    return RoomEvent(
        key=key_of(server_id, kind, address, breakout, occupant, at.isoformat()),
        kind=kind,
        room=room,
        at=at,
        occupant=occupant,
        person=person,
        name=name_unless_known(person, who.text("name")),
        is_moderator=who.flag("moderator") or who.text("affiliation").lower() in MODERATORS,
        breakout=breakout,
    )


def _where(facts: Facts) -> tuple[str, str, str]:
    """Give the main room's whole address and its name, and the break-out room that is meant."""
    name = facts.known_by("room_name")
    address = facts.known_by("room_jid") or name or facts.needed("room_name")
    breakout = breakout_of(facts, "is_breakout", "breakout_room_id")
    return address, room_name(name or address), breakout
