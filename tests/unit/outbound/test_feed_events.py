"""The events of feeds: as letters tell them, plainer where asked, and always the same for the same facts."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256

import pytest
import vobject

from scheduling.answers import Answer
from scheduling.ways import Way
from service.outbound.calendar import calendar_file
from service.outbound.facts import InvitationFacts, ReplyFacts
from service.outbound.feeds import (
    FORM,
    Standing,
    Style,
    guest_event,
    host_event,
    public_event,
)
from tests.unit.outbound.samples import INVITATION, coming_by

ROOM = coming_by(Way.ROOM)
public = partial(public_event, names_place=True)
EVERYBODYS: tuple[Callable[[InvitationFacts, Standing], bytes], ...] = (
    guest_event,
    host_event,
    public,
)
#: What stored events were made of: another text needs another number, or the old ones would stay.
MADE_AS = {1: "fa965d449cfdf34a"}


def read(event: bytes) -> dict[str, str]:
    """Read an event with a library of somebody else's."""
    calendar = vobject.readOne(f"BEGIN:VCALENDAR\r\n{event.decode()}END:VCALENDAR\r\n")
    return {name: str(values[0].value) for name, values in calendar.vevent.contents.items()}


def test_a_guests_event_says_what_their_calendar_file_says() -> None:
    mailed = vobject.readOne(calendar_file(ROOM).decode()).vevent.contents
    event = read(guest_event(ROOM, Standing()))

    assert {"attendee", "organizer"} == mailed.keys() - event.keys()
    assert {name: str(values[0].value) for name, values in mailed.items() if name in event} == event


@pytest.mark.parametrize(
    ("reply", "transp"),
    [
        (ReplyFacts(), "TRANSPARENT"),
        (ReplyFacts(Answer.MAYBE), "TRANSPARENT"),
        (ReplyFacts(Answer.WAITING, Way.ROOM), "TRANSPARENT"),
        (ReplyFacts(Answer.YES, Way.ROOM), "OPAQUE"),
        (ReplyFacts(Answer.YES, Way.ROOM, is_asked_again=True), "TRANSPARENT"),
    ],
)
def test_only_a_yes_keeps_the_time(reply: ReplyFacts, transp: str) -> None:
    assert transp == read(guest_event(replace(ROOM, reply=reply), Standing()))["transp"]


@pytest.mark.parametrize("standing", [Standing(is_cancelled=True), Standing(is_removed=True)])
def test_what_is_off_says_so_and_tells_no_way_there(standing: Standing) -> None:
    event = read(guest_event(replace(ROOM, cancel_message="The hall is flooded."), standing))

    assert ("CANCELLED", "TRANSPARENT") == (event["status"], event["transp"])
    assert "Cancelled: Thursday session" == event["summary"]
    assert ("flooded" in event["description"]) is standing.is_cancelled
    assert not {"location", "url", "conference"} & event.keys()


@pytest.mark.parametrize("make", EVERYBODYS)
@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_safe_event_tells_when_and_whom_to_ring_and_nothing_more(
    make: Callable[[InvitationFacts, Standing], bytes], is_cancelled: bool
) -> None:
    event = make(ROOM, Standing(is_cancelled=is_cancelled, style=Style.SAFE))

    title = f"{'Cancelled: ' if is_cancelled else ''}Your meeting"
    found = read(event)
    assert (title, "Questions? Ring 01632 960 100.") == (found["summary"], found["description"])
    assert not {"location", "url", "conference", "attendee", "organizer"} & found.keys()
    assert not [word for word in ("Kiln Street", "Ben", "Saggar") if word.encode() in event]


def test_the_public_reads_no_number_to_dial_and_no_pin() -> None:
    event = public(INVITATION, Standing())

    assert b"246" not in event and b"960 123" not in event
    assert b"Saggar" in event
    assert b"Saggar" not in public_event(INVITATION, Standing(), names_place=False)
    assert "Ways to join: by phone, online, in the room, outdoors." in read(event)["description"]
    assert "PUBLIC" == read(event)["class"]


def test_a_host_reads_the_ways_and_the_staffs_page() -> None:
    event = read(host_event(INVITATION, Standing()))

    assert f"Its page: {INVITATION.page_url}" in event["description"]
    assert ("OPAQUE", "PRIVATE") == (event["transp"], event["class"])


def test_stored_events_are_made_anew_when_their_text_is_another() -> None:
    made = [
        make(facts, Standing(is_cancelled, is_removed, style))
        for make in EVERYBODYS
        for facts in (INVITATION, ROOM)
        for is_cancelled in (True, False)
        for is_removed in (True, False)
        for style in Style
    ]

    # If this fails: raise FORM, and write the new sum beside the new number.
    assert {FORM: sha256(b"".join(made)).hexdigest()[:16]} == MADE_AS
