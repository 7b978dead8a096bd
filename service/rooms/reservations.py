"""May this room open now? What Prosody asks before the first person is let in, and what we answer.

No I/O: a form comes in, a booking or a refusal goes out; words for people are made from the refusal's
code elsewhere. What Prosody takes is in `mod_reservations.lua` of jitsi-meet: all five fields, the name
byte for byte as it was asked, an id that may stand in a path as it is. It never looks whether a booking
has begun, and remembers a refusal for 30 to 90 seconds; so rooms open a little before anyone may press.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from scheduling.joining import JoinPhase, may_join, may_open_room
from scheduling.online import Ability, ForeignRooms, ServerKind
from scheduling.time import Slot
from service.rooms.server import Server

#: A form holds a room and who asks for it, each of which XMPP lets be 1023 bytes; escaped, thrice that.
MOST_BYTES = 16 * 1024
MOST_FIELDS = 20
LONGEST_NAME = 1023
#: "[tenant]room": what stands before the room in the address, as Prosody writes it.
NAMED = re.compile(r"(?:\[([^\[\]]+)\])?(.+)", re.DOTALL)
#: Whom Prosody keeps as the owner and never asks: nobody's address goes out.
NOBODY = "nobody@invalid"
#: How long a room stays open that is not ours, and was let be; and one to practise in, at the most.
A_DAY = timedelta(days=1)
#: Who may come in beside those with seats: lead, second, who minds the screen, and one who stands in.
HOSTS = 4
#: Everyone may be there twice: on a second device, or while a dropped line is still being noticed.
DEVICES = 2
#: For what has no limit. Left out, Prosody's own limit would hold, and could shut invited people out.
NO_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A room somebody wants to open: its `name` as it came, taken apart into tenant and room."""

    name: str
    tenant: str
    room: str

    @property
    def can_open(self) -> bool:
        """Say whether any answer opens it: Prosody compares with our name in small letters (`A-Z`)."""
        return not re.search(r"[A-Z]", self.name)


@dataclass(frozen=True, slots=True)
class Room:
    """A room of ours, as far as it matters here.

    `is_here`: its organisation uses this server, and people have been told of it. `slot` is its meeting's;
    a room to practise in has `closes_at` instead. `seats` is how many may hold a seat, None: no limit.
    `passcode` is what everybody is to be asked for; `is_dialled` says that people dial in.
    """

    is_here: bool
    is_cancelled: bool = False
    slot: Slot | None = None
    closes_at: datetime | None = None
    waits_in_lobby: bool = False
    passcode: str = field(default="", repr=False)
    is_dialled: bool = False
    seats: int | None = None
    zone: str = "Europe/London"
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """Yes: this room, from an instant, for so long."""

    id: str
    name: str
    starts_at: datetime
    duration: timedelta
    max_occupants: int | None = None
    has_lobby: bool = False
    passcode: str = field(default="", repr=False)

    def facts(self) -> dict[str, object]:
        """Write it as Prosody reads it; what is not wanted is left out, as a wrong type spoils all."""
        facts: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "mail_owner": NOBODY,
            "duration": int(self.duration.total_seconds()),
            "start_time": f"{self.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        }
        if self.max_occupants is not None:
            facts["max_occupants"] = self.max_occupants
        if self.has_lobby:
            facts["lobby"] = True
        if self.passcode:
            facts["password"] = self.passcode
        return facts


class Reason(StrEnum):
    """Why a room does not open; each has a sentence for the person who wanted in."""

    UNKNOWN = "shut-unknown"
    EARLY = "shut-early"
    OVER = "shut-over"
    CANCELLED = "shut-cancelled"
    PRACTICE_OVER = "shut-practice-over"


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and why. `opens_at` is when people may come in; `phone` is who can help."""

    reason: Reason
    opens_at: datetime | None = None
    zone: str = ""
    phone: str = ""


def read_asked(body: bytes) -> Asked | None:
    """Read the form of a request; None for one without a name (a slash in it), or that cannot be read."""
    try:
        text = body.decode()
        fields = parse_qsl(text, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    names = {value for field, value in fields if field == "name"}
    return name_asked(names.pop()) if len(names) == 1 else None


def name_asked(name: str) -> Asked | None:
    """Take a room's name apart; None for what is no name in XMPP."""
    parts = NAMED.fullmatch(name)
    if parts is None or len(name.encode()) > LONGEST_NAME or not name.isprintable():
        return None
    return Asked(name, parts[1] or "", parts[2])


