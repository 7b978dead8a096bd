"""Feeds: a head that programs understand, each zone once, and the events as they are."""

import vobject

from scheduling.ical.build import zone_bytes
from scheduling.ical.feed import feed, refers_to_zone
from scheduling.ical.zones import LONDON, LONDON_RULE

EVENT = b"BEGIN:VEVENT\r\nUID:%b\r\nDTSTART;TZID=Europe/London:20270119T090000\r\nEND:VEVENT\r\n"


def test_a_feed_has_a_name_a_zone_and_a_time_to_look_again() -> None:
    text = feed("My; sessions,\x07 all", LONDON, zones=[], events=[]).decode()

    assert [
        "NAME:My\\; sessions\\, all",
        "X-WR-CALNAME:My\\; sessions\\, all",
        "X-WR-TIMEZONE:Europe/London",
        "X-PUBLISHED-TTL:PT4H",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
    ] == text.split("\r\n")[4:9]
    assert "METHOD" not in text


def test_each_zone_stands_in_a_feed_once_and_events_keep_their_order() -> None:
    zone = zone_bytes(LONDON, LONDON_RULE)
    events = [EVENT % name for name in (b"b", b"a")]

    text = feed("Sessions", LONDON, zones=[zone, zone], events=events)

    assert 1 == text.count(b"BEGIN:VTIMEZONE")
    found = vobject.readOne(text.decode()).vevent_list
    assert ["b", "a"] == [event.uid.value for event in found]


def test_only_times_on_the_wall_need_a_zone() -> None:
    assert refers_to_zone(EVENT)
    assert not refers_to_zone(
        EVENT.replace(b";TZID=Europe/London", b"").replace(b"0000\r", b"0000Z\r")
    )
