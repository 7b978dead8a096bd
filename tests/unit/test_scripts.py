"""What is said on the phone and written in a text: the plain title, the way to join, never more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scheduling.answers import Answer
from scheduling.time import Slot
from scheduling.versions import Version
from scheduling.ways import Way
from service.actions.scripts import call_script, short_text
from service.outbound.facts import (
    HouseFacts,
    InvitationFacts,
    OfferFacts,
    PhoneFacts,
    PlaceFacts,
    ReaderFacts,
    ReplyFacts,
    SessionFacts,
)

STARTS = datetime(2027, 1, 26, 14, tzinfo=UTC)
LINK = "https://ways.example.org/i/23456789abcd"
FACTS = InvitationFacts(
    house=HouseFacts("Kiln Street Hub", "01632960101", "hello@kiln.example.org"),
    reader=ReaderFacts("Joan"),
    session=SessionFacts(
        title="Tuesday session",
        slot=Slot.of(STARTS, 90),
        zone="Europe/London",
        offers=(
            OfferFacts(Way.PHONE),
            OfferFacts(Way.ONLINE),
            OfferFacts(Way.ROOM, place=PlaceFacts("Saggar Row Hall", "Burslem")),
        ),
        phone=PhoneFacts("01632960140", "123456"),
    ),
    uid="u",
    version=Version(0, STARTS),
    created=STARTS,
    page_url=LINK,
)


def test_an_invitation_is_read_out_with_every_way_the_easiest_first() -> None:
    lines = call_script(FACTS, "invitation", caller="Ben")

    assert (
        "May I speak to Joan, please?",
        "Hello, this is Ben from Kiln Street Hub. Is this a good moment?",
        "You are invited to Tuesday session, Tuesday 26 January 2027, 2pm to 3:30pm.",
        "You can join by phone: ring 01632 960 140, PIN 123 456.",
        "You can join online.",
        "You can join in the room at Saggar Row Hall, Burslem.",
        "Would you like to come? There is no need to decide now.",
    ) == lines


def test_a_change_says_what_is_new() -> None:
    lines = call_script(replace(FACTS, what_changed=("The place",)), "update", caller="Ben")

    assert "The place" in lines
    assert "Does that still work for you?" == lines[-1]


def test_a_cancellation_asks_nothing() -> None:
    lines = call_script(replace(FACTS, cancel_message="Ada is ill."), "cancel", caller="Ben")

    assert lines[-2].endswith("is cancelled. You do not need to do anything.")
    assert "Ada is ill." == lines[-1]


def test_a_reminder_says_how_to_join_and_leaves_them_free() -> None:
    joining_by_phone = replace(FACTS, reply=ReplyFacts(Answer.YES, Way.PHONE))

    lines = call_script(joining_by_phone, "reminder", caller="Ben")

    assert (
        "I ring to remind you of Tuesday session, Tuesday 26 January 2027, 2pm to 3:30pm."
        " You said you are coming.",
        "You can join by phone: ring 01632 960 140, PIN 123 456.",
        "Is that still all right? It is fine if you cannot come.",
    ) == lines[2:]


def test_who_has_not_answered_is_asked_without_pressure() -> None:
    lines = call_script(FACTS, "nudge", caller="Ben")

    assert lines[2].endswith("We have not heard from you yet.")
    assert "It is fine to say no, and we do not ask again." in lines[-1]


def test_whom_we_ring_is_told_so() -> None:
    session = replace(FACTS.session, phone=PhoneFacts(rings_you=True))

    lines = call_script(replace(FACTS, session=session), "invitation", caller="Ben")

    assert "You can join by phone: we ring you." in lines


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (
            "invitation",
            "Tuesday session, Tuesday 26 January, 2pm. Kiln Street Hub. "
            f"To answer, ring 01632 960 101 or open {LINK}",
        ),
        (
            "update",
            "Changed: Tuesday session, Tuesday 26 January, 2pm. Kiln Street Hub. "
            f"To answer, ring 01632 960 101 or open {LINK}",
        ),
        (
            "cancel",
            "Cancelled: Tuesday session, Tuesday 26 January, 2pm. "
            "To talk about it, ring 01632 960 101. Kiln Street Hub",
        ),
        (
            "reminder",
            "Reminder: Tuesday session, Tuesday 26 January, 2pm. Kiln Street Hub. "
            f"If you cannot come, ring 01632 960 101 or open {LINK}",
        ),
        (
            "nudge",
            "Can you come? Tuesday session, Tuesday 26 January, 2pm. Kiln Street Hub. "
            f"To answer, ring 01632 960 101 or open {LINK}",
        ),
    ],
)
def test_a_text_is_one_line_of_plain_facts(about: str, text: str) -> None:
    assert text == short_text(FACTS, about)


def test_the_link_is_not_given_to_who_passes_a_message_on() -> None:
    text = short_text(FACTS, "invitation", has_link=False)

    assert LINK not in text
    assert text.endswith("To answer, ring 01632 960 101")


def test_a_place_is_offered_with_the_time_it_is_kept_and_there_is_no_need_to_take_it() -> None:
    reply = ReplyFacts(Answer.WAITING, Way.ROOM, supporters=("Sid",))
    facts = replace(FACTS, reply=reply, kept_until=datetime(2027, 1, 20, 10, tzinfo=UTC))

    lines = call_script(facts, "place_offered", caller="Ben")
    text = short_text(facts, "place_offered")

    assert (
        "You are waiting for Tuesday session, Tuesday 26 January 2027, 2pm to 3:30pm."
        " There is a place for you now in the room, and for who comes with you.",
        "You can join in the room at Saggar Row Hall, Burslem.",
        "We keep it for you until 10am on Wednesday 20 January.",
        "Would you like it? You can also say no, or stay on the list for another time.",
    ) == lines[2:]
    assert text == (
        "Tuesday session, Tuesday 26 January, 2pm."
        " There is a place for you now in the room, and for who comes with you."
        " We keep it until 10am on Wednesday 20 January. Kiln Street Hub."
        f" To answer, ring 01632 960 101 or open {LINK}"
    )