def decide(server: Server, asked: Asked, room: Room | None, now: datetime) -> Booking | Refusal:
    """Say whether a room may open now; `room` is what we know by its name, None if it is none of ours.

    A name of ours under another tenant is another room: it never opens, as its people would be taken
    for the meeting's.
    """
    if not asked.can_open:
        return Refusal(Reason.UNKNOWN)
    if room is None:
        return _foreign(server, asked, now)
    if not room.is_here or server.is_retired or asked.tenant != tenant_of(server):
        return Refusal(Reason.UNKNOWN)
    if room.is_cancelled:
        return Refusal(Reason.CANCELLED, phone=room.phone)
    if room.closes_at is not None:
        return _practice(asked, room, room.closes_at, now)
    return _meeting(server, asked, room, now)


def tenant_of(server: Server) -> str:
    """Give the tenant all rooms of a server are under: the path of its address (`uri.ts`, nginx)."""
    return urlsplit(server.url).path.strip("/").lower()


def asked_for(server: Server, room: str) -> Asked:
    """Name a room of ours as Prosody does, which puts the tenant before it."""
    tenant = tenant_of(server)
    return Asked(f"[{tenant}]{room}" if tenant else room, tenant, room)


def can_ask(server: Server, *, is_dialled: bool) -> bool:
    """Say whether a room of this server can ask everybody for a passcode.

    Not where people dial in at 8x8, whose menu would ask them too: callers are told of no passcode. Our own
    mapper hands it to the voice menu. Nor where everybody waits: whoever types it walks past the lobby.
    """
    return server.can(Ability.PASSCODE) and not (server.kind is ServerKind.JAAS and is_dialled)


def most_inside(seats: int | None) -> int:
    """Say how many connections a room takes, so that nobody with a seat, and no host, is ever shut out.

    Those who join by other ways count as well: they may look in from the hall, or change their mind.
    """
    return NO_LIMIT if seats is None else DEVICES * (seats + HOSTS)


def _foreign(server: Server, asked: Asked, now: datetime) -> Booking | Refusal:
    if server.foreign_rooms is ForeignRooms.REFUSE or server.is_retired:
        return Refusal(Reason.UNKNOWN)
    # The id goes into a path as it is, so it cannot be the name.
    mark = hashlib.sha256(asked.name.encode()).hexdigest()[:32]
    return Booking(f"other-{mark}", asked.name, now.replace(microsecond=0), A_DAY)


def _practice(asked: Asked, room: Room, closes_at: datetime, now: datetime) -> Booking | Refusal:
    if now >= closes_at:
        return Refusal(Reason.PRACTICE_OVER, phone=room.phone)
    return _booking(asked, closes_at - A_DAY, closes_at)


def _meeting(server: Server, asked: Asked, room: Room, now: datetime) -> Booking | Refusal:
    if room.slot is None:
        return Refusal(Reason.UNKNOWN)
    # We are not told who asks: it may be a host.
    time = may_open_room(room.slot, now, is_host=True)
    match time.phase:
        case JoinPhase.EARLY:
            # Their page shows the button from then on; the room may open a little before.
            opens_at = may_join(room.slot, now).opens_at
            return Refusal(Reason.EARLY, opens_at=opens_at, zone=room.zone, phone=room.phone)
        case JoinPhase.OVER:
            return Refusal(Reason.OVER, phone=room.phone)
        case JoinPhase.OPEN:
            most = most_inside(room.seats) if server.can(Ability.MAX_OCCUPANTS) else None
            lobby = room.waits_in_lobby and server.can(Ability.LOBBY)
            asks = can_ask(server, is_dialled=room.is_dialled) and not lobby
            passcode = room.passcode if asks else ""
            booking = _booking(asked, time.opens_at, time.closes_at)
            return replace(booking, max_occupants=most, has_lobby=lobby, passcode=passcode)


def _booking(asked: Asked, opens_at: datetime, closes_at: datetime) -> Booking:
    """Book until the true end, from an instant that is the same whenever it is asked."""
    starts_at = opens_at.replace(microsecond=0)
    seconds = -((starts_at - closes_at) // timedelta(seconds=1))
    return Booking(asked.room, asked.name, starts_at, timedelta(seconds=seconds))
