"""What is built reads back the same, with the library and with a reader of our own."""

from collections.abc import Callable

import icalendar
import pytest
from hypothesis import given

from scheduling.ical.build import Invite, cancel, download, event_block, request
from scheduling.text import without_controls
from scheduling.time import resolve
from tests.property.scheduling.strategies import invites
from tests.unit.scheduling.calendar_lines import Line, inside, one, physical_lines, read

LONGEST_LINE = 75
BUILDERS: list[Callable[[Invite], bytes]] = [request, cancel, download]


@pytest.mark.parametrize("build", BUILDERS)
@given(invite=invites())
def test_no_line_is_too_long_and_no_fold_splits_a_character(
    build: Callable[[Invite], bytes], invite: Invite
) -> None:
    lines = physical_lines(build(invite))

    assert LONGEST_LINE >= max(map(len, lines))
    assert all(line.decode("utf-8") for line in lines)


@given(invites())
def test_no_control_character_is_in_a_file(invite: Invite) -> None:
    text = request(invite).decode("utf-8").replace("\r\n", "\n")

    assert without_controls(text, lines=True) == text


@given(invites())
def test_our_own_reader_finds_every_word_again(invite: Invite) -> None:
    lines = inside(read(request(invite)), "VEVENT")

    assert without_controls(invite.summary) == one(lines, "SUMMARY").text
    assert [without_controls(line) for line in invite.description] == described(lines)
    assert without_controls(invite.location) == first_text(lines, "LOCATION")
    assert invite.url == first_text(lines, "URL")
    assert str(invite.version.sequence) == one(lines, "SEQUENCE").value


@given(invites())
def test_the_library_finds_every_word_again(invite: Invite) -> None:
    (event,) = icalendar.Calendar.from_ical(request(invite)).events

    assert invite.uid == event["UID"]
    assert without_controls(invite.summary) == event["SUMMARY"]
    assert "\n".join(map(without_controls, invite.description)) == event.get("DESCRIPTION", "")
    assert without_controls(invite.location) == event.get("LOCATION", "")
    assert resolve(invite.start) == event.start
    assert invite.minutes * 60 == event.duration.total_seconds()
    assert invite.version.stamp == event.stamp
    assert invite.part_stat == event["ATTENDEE"].params["PARTSTAT"]


@given(invites())
def test_whatever_people_type_the_shape_stays(invite: Invite) -> None:
    lines = read(request(invite))
    event = inside(lines, "VEVENT")

    assert 1 == len([line for line in lines if line.name == "ATTENDEE"])
    assert not {line.name for line in event} & {"BEGIN", "RRULE", "BCC", "METHOD"}
    assert "mailto:o'brien+x@example.org" == one(event, "ATTENDEE").value
    attendee = set(one(event, "ATTENDEE").params) - {"CN"}
    assert {"CUTYPE", "ROLE", "PARTSTAT", "RSVP"} == attendee


@given(invites())
def test_the_same_invite_gives_the_same_bytes(invite: Invite) -> None:
    assert request(invite) == request(invite)
    assert event_block(invite) in request(invite)


def described(lines: list[Line]) -> list[str]:
    """Read the lines of the description; none if there is no description or an empty one."""
    found = [line.text for line in lines if line.name == "DESCRIPTION"]
    return found[0].split("\n") if found else []


def first_text(lines: list[Line], name: str) -> str:
    """Read the one text of a name, or nothing."""
    found = [line.text for line in lines if line.name == name]
    assert len(found) <= 1
    return found[0] if found else ""
