"""What one meeting may be planned as: checking its details, and writing them onto its row.

Drafts are kept in `drafting`, published meetings changed in `changing`; nobody is told anything here.
A problem names the field it is about, in the words of our forms, so that pages and programs agree.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from scheduling.recurrence import slot_of
from scheduling.time import DoubledTime, SkippedTime, WallTime, clock_words, resolve
from scheduling.ways import EASE, Way
from service.actions.plans import Around, Details, around_of, details_of, dials
from service.actor import Actor, Role
from service.errors import Invalid, Refused
from service.storage.base import Db
from service.storage.meetings import Meeting, Offer
from service.storage.people import Person
from service.storage.phone_lines import PhoneLine, line_of
from service.storage.places import Place, places_of
from service.storage.series import Series
from service.storage.staff import staff_with_role

LEAST_MINUTES, MOST_MINUTES = 5, 24 * 60
MOST_PLACES = 10_000
_NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{4,24}")
_PIN = re.compile(r"[0-9]{3,15}")


class Part(StrEnum):
    """One part of a plan: what one page asks for. The values stand in addresses."""

    KIND = "kind"
    TIME = "time"
    WAYS = "ways"
    HOSTS = "hosts"
    PEOPLE = "people"
    WORDS = "words"


async def possible_hosts(db: Db, actor: Actor) -> Sequence[Person]:
    """Everybody who may host here: facilitators and coordinators who can sign in, by name."""
    return await staff_with_role(db, actor.organisation_id, Role.FACILITATOR, Role.COORDINATOR)


async def around_named(db: Db, actor: Actor, meeting: Meeting | Series, details: Details) -> Around:
    """Find the places and hosts that details name; raises Invalid for what is not one of ours.

    What the meeting has already stays allowed, even if the place has closed or the host has left.
    """
    now_is = around_of(meeting)
    places: dict[UUID, Place] = {}
    if (details.place_id, details.outdoor_place_id) != (meeting.place_id, meeting.outdoor_place_id):
        places = {place.id: place for place in await places_of(db, actor)}
    hosts: dict[UUID, Person] = {}
    if (details.lead_id, details.second_id) != (meeting.lead_id, meeting.second_id):
        hosts = {person.id: person for person in await possible_hosts(db, actor)}
    places |= {each.id: each for each in (now_is.place, now_is.outdoor_place) if each}
    hosts |= {each.id: each for each in (now_is.lead, now_is.second) if each}
    _refuse_unknown(details, places, hosts)
    line = await line_of(db, actor.organisation_id) if dials(details) else None
    return Around(
        line=line,
        place=places[details.place_id] if details.place_id else None,
        outdoor_place=places[details.outdoor_place_id] if details.outdoor_place_id else None,
        lead=hosts[details.lead_id] if details.lead_id else None,
        second=hosts[details.second_id] if details.second_id else None,
    )


def _refuse_unknown(
    details: Details, places: Mapping[UUID, Place], hosts: Mapping[UUID, Person]
) -> None:
    named = {
        "place_id": (details.place_id, places),
        "outdoor_place_id": (details.outdoor_place_id, places),
        "lead_id": (details.lead_id, hosts),
        "second_id": (details.second_id, hosts),
    }
    wrong = {
        name: "not-a-choice" for name, (id_, known) in named.items() if id_ and id_ not in known
    }
    if wrong:
        raise Invalid(wrong)


def check_details(
    meeting: Meeting | Series, details: Details, around: Around, *, now: datetime
) -> None:
    """Refuse what can never be, in drafts too; raises Invalid or Refused.

    Only what differs from the meeting is looked at: an old fault of another page is no hindrance.
    """
    before = details_of(meeting)
    if (details.starts_local, details.minutes) != (before.starts_local, before.minutes):
        check_time(details, meeting.zone, now=now)
    if _ways_differ(before, details):
        check_limits(details, around)
        if wrong := check_phone(details, around.line, needs_pin=needs_pin(meeting)):
            raise Invalid(wrong)
    if details.lead_id and details.lead_id == details.second_id:
        raise Invalid({"second_id": "same-facilitator"})


def check_time(details: Details, zone: str, *, now: datetime) -> None:
    """Refuse a length nobody means, a time that never comes or comes twice, and the past."""
    if not LEAST_MINUTES <= details.minutes <= MOST_MINUTES:
        is_short = details.minutes < LEAST_MINUTES
        raise Invalid({"minutes": "too-small" if is_short else "too-big"})
    if details.starts_local is None:
        raise Refused("no-time", field="date")
    try:
        starts_at = resolve(WallTime(details.starts_local, zone))
    except SkippedTime as skipped:
        raise Refused("skipped-time", field="time", **_skipped_facts(skipped.proposal)) from skipped
    except DoubledTime as doubled:
        raise Refused("doubled-time", field="time", **_doubled_facts(doubled)) from doubled
    if starts_at <= now:
        raise Refused("starts-in-past", field="date")


def _skipped_facts(proposal: WallTime) -> dict[str, object]:
    return {"proposal": clock_words(resolve(proposal), proposal.zone)}


def _doubled_facts(doubled: DoubledTime) -> dict[str, object]:
    """Propose the next full hour that comes only once."""
    later = doubled.wall.local.replace(minute=0)
    while True:
        later += timedelta(hours=1)
        try:
            return {
                "proposal": clock_words(
                    resolve(WallTime(later, doubled.wall.zone)), doubled.wall.zone
                )
            }
        except DoubledTime:
            continue


def _ways_differ(before: Details, after: Details) -> bool:
    names = ("limits", "place_id", "outdoor_place_id", "phone_joining", "dial_number", "dial_pin")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def check_limits(details: Details, around: Around) -> None:
    """Refuse a limit below one, beyond counting, or beyond what the place holds."""
    for way in EASE:
        limit = details.limits.get(way)
        if limit is not None and not 1 <= limit <= MOST_PLACES:
            raise Invalid({f"limit_{way}": "too-small" if limit < 1 else "too-big"})
        holds = place_limit(way, around)
        if way in details.limits and holds is not None and (limit is None or limit > holds):
            raise Refused("more-than-place", field=f"limit_{way}", holds=holds)


def within_places(details: Details, around: Around) -> Details:
    """Take what the place holds as the limit where none was given."""
    limits = {
        way: place_limit(way, around) if limit is None else limit
        for way, limit in details.limits.items()
    }
    return replace(details, limits=limits)


def within_line(meeting: Meeting | Series, details: Details, line: PhoneLine | None) -> Details:
    """Take the number of the organisation's line where none of somebody else's was given.

    What 8x8 gave before stays: its PIN is the meeting's as long as people dial in to this line.
    """
    is_ours = line is not None and line.carries(details.dial_number, details.dial_pin)
    if line is None or not is_ours or not dials(details):
        return details
    if isinstance(meeting, Meeting) and meeting.room_pin and not line.makes_pins:
        return replace(details, dial_number=meeting.dial_number, dial_pin=meeting.dial_pin)
    return replace(details, dial_number=details.dial_number.strip() or line.first_number)


def place_limit(way: Way, around: Around) -> int | None:
    """Give how many the place for this way holds; None if no place says so."""
    match way:
        case Way.ROOM:
            return around.place.room_limit if around.place else None
        case Way.OUTDOORS:
            return around.outdoor_place.outdoor_limit if around.outdoor_place else None
        case _:
            return None


def needs_pin(meeting: Meeting | Series) -> bool:
    """Say whether people can only dial in once the PIN is known; dates of a series are given one later."""
    return isinstance(meeting, Meeting) and meeting.series_id is None


def check_phone(
    details: Details, line: PhoneLine | None, *, needs_pin: bool = True
) -> dict[str, str]:
    """Say what is wrong with how people join by phone: a code for each field.

    On the organisation's own line everybody is given a PIN, and the number is known.
    """
    if not dials(details) or (line and line.carries(details.dial_number, details.dial_pin)):
        return {}
    wrong = {}
    if not _NUMBER.fullmatch(details.dial_number):
        wrong["dial_number"] = "not-a-phone-number"
    if not _PIN.fullmatch(details.dial_pin) and (needs_pin or details.dial_pin):
        wrong["dial_pin"] = "not-a-pin"
    return wrong


def apply_details(
    meeting: Meeting, details: Details, around: Around, *, held: Mapping[Way, int] | None = None
) -> tuple[str, ...]:
    """Write details onto a meeting (loaded whole); names what differs, for the audit.

    `held` counts the seats people hold by each way: a way taken away and offered again still has them.
    """
    changed = write_details(meeting, details, around)
    _set_slot(meeting)
    _set_offers(meeting, details.limits, held or {})
    return changed


def write_details(meeting: Meeting | Series, details: Details, around: Around) -> tuple[str, ...]:
    """Write onto the row what meetings and series keep alike; names all that differs.

    The ways with their limits, and what follows from the time, are left to the caller.
    """
    before = details_of(meeting)
    changed = tuple(
        each.name
        for each in fields(Details)
        if getattr(before, each.name) != getattr(details, each.name)
    )
    for name in changed:
        if name not in ("limits", "place_id", "outdoor_place_id", "lead_id", "second_id"):
            setattr(meeting, name, getattr(details, name))
    meeting.place, meeting.outdoor_place = around.place, around.outdoor_place
    meeting.lead, meeting.second = around.lead, around.second
    return changed


def _set_slot(meeting: Meeting) -> None:
    if meeting.starts_local is None:
        return
    slot = slot_of(WallTime(meeting.starts_local, meeting.zone), meeting.minutes)
    meeting.starts_at, meeting.ends_at = slot.starts_at, slot.ends_at


def _set_offers(
    meeting: Meeting, limits: Mapping[Way, int | None], held: Mapping[Way, int]
) -> None:
    """Set the limits; who holds a seat keeps it although the limit falls below what was taken."""
    for offer in [each for each in meeting.offers if each.way not in limits]:
        meeting.offers.remove(offer)
    there = {offer.way: offer for offer in meeting.offers}
    for way in EASE:
        if way in limits:
            limit = limits[way]
            offer = there.get(way) or _new_offer(meeting, way, held.get(way, 0))
            offer.places = limit
            offer.seats = None if limit is None else max(limit, offer.taken)


def _new_offer(meeting: Meeting, way: Way, taken: int) -> Offer:
    offer = Offer(organisation_id=meeting.organisation_id, way=way, taken=taken)
    meeting.offers.append(offer)
    return offer
