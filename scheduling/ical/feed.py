"""Join event blocks into a feed: a calendar that programs ask for again and again.

A feed has no METHOD and nobody in it. The same blocks under the same name always give the same bytes.
Sources: RFC 7986 (NAME, REFRESH-INTERVAL) and the calendar research (icalendar, "Feeds").
"""

from collections.abc import Sequence
from functools import lru_cache

from icalendar import Calendar, vText

from scheduling.ical.build import PRODUCT
from scheduling.text import without_controls

#: How often programs are asked to look again; few keep to it.
REFRESH = "PT4H"
#: What a block whose times refer to a VTIMEZONE holds; others are in UTC.
_REFERS = b"\r\nDTSTART;TZID="
_END = b"END:VCALENDAR\r\n"


def feed(name: str, zone: str, *, zones: Sequence[bytes], events: Sequence[bytes]) -> bytes:
    """Join the head, each time zone once, and the events, in their order.

    `name` is what programs call the calendar, `zone` where its owner lives.
    """
    return b"".join((_head(name, zone), *dict.fromkeys(zones), *events, _END))


def refers_to_zone(block: bytes) -> bool:
    """Tell whether an event's times need a VTIMEZONE beside it."""
    return _REFERS in block


@lru_cache(maxsize=256)
def _head(name: str, zone: str) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("NAME", vText(without_controls(name)))
    calendar.add("X-WR-CALNAME", vText(without_controls(name)))
    calendar.add("X-WR-TIMEZONE", zone)
    calendar.add("X-PUBLISHED-TTL", REFRESH)
    head = bytes(calendar.to_ical(sorted=False)).removesuffix(_END)
    # Written here: the library leaves out the VALUE that RFC 7986, 5.7, asks for.
    return head + f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}\r\n".encode()
