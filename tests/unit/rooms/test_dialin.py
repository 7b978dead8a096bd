"""Dialling in: the questions of pages and voice menus, and the very shapes they read."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling.meeting import MeetingState
from scheduling.time import Slot
from service.rooms.dialin import (
    Asked,
    Standing,
    asked_of,
    country_of,
    numbers_answer,
    pin_answer,
    pin_refused,
    room_refused,
    standing_of,
)
from service.rooms.server import Number

STARTS = datetime(2027, 1, 12, 14, 0, tzinfo=UTC)
SLOT = Slot(STARTS, STARTS + timedelta(hours=2))


def test_numbers_are_listed_as_jitsi_reads_them_the_first_to_be_told() -> None:
    numbers = (Number("01632 960140", "UK"), Number("0808 157 0192", "GB", is_toll_free=True))

    assert [
        {
            "countryCode": "GB",
            "formattedNumber": "+44 1632 960140",
            "tollFree": False,
            "default": True,
        },
        {"countryCode": "GB", "formattedNumber": "+44 808 157 0192", "tollFree": True},
    ] == numbers_answer(numbers)


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("01632 960140", "GB", "GB"),
        ("01632 960140", "uk", "GB"),
        ("+49 30 901820", "", "DE"),
        ("01632 960140", "", "GB"),
        ("+353 1 677 1122", "Ireland", "IE"),
        ("meet@sip.example.org", "SIP", "SIP"),
    ],
)
def test_every_number_has_a_country_that_is_one(number: str, country: str, expected: str) -> None:
    assert expected == country_of(Number(number, country))


def test_without_a_number_the_list_is_empty() -> None:
    assert [] == numbers_answer(())


def test_a_sip_address_stays_as_it_is() -> None:
    (facts,) = numbers_answer([Number("meet@sip.example.org", "SIP_AUDIO_ONLY")])

    assert "meet@sip.example.org" == facts["formattedNumber"]


def test_both_directions_name_number_room_and_words() -> None:
    assert {"id": 482913705, "conference": "a@muc", "message": "Yes"} == pin_answer(
        "482913705", "a@muc", "Yes"
    )


def test_a_voice_menu_is_told_the_password_as_text_where_the_room_asks_for_one() -> None:
    assert "482913" == pin_answer("482913705", "a@muc", "Yes", passcode="482913")["password"]
    assert "password" not in pin_answer("482913705", "a@muc", "Yes")


def test_a_refusal_says_false_where_the_room_would_stand() -> None:
    assert {"id": 482913705, "conference": False, "message": "No"} == pin_refused("482913705", "No")
    assert {"id": 0, "conference": False, "message": "No"} == pin_refused("", "No")
    assert {"id": False, "conference": False, "message": "No"} == room_refused("No")


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"id": "482913705"}, Asked(True, "482913705")),
        ({"id": " 482-913 705# "}, Asked(True, "482913705")),
        ({"id": "48291370x"}, Asked(True, "")),
        ({"id": "٤٨٢٩١٣٧٠٥"}, Asked(True, "")),
        ({"id": "9" * 21}, Asked(True, "")),
        ({"conference": "Room-1@MUC.meet.jitsi"}, Asked(False, "", "room-1", "muc.meet.jitsi")),
        ({"conference": "[kiln]room-1@muc"}, Asked(False, "", "room-1", "muc")),
        ({"conference": "room-1"}, Asked(False, "", "room-1", "")),
        ({"conference": "r" * 400}, Asked(False)),
        ({"id": "", "conference": "room-1@muc"}, Asked(False, "", "room-1", "muc")),
        ({"id": "1", "from": "07700900123"}, Asked(True, "1", caller="07700900123")),
        ({"id": "1", "caller": " anna ", "from": "x"}, Asked(True, "1", caller="anna")),
        ({}, Asked(False)),
    ],
)
def test_a_question_is_read_and_what_is_odd_is_empty(values: dict[str, str], asked: Asked) -> None:
    assert asked == asked_of(values)


@pytest.mark.parametrize(
    ("state", "minutes", "standing"),
    [
        (MeetingState.PUBLISHED, -26, Standing.EARLY),
        (MeetingState.PUBLISHED, -25, Standing.OPEN),
        (MeetingState.PUBLISHED, 149, Standing.OPEN),
        (MeetingState.PUBLISHED, 150, Standing.OVER),
        (MeetingState.CANCELLED, 0, Standing.CANCELLED),
        (MeetingState.CANCELLED, 150, Standing.OVER),
        (MeetingState.DRAFT, 0, Standing.UNKNOWN),
        (None, 0, Standing.UNKNOWN),
    ],
)
def test_a_pin_is_good_exactly_while_the_room_may_be_open(
    state: MeetingState | None, minutes: int, standing: Standing
) -> None:
    now = STARTS + timedelta(minutes=minutes)

    assert standing is standing_of(state, SLOT, now)


def test_a_meeting_without_a_time_is_not_known() -> None:
    assert Standing.UNKNOWN is standing_of(MeetingState.PUBLISHED, None, STARTS)
