"""Three ways in which a Jitsi server tells of its rooms, read into the same RoomEvent. No I/O.

JaaS webhooks are read in `jaas_events`, those of Prosody's event_sync in `prosody_events`, our own here.
Kept is only what presence needs: no e-mail, no picture, and a name only of people we cannot know.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from scheduling.room_events import EventKind, RoomEvent, Visit
from service.rooms.bodies import LONGEST, LONGEST_NAME, BadBody, Facts

#: What our own tokens call people: an invitation's id, or "h" and a person's (see `tokens`).
OUR_PEOPLE: Final = re.compile(r"h?[0-9a-f]{32}")
#: How many events one body of our own dialect may hold.
MOST_EVENTS: Final = 500
KINDS: Final = {each.value: each for each in EventKind}
#: What happens to a room; everything else happens to somebody.
OF_ROOMS: Final = frozenset({EventKind.CREATED, EventKind.DESTROYED})


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that presence does not need, or that nobody here has heard of: its name."""

    name: str


Told = RoomEvent | Unknown


def read_own(facts: Facts, server_id: UUID) -> list[Told]:
    """Read our own dialect: the fields of RoomEvent by name, one event, or several under "events".

    `event` is the kind ("joined"), `at` an instant; `room` is needed, and `occupant` where somebody comes
    or goes. `id` makes the same event known again; without one its other fields do.
    """
    if "events" not in facts:
        return [_own(facts, server_id)]
    listed = list(facts.each("events"))
    if len(listed) > MOST_EVENTS:
        raise BadBody("events", "too many")
    return [_own(each, server_id) for each in listed]


def _own(facts: Facts, server_id: UUID) -> Told:
    name = facts.needed("event")
    kind = KINDS.get(name)
    if kind is None:
        return Unknown(name)
    room, at = room_name(facts.needed("room")), facts.needed_instant("at")
    run, breakout = facts.known_by("run"), facts.known_by("breakout")
    occupant = facts.known_by("occupant") if kind in OF_ROOMS else facts.needed("occupant")
    own_id = facts.known_by("id")
    given = (own_id,) if own_id else (room, run, breakout, occupant, at.isoformat())
    person = facts.known_by("person")
    return RoomEvent(
        key=key_of(server_id, kind, *given),
        kind=kind,
        room=room,
        at=at,
        run=run,
        occupant=occupant,
        person=person,
        name=name_unless_known(person, facts.text("name")),
        phone=facts.known_by("phone"),
        is_moderator=facts.flag("moderator"),
        reason=facts.known_by("reason"),
        breakout=breakout,
        visits=tuple(
            visit_of(each, each.needed("occupant"), each.known_by("person"))
            for each in facts.each("visits")
        ),
    )


def visit_of(facts: Facts, occupant: str, person: str) -> Visit:
    """Read one line of who was ever in a room."""
    return Visit(
        occupant,
        facts.instant("joined_at"),
        facts.instant("left_at"),
        person,
        name_unless_known(person, facts.text("name")),
    )


def key_of(server_id: UUID, *parts: str) -> str:
    """Make the key of an event that came without one: the same for the same event told twice."""
    told = "\x1f".join(parts).encode()
    return f"{server_id.hex}:{hashlib.blake2b(told, digest_size=16).hexdigest()}"


def room_name(told: str) -> str:
    """Give a room's name alone, in small letters: without the tenant before it and the domain behind."""
    name = told.partition("@")[0]
    if name.startswith("["):
        name = name.partition("]")[2] or name
    return name.lower()[:LONGEST]


def name_unless_known(person: str, name: str) -> str:
    """Give the name somebody goes by, but not for people of ours, whose names we have."""
    return "" if OUR_PEOPLE.fullmatch(person) else name[:LONGEST_NAME].strip()


def breakout_of(facts: Facts, flag: str, room_id: str) -> str:
    """Name the break-out room something happened in; "breakout" if the server does not say which."""
    if not facts.flag(flag):
        return ""
    return facts.known_by(room_id).partition("@")[0] or "breakout"
