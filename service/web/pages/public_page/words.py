"""Public sessions in words, for the page and for programs. Pure."""

from typing import Any

from scheduling.time import clock_words, long_date
from scheduling.ways import Way
from service.actions.public_page import PublicPlace, PublicSession
from service.web.pages.people.choices import WAY_WORDS

PLACE_LATER = "We tell you the place when you join."


def row_of(session: PublicSession, base: str) -> dict[str, Any]:
    """Give one session as the page shows it."""
    return {
        "title": session.title,
        "day": long_date(session.slot.starts_at, session.zone),
        "time": time_words(session),
        "ways": [{"icon": way.value, "word": WAY_WORDS[way]} for way in session.ways],
        "places": [place_lines(place) for place in session.places],
        "later": PLACE_LATER if session.hides_place else "",
        "is_cancelled": session.is_cancelled,
        "href": f"{base}/sessions/{session.id}",
    }


def time_words(session: PublicSession) -> str:
    """Say from when until when."""
    starts, ends = session.slot.starts_at, session.slot.ends_at
    return f"{clock_words(starts, session.zone)} to {clock_words(ends, session.zone)}"


def place_lines(place: PublicPlace) -> list[str]:
    """Name a place with its address, a line each."""
    before = "Outdoors: " if place.way is Way.OUTDOORS else ""
    return [f"{before}{place.name}", *filter(None, place.address.split("\n"))]


def summary(session: PublicSession) -> str:
    """Say all of a session in one line, for readers of news."""
    ways = ", ".join(WAY_WORDS[way] for way in session.ways)
    places = "; ".join(", ".join(place_lines(place)) for place in session.places)
    day = long_date(session.slot.starts_at, session.zone)
    parts = (f"{day}, {time_words(session)}", ways, places)
    text = ". ".join(filter(None, parts))
    return f"Cancelled. {text}." if session.is_cancelled else f"{text}."
