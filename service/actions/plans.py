"""From rows to the values the rules work on: a meeting as a Plan, an invitation as a Guest."""

from collections.abc import Iterable

from scheduling.meeting import DialIn, Host, Place, Plan
from scheduling.notices import Guest
from scheduling.time import WallTime
from scheduling.ways import WayOffer
from service.errors import Refused
from service.storage import people, places
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, PhoneJoining


def plan_of(meeting: Meeting) -> Plan:
    """Give a meeting (loaded whole) as a plan; raises Refused if it has no time yet."""
    if meeting.starts_local is None:
        raise Refused("no-time", field="date")
    return Plan(
        state=meeting.state,
        start=WallTime(meeting.starts_local, meeting.zone),
        minutes=meeting.minutes,
        neutral_title=meeting.neutral_title,
        real_title=meeting.real_title,
        is_open=meeting.is_open,
        offers=tuple(WayOffer(offer.way, offer.places, offer.taken) for offer in meeting.offers),
        room_place=_place(meeting.place),
        outdoor_place=_place(meeting.outdoor_place),
        lead=_host(meeting.lead),
        second=_host(meeting.second),
        needs_second=meeting.kind.needs_second,
        help_phone=meeting.help_phone,
        dial_in=_dial_in(meeting),
        no_remote_reason=meeting.no_remote_reason,
        note=meeting.about,
    )


def guest_of(invitation: Invitation) -> Guest:
    """Give an invitation as the guest that notices are about."""
    return Guest(invitation.id, invitation.way, invitation.answer)


def guests_of(invitations: Iterable[Invitation]) -> tuple[Guest, ...]:
    """Give invitations as guests, without those taken off the list."""
    return tuple(guest_of(each) for each in invitations if each.removed_at is None)


def _place(place: places.Place | None) -> Place | None:
    return None if place is None else Place(place.name, place.address)


def _host(person: people.Person | None) -> Host | None:
    return None if person is None else Host(person.id, person.chosen_name)


def _dial_in(meeting: Meeting) -> DialIn | None:
    if meeting.phone_joining is PhoneJoining.RING or not meeting.dial_number.strip():
        return None
    return DialIn(meeting.dial_number, meeting.dial_pin)
