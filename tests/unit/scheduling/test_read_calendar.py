"""What a calendar program sends back, read line by line: the odd forms, and what is refused."""

from datetime import UTC, datetime

import pytest

from scheduling.decoding import decoded
from scheduling.ical.read import (
    MOST_BYTES,
    Attendee,
    PartStatus,
    UnreadableCalendar,
    read_calendar,
)

NINE = datetime(2027, 1, 26, 9, 0, tzinfo=UTC)


def event_with(*lines: str, method: str = "REPLY") -> bytes:
    """Write a calendar with one event that has these lines."""
    return "\r\n".join(
        [
            *("BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", "UID:a.b@hub.example"),
            *lines,
            *("END:VEVENT", "END:VCALENDAR", ""),
        ]
    ).encode()


@pytest.mark.parametrize(
    ("line", "address", "status"),
    [
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:Ada@Example.org", "ada@example.org", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=declined:MAILTO:ada@x.example", "ada@x.example", "DECLINED"),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:MAILTO:ada@x", "ada@x", "TENTATIVE"),
        ("attendee;partstat=ACCEPTED:ada@x", "ada@x", "ACCEPTED"),
        ("ATTENDEE;CN=\"Byron; A: B\";PARTSTAT=ACCEPTED:mailto:'ada@x'", "ada@x", "ACCEPTED"),
        ("ATTENDEE;EMAIL=ada@x;PARTSTAT=ACCEPTED:urn:uuid:1", "ada@x", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=X-PERHAPS:mailto:ada@x", "ada@x", "NEEDS-ACTION"),
        ("ATTENDEE:mailto:ada@x", "ada@x", "NEEDS-ACTION"),
        ('ATTENDEE;CN="never closed;PARTSTAT=ACCEPTED:mailto:ada@x', "ada@x", "ACCEPTED"),
    ],
)
def test_who_answers_is_read_in_every_form(line: str, address: str, status: str) -> None:
    (event,) = read_calendar(event_with(line))

    assert (Attendee(address, PartStatus(status)),) == event.attendees


@pytest.mark.parametrize(
    ("line", "starts_at"),
    [
        ("DTSTART:20270126T090000Z", NINE),
        ("DTSTART;TZID=Europe/London:20270126T090000", NINE),
        ("DTSTART;TZID=/Europe/London:20270126T090000", NINE),
        ('DTSTART;TZID="GMT Standard Time":20270126T090000', NINE),
        ("DTSTART;TZID=W. Europe Standard Time:20270126T100000", NINE),
        ("DTSTART;TZID=Customized Time Zone:20270126T090000", None),
        ("DTSTART:20270126T090000", None),
        ("DTSTART;VALUE=DATE:20270126", None),
        ("DTSTART;TZID=Europe/London:20270328T013000", None),
        ("DTSTART:20271326T090000Z", None),
        ("DTSTART:99990126T090000Z", datetime(9999, 1, 26, 9, 0, tzinfo=UTC)),
        ("DTSTART:soon", None),
    ],
)
def test_a_time_is_read_if_its_zone_is_known(line: str, starts_at: datetime | None) -> None:
    (event,) = read_calendar(event_with(line))

    assert starts_at == event.starts_at


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0", 0), (" 12 ", 12), ("4294967295", 2**31 - 1)),
        *((bad, None) for bad in ("-1", "x", "9" * 30, "²", "")),
    ],
)
def test_a_sequence_is_a_number_or_not_there(text: str, number: int | None) -> None:
    (event,) = read_calendar(event_with(f"SEQUENCE:{text}"))

    assert number == event.sequence


def test_an_end_may_be_a_length() -> None:
    (event,) = read_calendar(event_with("DTSTART:20270126T090000Z", "DURATION:PT1H30M"))

    assert datetime(2027, 1, 26, 10, 30, tzinfo=UTC) == event.ends_at


def test_a_comment_is_read_as_it_was_typed() -> None:
    (event,) = read_calendar(
        event_with(r"COMMENT;LANGUAGE=en:Sorry\, mum\; ill\nAda\\", "COMMENT:P.S.")
    )

    assert "Sorry, mum; ill\nAda\\\nP.S." == event.comment


def test_a_fold_inside_a_character_is_joined() -> None:
    content = event_with("COMMENT:Zoë").replace("ë".encode(), b"\xc3\r\n \xab")

    assert "Zoë" == read_calendar(content)[0].comment


def test_an_alarm_or_a_zone_inside_does_not_speak_for_the_event() -> None:
    content = event_with(
        "BEGIN:VALARM", "UID:other", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@y", "END:VALARM"
    )

    (event,) = read_calendar(content)

    assert ("a.b@hub.example", ()) == (event.uid, event.attendees)


def test_what_stands_inside_goes_before_what_the_mail_says_of_it() -> None:
    assert "REPLY" == read_calendar(event_with(), method="REQUEST")[0].method
    bare = event_with().replace(b"METHOD:REPLY\r\n", b"")
    assert "COUNTER" == read_calendar(bare, method="counter")[0].method


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "calendar-without-event"),
        (b"hello", "calendar-without-event"),
        (event_with()[:-30], "calendar-without-event"),
        (b"x" * (MOST_BYTES + 1), "calendar-too-big"),
        (b"\n" * 30_000, "calendar-too-many-lines"),
        (b"BEGIN:A\n" * 20, "calendar-too-deep"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableCalendar) as refusal:
        read_calendar(content)

    assert why == refusal.value.why


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("é’".encode(), "utf-8", "é’"),
        ("é’".encode(), "iso-8859-1", "é’"),
        ("é’".encode("cp1252"), "utf-8", "é’"),
        ("é".encode("latin-1"), "ISO-8859-1", "é"),
        ("ł".encode("iso-8859-2"), '"iso-8859-2"', "ł"),
        ("é".encode("utf-16"), "", "é"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        (b"x\x9c", "zlib_codec", "xœ"),
        (b"\x81", "no-such", "\ufffd"),
    ],
)
def test_letters_are_read_whatever_they_say_of_themselves(
    content: bytes, charset: str, text: str
) -> None:
    assert text == decoded(content, charset)
