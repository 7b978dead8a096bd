"""Calendar files kept as files, to be read by people when they change.

Run with UPDATE_GOLDEN=1 to write them anew; then look at the difference before committing it.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduling.ical.build import Mailbox, PartStat, cancel, download, request
from tests.unit.scheduling.examples import HALL, INVITE, NOW, at

FOLDER = Path(__file__).parents[2] / "golden" / "ical"

ROOM = replace(INVITE, location=HALL.in_words, conference_label="")
PHONE = replace(
    INVITE,
    location="By phone",
    conference_label="",
    description=("Ring 01632 960200 and type 4711", *INVITE.description[1:]),
)
MOVED = replace(
    ROOM, start=at("2027-07-08T18:30"), version=INVITE.version.next(NOW + timedelta(days=1))
)
NASTY = replace(
    INVITE,
    summary="=?utf-8?q?x=0D=0ABcc=3A_evil=40e.example?=\r\nBcc: evil@example.org",
    description=("نور وأصدقاؤها " * 12, "O’Brien, “Zoë”; C:\\new 👩🏽‍🦽" * 5, "a\x00b\x1b\u202ec"),
    location="Room 1; left, then right",
    organiser=Mailbox('Kiln "Street" Hub; CIC, ^n', "hello@post.example.org"),
    attendee=Mailbox("أ" * 200, "noor+hub@example.org"),
)
NEW_YORK = replace(
    INVITE, start=at("2027-03-15T09:00", "America/New_York"), zone_rule="EST5EDT,M3.2.0,M11.1.0"
)
FILES: dict[str, Callable[[], bytes]] = {
    "request-online.ics": lambda: request(INVITE),
    "request-room.ics": lambda: request(ROOM),
    "request-phone.ics": lambda: request(PHONE),
    "update-moved-to-summer.ics": lambda: request(MOVED),
    "update-note-accepted.ics": lambda: request(replace(MOVED, part_stat=PartStat.ACCEPTED)),
    "cancel.ics": lambda: cancel(MOVED),
    "download.ics": lambda: download(ROOM),
    "download-without-mail.ics": lambda: download(replace(PHONE, attendee=None)),
    "request-nasty-names.ics": lambda: request(NASTY),
    "request-new-york.ics": lambda: request(NEW_YORK),
    "request-doubled-end.ics": lambda: request(
        replace(INVITE, start=at("2027-10-31T00:30"), minutes=90)
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_calendar_file_is_byte_for_byte_as_kept(name: str) -> None:
    kept, built = FOLDER / name, FILES[name]()
    if os.environ.get("UPDATE_GOLDEN") == "1":
        kept.write_bytes(built)

    assert kept.read_bytes() == built


def test_no_kept_file_is_left_over() -> None:
    assert set(FILES) == {file.name for file in FOLDER.glob("*.ics")}
