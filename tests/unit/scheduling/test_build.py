"""The calendar file of one guest, read back line by line."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest

from scheduling.answers import Answer
from scheduling.errors import BrokenValue
from scheduling.ical.build import (
    Invite,
    Mailbox,
    Method,
    PartStat,
    cancel,
    download,
    event_block,
    joined,
    request,
    zone_block,
)
from scheduling.time import DoubledTime, SkippedTime
from tests.unit.scheduling.calendar_lines import Line, inside, one, read
from tests.unit.scheduling.examples import INVITE, NOW, at

ORDER = [
    *("UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY"),
    *("DESCRIPTION", "LOCATION", "URL", "CONFERENCE", "ORGANIZER", "ATTENDEE", "STATUS", "TRANSP"),
    *("CLASS", "X-MICROSOFT-DONOTFORWARDMEETING", "X-MICROSOFT-DISALLOW-COUNTER"),
]


def event(invite: Invite) -> list[Line]:
    """Read the event of a request."""
    return inside(read(request(invite)), "VEVENT")


def test_the_properties_are_these_and_no_others() -> None:
    assert ORDER == [line.name for line in event(INVITE)]


def test_the_file_has_one_zone_and_one_event_and_no_rule_of_recurrence() -> None:
    lines = read(request(INVITE))
    begun = [line.value for line in lines if line.name == "BEGIN"]

    assert ["VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT"] == begun
    assert not [line for line in event(INVITE) if line.name == "RRULE"]


def test_a_request_says_so() -> None:
    assert "REQUEST" == one(read(request(INVITE)), "METHOD").value
    assert "CONFIRMED" == one(event(INVITE), "STATUS").value


def test_a_cancellation_differs_in_method_and_status_alone() -> None:
    asked, cancelled = read(request(INVITE)), read(cancel(INVITE))

    assert "CANCEL" == one(cancelled, "METHOD").value
    assert "CANCELLED" == one(cancelled, "STATUS").value
    assert {"METHOD", "STATUS"} == {
        line.name for line, other in zip(asked, cancelled, strict=True) if line != other
    }


def test_a_download_asks_nothing_and_is_the_same_event() -> None:
    lines = read(download(INVITE))

    assert not [line for line in lines if line.name == "METHOD"]
    assert event(INVITE) == inside(lines, "VEVENT")


def test_a_guest_without_mail_downloads_a_file_with_nobody_in_it() -> None:
    for alone in (replace(INVITE, attendee=None), replace(INVITE, organiser=None)):
        names = {line.name for line in read(download(alone))}

        assert not names & {"ATTENDEE", "ORGANIZER"}


@pytest.mark.parametrize("build", [request, cancel])
@pytest.mark.parametrize("missing", ["attendee", "organiser"])
def test_a_message_without_both_its_people_is_refused(
    build: Callable[[Invite], bytes], missing: str
) -> None:
    change: Mapping[str, Any] = {missing: None}
    alone = replace(INVITE, **change)

    with pytest.raises(BrokenValue):
        build(alone)


def test_there_is_one_attendee_with_everything_that_makes_buttons() -> None:
    attendee = one(event(INVITE), "ATTENDEE")

    assert "mailto:cleo@example.org" == attendee.value
    assert {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
        "CN": "Cleo",
    } == attendee.params


def test_the_organiser_is_the_mailbox_that_is_read() -> None:
    organiser = one(event(INVITE), "ORGANIZER")

    assert ({"CN": "Kiln Street Hub"}, "mailto:hello@post.example.org") == (
        organiser.params,
        organiser.value,
    )


@pytest.mark.parametrize("answer", Answer)
def test_a_known_answer_is_repeated(answer: Answer) -> None:
    part_stat = PartStat.of(answer)

    assert (
        part_stat == one(event(replace(INVITE, part_stat=part_stat)), "ATTENDEE").params["PARTSTAT"]
    )


def test_answers_have_their_own_part_stat() -> None:
    assert [PartStat.ACCEPTED, PartStat.TENTATIVE, PartStat.DECLINED, PartStat.NEEDS_ACTION] == [
        PartStat.of(answer) for answer in (Answer.YES, Answer.WAITING, Answer.NO, Answer.UNANSWERED)
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEQUENCE", "1"),
        ("DTSTAMP", "20270112T090001Z"),
        ("LAST-MODIFIED", "20270112T090001Z"),
        ("CREATED", "20270112T090000Z"),
    ],
)
def test_version_and_times_are_the_given_ones(name: str, value: str) -> None:
    later = replace(INVITE, version=INVITE.version.next(NOW))

    assert value == one(event(later), name).value


@pytest.mark.parametrize(
    ("local", "minutes", "start", "end"),
    [
        ("2027-01-14T18:30", 120, "20270114T183000", "20270114T203000"),
        ("2027-07-08T18:30", 120, "20270708T183000", "20270708T203000"),
        ("2027-03-28T00:30", 60, "20270328T003000", "20270328T023000"),
        ("2027-10-31T00:30", 30, "20271031T003000", "20271031T010000"),
    ],
)
def test_times_stand_as_the_wall_clock_shows_them(
    local: str, minutes: int, start: str, end: str
) -> None:
    lines = event(replace(INVITE, start=at(local), minutes=minutes))

    assert Line("DTSTART", {"TZID": "Europe/London"}, start) == one(lines, "DTSTART")
    assert Line("DTEND", {"TZID": "Europe/London"}, end) == one(lines, "DTEND")


def test_an_end_that_comes_twice_on_the_wall_is_written_in_utc() -> None:
    lines = read(request(replace(INVITE, start=at("2027-10-31T00:30"), minutes=120)))

    assert Line("DTSTART", {}, "20271030T233000Z") == one(inside(lines, "VEVENT"), "DTSTART")
    assert Line("DTEND", {}, "20271031T013000Z") == one(lines, "DTEND")
    assert "VTIMEZONE" not in {line.value for line in lines}


def test_a_time_that_the_rule_would_tell_wrongly_is_written_in_utc() -> None:
    always_winter = replace(INVITE, start=at("2027-07-08T18:30"), zone_rule="GMT0")

    lines = event(always_winter)

    assert Line("DTSTART", {}, "20270708T173000Z") == one(lines, "DTSTART")
    assert b"" == zone_block(always_winter)


def test_a_time_the_clock_change_breaks_is_refused() -> None:
    for local, error in (("2027-03-28T01:30", SkippedTime), ("2027-10-31T01:30", DoubledTime)):
        with pytest.raises(error):
            request(replace(INVITE, start=at(local)))


def test_the_page_stands_in_url_and_conference() -> None:
    lines = event(INVITE)

    assert INVITE.url == one(lines, "URL").value == one(lines, "CONFERENCE").value
    assert {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join online"} == one(
        lines, "CONFERENCE"
    ).params


def test_what_is_not_given_is_left_out() -> None:
    bare = replace(INVITE, description=(), location="", url="")

    names = {line.name for line in event(bare)}

    assert set(ORDER) - {"DESCRIPTION", "LOCATION", "URL", "CONFERENCE"} == names
    no_label = {line.name for line in event(replace(INVITE, conference_label=""))}
    assert set(ORDER) - {"CONFERENCE"} == no_label


def test_the_description_keeps_its_lines_and_nothing_slips_in() -> None:
    description = ("First, and; back\\slash", "", "Second\r\nBEGIN:VALARM")

    line = one(event(replace(INVITE, description=description)), "DESCRIPTION")

    assert "First, and; back\\slash\n\nSecond BEGIN:VALARM" == line.text


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("O'Brien", "O'Brien"),
        ('Ada "Ace" Lovelace', "Ada Ace Lovelace"),
        ("Ada^nBen", "AdanBen"),
        ("نور", "نور"),
        ("Brown; Ada, MBE: hub", "Brown; Ada, MBE: hub"),
        ("Ada\r\nATTENDEE:mailto:evil@example.org", "Ada ATTENDEE:mailto:evil@example.org"),
        ("A\x00d\x07a\u202e", "Ada"),
        ("👩🏽‍🦽" * 40, "👩🏽‍🦽" * 40),
    ],
)
def test_a_name_stays_one_parameter_without_quotes_or_escapes(name: str, written: str) -> None:
    attendee = one(event(replace(INVITE, attendee=Mailbox(name, "a@example.org"))), "ATTENDEE")

    assert written == attendee.params["CN"]


def test_a_guest_without_a_name_has_none_in_the_file() -> None:
    nameless = replace(INVITE, attendee=Mailbox(' "', "a@example.org"))

    assert "CN" not in one(event(nameless), "ATTENDEE").params


@pytest.mark.parametrize(
    "mail",
    [
        "",
        "ada",
        "@example.org",
        "a@",
        "a b@x.org",
        "a@x.org\r\nX:1",
        "a@x.org,b@x.org",
        "<a@x.org>",
    ],
)
def test_an_address_that_could_break_out_is_refused(mail: str) -> None:
    with pytest.raises(BrokenValue):
        Mailbox("Ada", mail)


@pytest.mark.parametrize(
    "change",
    [
        {"uid": ""},
        {"uid": "a\r\nX:1"},
        {"url": "https://example.org/\nX:1"},
        {"minutes": 0},
        {"start": at("2027-01-14T13:00", "America/New_York")},
    ],
)
def test_a_broken_invite_is_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(BrokenValue):
        replace(INVITE, **change)


def test_an_open_kind_is_public() -> None:
    assert "PRIVATE" == one(event(INVITE), "CLASS").value
    assert "PUBLIC" == one(event(replace(INVITE, is_private=False)), "CLASS").value


def test_blocks_joined_are_what_the_library_writes_at_once() -> None:
    parsed = icalendar.Calendar.from_ical(request(INVITE))

    assert request(INVITE) == parsed.to_ical(sorted=False)


def test_a_file_of_several_blocks_has_each_zone_once() -> None:
    blocks = [event_block(INVITE), event_block(replace(INVITE, uid="other@post.example.org"))]

    whole = joined(blocks, zones=[zone_block(INVITE), zone_block(INVITE)], method=Method.REQUEST)

    assert 1 == whole.count(b"BEGIN:VTIMEZONE")
    assert all(block in whole for block in blocks)


def test_the_library_reads_the_instants_back() -> None:
    (read_back,) = icalendar.Calendar.from_ical(request(INVITE)).events

    assert datetime(2027, 1, 14, 13, tzinfo=UTC) == read_back.start
    assert datetime(2027, 1, 14, 15, tzinfo=UTC) == read_back.end
