"""What 8x8 answers about dialling in, and what is not taken for an answer."""

import json
from typing import Any

import pytest

from service.rooms.jaas_dialin import (
    NoDialIn,
    number_in,
    numbers_address,
    pin_address,
    pin_in,
)
from service.rooms.jitsi import BadRoom

APP = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
ROOM = f"abcde-fghij@conference.{APP}.8x8.vc"
#: As 8x8 answers: the PIN is text of 13 digits.
ANSWER: dict[str, Any] = {
    "message": "Successfully retrieved conference mapping",
    "id": "4710238591026",
    "conference": ROOM,
    "url": f"https://8x8.vc/{APP}/abcde-fghij",
    "fqn": f"{APP}/abcde-fghij",
    "name": "abcde-fghij",
    "tenant": APP,
    "hasPasscode": False,
}
NUMBERS = [
    {"countryCode": "US", "tollFree": False, "formattedNumber": "+1.512.647.1431"},
    {
        "countryCode": "GB",
        "tollFree": False,
        "formattedNumber": "+44 330 808 1706",
        "default": True,
    },
]


def test_only_the_configured_server_is_asked() -> None:
    assert (
        "https://8x8.vc/v1/_jaas/vmms-conference-mapper/v1/access?conference="
        f"abcde-fghij%40conference.{APP}.8x8.vc"
    ) == pin_address("https://8x8.vc", ROOM)
    assert "https://8x8.vc/v1/_jaas/vmms-conference-mapper/access/v1/dids?conference=a%26b" == (
        numbers_address("https://8x8.vc/anything", "a&b")
    )
    for url in ("http://8x8.vc", "https://8x8.vc@evil.example.org", "file:///etc/passwd"):
        with pytest.raises(BadRoom):
            pin_address(url, ROOM)


def test_the_pin_of_the_room_is_read_as_text_or_number() -> None:
    assert "4710238591026" == pin_in(json.dumps(ANSWER).encode(), ROOM)
    assert "123456789" == pin_in(json.dumps(ANSWER | {"id": 123456789}).encode(), ROOM)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": False},
        {"id": None},
        {"id": ""},
        {"id": "12345"},
        {"id": "1" * 16},
        {"id": "12ab34567"},
        {"id": ["471"]},
        {"conference": False},
        {"conference": f"another@conference.{APP}.8x8.vc"},
    ],
)
def test_what_is_no_pin_of_this_room_is_none(changed: dict[str, object]) -> None:
    with pytest.raises(NoDialIn):
        pin_in(json.dumps(ANSWER | changed).encode(), ROOM)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"<html>", b"[" * 100_000, b"\xff"])
def test_what_is_not_an_answer_is_none(body: bytes) -> None:
    with pytest.raises(NoDialIn):
        pin_in(body, ROOM)
    with pytest.raises(NoDialIn):
        number_in(body)


def test_the_number_marked_as_usual_is_told_else_the_first() -> None:
    assert "+44 330 808 1706" == number_in(json.dumps(NUMBERS).encode())
    assert "+1 512-647-1431" == number_in(json.dumps(NUMBERS[:1]).encode())


@pytest.mark.parametrize(
    "lines", [[{}], ["+44 330 808 1706"], [{"countryCode": "GB", "formattedNumber": "call me"}]]
)
def test_a_list_without_a_number_is_none(lines: list[object]) -> None:
    with pytest.raises(NoDialIn):
        number_in(json.dumps(lines).encode())
