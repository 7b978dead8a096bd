"""Public sessions for programs: JSON, RSS, and the schema.org mark-up of the page. Pure.

The bytes follow from what is shown alone, so that the same version always has the same ETag.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from markupsafe import escape

from scheduling.time import zone_named
from service.actions.public_page import PublicPlace, PublicSession
from service.web.pages.public_page.words import summary

#: How one attends, in the words of schema.org.
MODES = {
    (True, True): "MixedEventAttendanceMode",
    (True, False): "OfflineEventAttendanceMode",
    (False, True): "OnlineEventAttendanceMode",
    (False, False): "OnlineEventAttendanceMode",
}
#: What XML 1.0 cannot hold (section 2.2); most of it never passes the boundary filter.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(name: str, address: str, sessions: Sequence[PublicSession]) -> bytes:
    """Write the sessions as JSON, times on the wall with their offset."""
    facts = {
        "organisation": name,
        "url": address,
        "sessions": [_facts(each, address) for each in sessions],
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode(errors="replace")


def _facts(session: PublicSession, address: str) -> dict[str, Any]:
    return {
        "id": str(session.id),
        "title": session.title,
        "starts_at": _wall(session.slot.starts_at, session.zone),
        "ends_at": _wall(session.slot.ends_at, session.zone),
        "zone": session.zone,
        "ways": [way.value for way in session.ways],
        "places": [
            {"way": place.way.value, "name": place.name, "address": place.address}
            for place in session.places
        ],
        "is_cancelled": session.is_cancelled,
        "url": url_of(session, address),
    }


def as_rss(name: str, address: str, sessions: Sequence[PublicSession]) -> bytes:
    """Write the sessions as RSS 2.0, in the order in which they take place."""
    items = "".join(_item(each, address) for each in sessions)
    head = _tag("title", name) + _tag("link", address) + _tag("description", f"Sessions: {name}")
    feed = f'<rss version="2.0"><channel>\n{head}{items}</channel></rss>\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{feed}'.encode()


def _item(session: PublicSession, address: str) -> str:
    title = f"Cancelled: {session.title}" if session.is_cancelled else session.title
    lines = (
        _tag("title", title),
        _tag("link", url_of(session, address)),
        f'<guid isPermaLink="false">{session.id}</guid>\n',
        _tag("pubDate", format_datetime(session.published_at.replace(microsecond=0))),
        _tag("description", summary(session)),
    )
    return f"<item>\n{''.join(lines)}</item>\n"


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(NOT_XML.sub('', text))}</{name}>\n"


def as_events(
    name: str, address: str, sessions: Sequence[PublicSession]
) -> Sequence[Mapping[str, Any]]:
    """Give the sessions as events of schema.org, for the page's JSON-LD."""
    return [_event(each, name, address) for each in sessions]


def _event(session: PublicSession, name: str, address: str) -> dict[str, Any]:
    status = "EventCancelled" if session.is_cancelled else "EventScheduled"
    mode = MODES[session.is_in_person, session.is_remote]
    url = url_of(session, address)
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": session.title,
        "startDate": _wall(session.slot.starts_at, session.zone),
        "endDate": _wall(session.slot.ends_at, session.zone),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{mode}",
        "location": [*_virtual(session, url), *map(_place, session.places)],
        "organizer": {"@type": "Organization", "name": name, "url": address},
        "url": url,
    }


def _virtual(session: PublicSession, url: str) -> list[dict[str, str]]:
    return [{"@type": "VirtualLocation", "url": url}] if session.is_remote else []


def _place(place: PublicPlace) -> dict[str, str]:
    address = place.address.replace("\n", ", ")
    return {"@type": "Place", "name": place.name, "address": address}


def url_of(session: PublicSession, address: str) -> str:
    """Give the address of one session's page."""
    return f"{address}/sessions/{session.id}"


def _wall(instant: datetime, zone: str) -> str:
    return instant.astimezone(zone_named(zone)).isoformat(timespec="minutes")
