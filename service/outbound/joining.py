"""How a letter tells of joining by each way: its sections, and the lines of a calendar.

Both are made from the same facts here, so that they never tell two different things.
"""

from datetime import timedelta
from typing import assert_never

from scheduling.time import clock_words
from scheduling.ways import IN_PERSON_WAYS, Way
from service.outbound.facts import InvitationFacts, PlaceFacts
from service.outbound.numbers import phone_words, pin_words
from service.outbound.writing import Line, LineKind, Section, plain

OPENS_BEFORE = timedelta(minutes=20)
"""How long before the start the page shows its button."""

BY_WAY = {
    Way.PHONE: "by phone",
    Way.ONLINE: "online",
    Way.ROOM: "in the room",
    Way.OUTDOORS: "outdoors",
}

_HEADINGS = {
    Way.PHONE: "How to join by phone",
    Way.ONLINE: "How to join online",
    Way.ROOM: "Where to come",
    Way.OUTDOORS: "Where to meet outdoors",
}


def joining_sections(facts: InvitationFacts) -> tuple[Section, ...]:
    """Say how to join, phone first: by the person's own way, or by each if none is chosen yet."""
    return tuple(Section(_HEADINGS[way], _lines(facts, way)) for way in facts.shown_ways)


def location(facts: InvitationFacts) -> str:
    """Say where it is, for the way this person joins; a place comes with its full address.

    Before a way is chosen all are named, the place first because maps look for it there.
    """
    ways = sorted(facts.shown_ways, key=lambda way: way not in IN_PERSON_WAYS)
    first = " ".join(_where(facts, way) for way in ways[:1])
    return " / ".join([first, *(BY_WAY[way] for way in ways[1:])])


def joining_words(facts: InvitationFacts) -> tuple[str, ...]:
    """Say how to join in one plain line for each way, for a calendar."""
    return tuple(_words(facts, way) for way in facts.shown_ways)


def opening_time(facts: InvitationFacts) -> str:
    """Say from when the page has its button: "1:40pm"."""
    return clock_words(facts.session.slot.starts_at - OPENS_BEFORE, facts.session.zone)


def _lines(facts: InvitationFacts, way: Way) -> tuple[Line, ...]:
    offer = facts.offer(way)
    hint = plain(offer.line) if offer is not None else ()
    match way:
        case Way.PHONE:
            return _phone_lines(facts) + hint
        case Way.ONLINE:
            return _online_lines(facts) + hint
        case Way.ROOM | Way.OUTDOORS:
            return _place_lines(offer.place if offer is not None else None) + hint
        case _:
            assert_never(way)


def _phone_lines(facts: InvitationFacts) -> tuple[Line, ...]:
    phone, starts = facts.session.phone, _starts(facts)
    if phone.rings_you:
        return (Line(f"We ring you a few minutes before {starts}. It costs you nothing."),)
    if not phone.number:
        return plain("Ring us before the day. We will tell you how.")
    ring = Line(f"Ring this number a few minutes before {starts}:")
    number = Line(phone_words(phone.number), LineKind.PHONE)
    if not phone.pin:
        return ring, number
    pin = Line(pin_words(phone.pin), LineKind.FIGURE)
    return ring, number, Line("When you are asked for the PIN, type:"), pin


def _online_lines(facts: InvitationFacts) -> tuple[Line, ...]:
    ask = f"Open this page from {opening_time(facts)} and press “Join now”"
    return Line(ask, LineKind.LINK, facts.page_url), Line("You do not need an account.")


def _place_lines(place: PlaceFacts | None) -> tuple[Line, ...]:
    if place is None:
        return plain("We will tell you the place.")
    return Line(place.name, LineKind.STRONG), *plain(place.address), *plain(place.directions)


def _where(facts: InvitationFacts, way: Way) -> str:
    match way:
        case Way.ONLINE:
            return "Online"
        case Way.PHONE:
            number = phone_words(facts.session.phone.number)
            is_to_ring = bool(number) and not facts.session.phone.rings_you
            return f"By phone: {number}" if is_to_ring else "By phone"
        case Way.ROOM | Way.OUTDOORS:
            return _place_words(facts, way)
        case _:
            assert_never(way)


def _place_words(facts: InvitationFacts, way: Way) -> str:
    offer = facts.offer(way)
    if offer is None or offer.place is None:
        return BY_WAY[way].capitalize()
    return ", ".join(part for part in (offer.place.name, offer.place.address) if part)


def _words(facts: InvitationFacts, way: Way) -> str:
    match way:
        case Way.ONLINE:
            return f"Join online from {opening_time(facts)}: {facts.page_url}"
        case Way.PHONE:
            return _phone_words(facts)
        case Way.ROOM | Way.OUTDOORS:
            return f"Come to {_place_words(facts, way)}."
        case _:
            assert_never(way)


def _phone_words(facts: InvitationFacts) -> str:
    phone = facts.session.phone
    if phone.rings_you:
        return f"By phone: we ring you a few minutes before {_starts(facts)}."
    if not phone.number:
        return "By phone: ring us before the day. We will tell you how."
    pin = f", PIN {pin_words(phone.pin)}" if phone.pin else ""
    return f"Join by phone: ring {phone_words(phone.number)}{pin}."


def _starts(facts: InvitationFacts) -> str:
    return clock_words(facts.session.slot.starts_at, facts.session.zone)
