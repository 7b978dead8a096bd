"""Build the calendar file of one guest for one single meeting: request, cancellation, download.

The bytes follow from the `Invite` alone, so the same version always gives the same bytes. Every
choice of property is explained in the calendar research (icalendar, sections 0, a and c). What the
lines say is the caller's: no address, PIN or name is added here, and nobody else is ever listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from icalendar import Calendar, Event, vCalAddress, vUri

from scheduling.answers import Answer
from scheduling.errors import BrokenValue
from scheduling.ical.zones import LONDON, LONDON_RULE, offset_at, vtimezone
from scheduling.meeting import LONGEST_MINUTES
from scheduling.text import without_controls
from scheduling.time import WallTime, in_utc, resolve, zone_named
from scheduling.versions import Version

PRODUCT = "-//Manyways//Manyways//EN"


class Method(StrEnum):
    """What a calendar file asks of the program that reads it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class PartStat(StrEnum):
    """A guest's answer as calendar files write it."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"

    @classmethod
    def of(cls, answer: Answer) -> "PartStat":
        """Translate an answer; one who waits for a place is tentative."""
        return _PART_STATS[answer]


_PART_STATS = {
    Answer.UNANSWERED: PartStat.NEEDS_ACTION,
    Answer.YES: PartStat.ACCEPTED,
    Answer.MAYBE: PartStat.TENTATIVE,
    Answer.WAITING: PartStat.TENTATIVE,
    Answer.NO: PartStat.DECLINED,
}


# What would end an address early, or make two of one.
_SEVERAL = frozenset(',;<>"')


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and a mail address, as organiser or guest."""

    name: str
    mail: str

    def __post_init__(self) -> None:
        """Refuse an address with anything in it that could end it early."""
        local, at, domain = self.mail.rpartition("@")
        if not (local and at and domain) or _breaks_out(self.mail) or _SEVERAL & {*self.mail}:
            raise BrokenValue("not a mail address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """All that one guest's calendar file is made of.

    `organiser` and `attendee` may only be left out for a download, and then neither is written: so
    for a guest without mail. A blank `conference_label` leaves the CONFERENCE line out; else it
    names what `url` opens. `zone_rule` is the POSIX rule of the start's zone; London needs none.
    """

    uid: str
    version: Version
    created: datetime
    start: WallTime
    minutes: int
    zone_rule: str = ""
    summary: str
    description: tuple[str, ...] = ()
    location: str = ""
    url: str = ""
    conference_label: str = ""
    organiser: Mailbox | None = None
    attendee: Mailbox | None = None
    part_stat: PartStat = PartStat.NEEDS_ACTION
    is_private: bool = True

    def __post_init__(self) -> None:
        """Refuse what no program could read, and a zone whose rule is not given."""
        if not self.uid or _breaks_out(self.uid) or _breaks_out(self.url):
            raise BrokenValue("a UID or address is empty or holds more than one word")
        if not 0 < self.minutes <= LONGEST_MINUTES:
            raise BrokenValue(f"a meeting lasts from 1 to {LONGEST_MINUTES} minutes")
        if not self.zone_rule and self.start.zone != LONDON:
            raise BrokenValue(f"the rule of {self.start.zone} is missing")


def request(invite: Invite) -> bytes:
    """Make the file that invites a guest, or tells of a newer version of the same invitation."""
    _check_people(invite)
    return joined([event_block(invite)], zones=[zone_block(invite)], method=Method.REQUEST)


def cancel(invite: Invite) -> bytes:
    """Make the file that takes the meeting out of the guest's calendar again."""
    _check_people(invite)
    block = event_block(invite, is_cancelled=True)
    return joined([block], zones=[zone_block(invite)], method=Method.CANCEL)


def download(invite: Invite) -> bytes:
    """Make the file for a guest's page: the same event, but it asks nothing (no METHOD).

    With the guest's address it carries the organiser and that one attendee, so that a cancellation
    mailed later is matched (Gmail compares both); without one it carries neither.
    """
    return joined([event_block(invite)], zones=[zone_block(invite)])


def event_block(invite: Invite, *, is_cancelled: bool = False, is_free: bool = False) -> bytes:
    """Make the VEVENT alone, to be kept and joined into files later.

    `is_free` leaves the time free for other things, as feeds do for what nobody has said yes to.
    """
    event = Event()
    _add_version(event, invite)
    _add_times(event, invite)
    _add_words(event, invite)
    _add_people(event, invite)
    event.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if is_free else "OPAQUE")
    event.add("CLASS", "PRIVATE" if invite.is_private else "PUBLIC")
    event.add("X-MICROSOFT-DONOTFORWARDMEETING", "TRUE")
    event.add("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
    return bytes(event.to_ical(sorted=False))


def zone_block(invite: Invite) -> bytes:
    """Make the VTIMEZONE that the invitation's times refer to; nothing if they are in UTC."""
    if not _is_told_by_rule(invite):
        return b""
    return zone_bytes(invite.start.zone, invite.zone_rule or LONDON_RULE)


def joined(
    events: Iterable[bytes], *, zones: Iterable[bytes], method: Method | None = None
) -> bytes:
    """Join blocks that were made before into one file, each zone once."""
    head, end = _envelope(method)
    return b"".join((head, *dict.fromkeys(zones), *events, end))


@lru_cache(maxsize=64)
def zone_bytes(zone: str, rule: str) -> bytes:
    """Make the VTIMEZONE of a zone from its POSIX rule."""
    return bytes(vtimezone(zone, rule).to_ical(sorted=False))


@lru_cache
def _envelope(method: Method | None) -> tuple[bytes, bytes]:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    if method is not None:
        calendar.add("METHOD", method.value)
    whole = bytes(calendar.to_ical(sorted=False))
    end = b"END:VCALENDAR\r\n"
    return whole.removesuffix(end), end


def _check_people(invite: Invite) -> None:
    if invite.organiser is None or invite.attendee is None:
        raise BrokenValue("a message needs whom it is from and the guest it is for")


def _add_version(event: Event, invite: Invite) -> None:
    event.add("UID", invite.uid)
    event.add("SEQUENCE", invite.version.sequence)
    event.add("DTSTAMP", invite.version.stamp)
    event.add("CREATED", in_utc(invite.created))
    event.add("LAST-MODIFIED", invite.version.stamp)


def _add_times(event: Event, invite: Invite) -> None:
    starts_at = resolve(invite.start)
    ends_at = starts_at + timedelta(minutes=invite.minutes)
    zone = zone_named(invite.start.zone) if _is_told_by_rule(invite) else UTC
    event.add("DTSTART", starts_at.astimezone(zone))
    event.add("DTEND", ends_at.astimezone(zone))


def _is_told_by_rule(invite: Invite) -> bool:
    """Say whether wall-clock times would be read as meant, by the rule that goes with them.

    If not (the end comes twice on the wall, or the zone does not keep its rule that year), both
    times are written in UTC and no zone is: safe for a single meeting (icalendar, section c).
    """
    zone, starts_at = zone_named(invite.start.zone), resolve(invite.start)
    ends = (starts_at + timedelta(minutes=invite.minutes)).astimezone(zone)
    rule = invite.zone_rule or LONDON_RULE
    both = (starts_at.astimezone(zone), ends)
    return not ends.fold and all(time.utcoffset() == offset_at(rule, time) for time in both)


def _add_words(event: Event, invite: Invite) -> None:
    event.add("SUMMARY", without_controls(invite.summary))
    if invite.description:
        event.add("DESCRIPTION", "\n".join(map(without_controls, invite.description)))
    if invite.location:
        event.add("LOCATION", without_controls(invite.location))
    if invite.url:
        event.add("URL", invite.url)
    if invite.url and invite.conference_label:
        label = _parameter(invite.conference_label)
        params = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": label}
        event.add("CONFERENCE", vUri(invite.url, params=params))


def _add_people(event: Event, invite: Invite) -> None:
    if invite.organiser is None or invite.attendee is None:
        return
    event.add("ORGANIZER", _address(invite.organiser, {}))
    role = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT"}
    answer = {"PARTSTAT": invite.part_stat.value, "RSVP": "TRUE"}
    event.add("ATTENDEE", _address(invite.attendee, role | answer))


def _address(who: Mailbox, params: dict[str, str]) -> vCalAddress:
    name = _parameter(who.name)
    return vCalAddress(f"mailto:{who.mail}", params=params | ({"CN": name} if name else {}))


def _parameter(text: str) -> str:
    """Leave out what RFC 6868 would escape: programs that do not know it show the escape."""
    return without_controls(text).replace('"', "").replace("^", "").strip()


def _breaks_out(text: str) -> bool:
    return text != without_controls(text) or any(char.isspace() for char in text)
