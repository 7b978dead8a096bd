"""Mails made to do harm (reliability E29): refused quickly, by name, and never by crashing.

The control reads the same mails as the standard library and icalendar do, without our limits: it must
take too long or break, or these mails would prove nothing.
"""

import email
import email.policy
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar

from service.inbound.reading import Calendar as CalendarContent
from service.inbound.reading import Incoming, Unreadable, Words, read_mail

CRASHES = Path(__file__).parents[2] / "golden" / "crashes"
#: CPU seconds that reading one mail may take.
MOST_SECONDS = 0.1
#: A machine that does other things meanwhile may be slow once, but not three times.
TRIES = 3

REPLY = (
    b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x\r\n"
    b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def with_calendar(content: bytes) -> bytes:
    """Wrap a calendar file in a mail."""
    head = b"From: a@b.example\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
    return head + content


def nested(depth: int) -> bytes:
    """Put a part into a part into a part."""
    lines = [b"From: a@b.example\r\n"]
    for level in range(depth):
        lines.append(
            b"Content-Type: multipart/mixed; boundary=b%dz\r\n\r\n--b%dz\r\n" % (level, level)
        )
    return b"".join(lines) + b"\r\nYes\r\n"


def flat(parts: int) -> bytes:
    """Put many parts beside each other."""
    head = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n" * parts + b"--b--\r\n"


BOMBS: dict[str, tuple[bytes, str]] = {
    "ten-megabytes": (
        with_calendar(REPLY % (b"COMMENT:" + b"x" * 10_000_000 + b"\r\n")),
        "calendar-too-big",
    ),
    "many-lines": (with_calendar(REPLY % (b"X:\r\n" * 60_000)), "calendar-too-many-lines"),
    "many-folds": (
        with_calendar(REPLY % (b"X:\r\n" + b" \r\n" * 80_000)),
        "calendar-too-many-lines",
    ),
    "nested-components": (with_calendar(b"BEGIN:VEVENT\r\n" * 3000), "calendar-too-deep"),
    "many-components": (
        with_calendar(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 3000),
        "calendar-too-deep",
    ),
    "nested-parts": (nested(3000), "mail-too-deep"),
    "many-parts": (flat(200), "mail-too-many-parts"),
    "very-many-parts": (flat(200_000), "mail-too-many-parts"),
    "lookalikes": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\n--bx" * 1_000_000,
        "mail-too-many-parts",
    ),
    "long-headers": (b"X: y\r\n" * 200_000, "mail-headers-too-long"),
    "nested-messages": (
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        "mail-too-deep",
    ),
}
#: Hard to read for some reader, but harmless once only what matters is looked at.
ODD: dict[str, bytes] = {
    "endless-rule": with_calendar(REPLY % b"RRULE:FREQ=SECONDLY\r\nDTSTART:19700101T000000Z\r\n"),
    "many-quotes": with_calendar(REPLY % (b'X;A="' * 40_000 + b"\r\n")),
    "many-attendees": with_calendar(REPLY % (b"ATTENDEE:mailto:c@d.example\r\n" * 5000)),
    "many-parameters": with_calendar(REPLY % (b"ATTENDEE" + b";A=b" * 50_000 + b":mailto:x@y\r\n")),
    "odd-zone": with_calendar(REPLY % b"DTSTART;TZID=../../etc/passwd:20270101T090000\r\n"),
    "odd-charset": with_calendar(REPLY % b"").replace(b"utf-8", b"zlib_codec"),
    "html-of-opening-marks": b"Content-Type: text/html\r\n\r\n" + b"<a" * 300_000,
    "html-of-comments": b"Content-Type: text/html\r\n\r\n" + b"<!-" * 300_000,
    "html-of-quotes": b"Content-Type: text/html\r\n\r\n<p class=" + b"'\"" * 300_000 + b">",
    "spaces": b"Subject:" + b" " * 60_000 + b"x\r\n\r\n" + b" \t" * 300_000,
    "words-in-code": b"Subject: " + b"=?utf-8?q?=41?= " * 3000 + b"\r\n\r\nYes",
    "addresses": b"From: " + b"<" * 4000 + b"@,\r\n\r\nYes",
    "parameters": b"Content-Type: text/plain" + b"; " * 2000 + b'a="' * 500 + b"\r\n\r\nYes",
    "quoted-printable": b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 300_000,
    "base64": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 2_000_000,
    "report": (
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\n" + b"Final-Recipient: x\r\n\r\n" * 50_000
    ),
    "quote-lines": b"\r\n\r\n" + b"On Monday " * 20_000 + b"\r\n",
    "lines-like-quotes": b"\r\n\r\n" + b"On Monday somebody somewhere\r\n" * 10_000,
}


def seconds_for(read: Callable[[], object]) -> float:
    """Count the CPU time of reading, at best."""
    taken = []
    for _ in range(TRIES):
        begun = time.process_time()
        read()
        taken.append(time.process_time() - begun)
        if taken[-1] < MOST_SECONDS:
            break
    return min(taken)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_quickly_and_by_name(name: str) -> None:
    raw, why = BOMBS[name]

    assert Unreadable(why) == read_mail(raw).content
    assert seconds_for(lambda: read_mail(raw)) < MOST_SECONDS


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_read_quickly(name: str) -> None:
    raw = ODD[name]

    assert isinstance(read_mail(raw), Incoming)
    assert seconds_for(lambda: read_mail(raw)) < MOST_SECONDS


@pytest.mark.parametrize("path", sorted(CRASHES.glob("*.eml")), ids=lambda path: str(path.stem))
def test_what_once_broke_the_reader_is_read_quickly(path: Path) -> None:
    raw = path.read_bytes()

    assert isinstance(read_mail(raw), Incoming)
    assert seconds_for(lambda: read_mail(raw)) < MOST_SECONDS


def test_an_endless_rule_is_only_a_line_like_any_other() -> None:
    content = read_mail(ODD["endless-rule"]).content

    assert isinstance(content, CalendarContent)
    assert ["x"] == [event.uid for event in content.events]


def test_a_large_photograph_beside_an_answer_in_words_does_not_hide_it() -> None:
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nYes I'll come\r\n--b\r\nContent-Type: image/jpeg\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"/9j/4AAQ\r\n" * 800_000 + b"--b--\r\n"
    )

    assert isinstance(read_mail(raw).content, Words)
    assert seconds_for(lambda: read_mail(raw)) < MOST_SECONDS


def without_limits(raw: bytes) -> None:
    """Read a mail as a program does that trusts what it gets."""
    mail: EmailMessage = email.message_from_bytes(raw, policy=email.policy.default)
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            for event in Calendar.from_ical(str(part.get_content())).walk("VEVENT"):
                event.get("UID")


@pytest.mark.parametrize("name", ["ten-megabytes", "nested-components", "nested-parts"])
def test_without_our_limits_the_same_mails_do_harm(name: str) -> None:
    begun = time.process_time()
    try:
        without_limits(BOMBS[name][0])
    except (RecursionError, ValueError):
        return
    assert time.process_time() - begun > MOST_SECONDS
