"""From rows to the values the rules work on: a meeting as Details and as a Plan, an invitation as a Guest.

The template of a series is planned as one meeting is, and so gives the same values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.meeting import DialIn, Host, MeetingState, Place, Plan
from scheduling.notices import Guest
from scheduling.online import ServerKind
from scheduling.time import WallTime
from scheduling.ways import EASE, Way, WayOffer
from service.errors import Refused
from service.storage import people, places
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.phone_lines import PhoneLine
from service.storage.planned import PhoneJoining
from service.storage.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All that can be planned or changed about one meeting. Texts have passed the boundary filter.

    `limits` maps each way offered to its limit (None: no limit). For a series `starts_local` is its first
    date, and there is no PIN: every date has its own.
    """

    starts_local: datetime | None
    minutes: int
    limits: Mapping[Way, int | None]
    place_id: UUID | None
    outdoor_place_id: UUID | None
    no_remote_reason: str
    phone_joining: PhoneJoining
    dial_number: str
    dial_pin: str
    lead_id: UUID | None
    second_id: UUID | None
    help_phone: str
    neutral_title: str
    real_title: str
    about: str
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """The rows that details name: where a meeting is, and who runs it.

    `line` is what people can dial in to at the organisation's server; looked up only where they dial.
    """

    place: places.Place | None
    outdoor_place: places.Place | None
    lead: people.Person | None
    second: people.Person | None
    line: PhoneLine | None = None


def dials(details: Details) -> bool:
    """Say whether people dial a number to join by phone."""
    return Way.PHONE in details.limits and details.phone_joining is PhoneJoining.DIAL


def details_of(meeting: Meeting | Series) -> Details:
    """Give what is planned of a meeting (its offers loaded), or of each date of a series."""
    return Details(
        starts_local=meeting.starts_local,
        minutes=meeting.minutes,
        limits=_limits(meeting),
        place_id=meeting.place_id,
        outdoor_place_id=meeting.outdoor_place_id,
        no_remote_reason=meeting.no_remote_reason,
        phone_joining=meeting.phone_joining,
        dial_number=meeting.dial_number,
        dial_pin=meeting.dial_pin if isinstance(meeting, Meeting) else "",
        lead_id=meeting.lead_id,
        second_id=meeting.second_id,
        help_phone=meeting.help_phone,
        neutral_title=meeting.neutral_title,
        real_title=meeting.real_title,
        about=meeting.about,
        is_public=meeting.is_public,
    )


def around_of(meeting: Meeting | Series) -> Around:
    """Give the places and hosts of a meeting or series (loaded whole), and its line if it is known."""
    line = _line(meeting) if isinstance(meeting, Meeting) else None
    return Around(meeting.place, meeting.outdoor_place, meeting.lead, meeting.second, line)


def plan_of(meeting: Meeting) -> Plan:
    """Give a meeting (loaded whole) as a plan; raises Refused if it has no time yet."""
    return planned(meeting, details_of(meeting), around_of(meeting))


def planned(meeting: Meeting | Series, details: Details, around: Around) -> Plan:
    """Give a meeting as the plan it would be with these details; raises Refused if they have no time."""
    if details.starts_local is None:
        raise Refused("no-time", field="date")
    taken: dict[Way, int] = {}
    state = MeetingState.DRAFT
    if isinstance(meeting, Meeting):
        taken = {offer.way: offer.taken for offer in meeting.offers}
        state = meeting.state
    limits = details.limits.items()
    return Plan(
        state=state,
        start=WallTime(details.starts_local, meeting.zone),
        minutes=details.minutes,
        neutral_title=details.neutral_title,
        real_title=details.real_title,
        is_open=meeting.is_open,
        offers=tuple(WayOffer(way, places, taken.get(way, 0)) for way, places in limits),
        room_place=_place(around.place),
        outdoor_place=_place(around.outdoor_place),
        lead=_host(around.lead),
        second=_host(around.second),
        needs_second=meeting.kind.needs_second,
        help_phone=details.help_phone,
        dial_in=_dial_in(details),
        no_remote_reason=details.no_remote_reason,
        note=details.about,
    )


def guest_of(invitation: Invitation) -> Guest:
    """Give an invitation as the guest that notices are about."""
    return Guest(invitation.id, invitation.way, invitation.answer)


def guests_of(invitations: Iterable[Invitation]) -> tuple[Guest, ...]:
    """Give invitations as guests, without those taken off the list."""
    return tuple(guest_of(each) for each in invitations if each.removed_at is None)


def _limits(meeting: Meeting | Series) -> dict[Way, int | None]:
    if isinstance(meeting, Meeting):
        return {offer.way: offer.places for offer in meeting.offers}
    return {way: meeting.limits[way] for way in EASE if way in meeting.limits}


def _place(place: places.Place | None) -> Place | None:
    return None if place is None else Place(place.name, place.address)


def _host(person: people.Person | None) -> Host | None:
    return None if person is None else Host(person.id, person.chosen_name)


def _line(meeting: Meeting) -> PhoneLine | None:
    """Tell by its row alone that a meeting has PINs of ours: at a server that takes calls."""
    if meeting.room_pin is None or meeting.dial_pin:
        return None
    return PhoneLine(ServerKind.HS256, (meeting.dial_number,))


def _dial_in(details: Details) -> DialIn | None:
    if details.phone_joining is PhoneJoining.RING or not details.dial_number.strip():
        return None
    return DialIn(details.dial_number, details.dial_pin)
