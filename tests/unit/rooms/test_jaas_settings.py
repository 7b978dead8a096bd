"""What JaaS is told of a room: shut, or open with what its meeting wants."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.rooms.jaas_settings import settings_of
from service.rooms.reservations import Booking, Reason, Refusal

BOOKING = Booking("tea-4f1c", "tea-4f1c", datetime(2027, 5, 11, tzinfo=UTC), timedelta(hours=2))


def test_a_room_that_only_opens_has_no_lobby_and_asks_for_nothing() -> None:
    assert {"lobbyEnabled": False} == settings_of(BOOKING)


def test_a_room_asks_for_its_passcode_as_text() -> None:
    assert {"lobbyEnabled": False, "passcode": "012345"} == settings_of(
        replace(BOOKING, passcode="012345")
    )


@pytest.mark.parametrize("passcode", ["12 34", "tea", "١٢٣٤٥٦", "12345²"])
def test_what_is_no_digits_is_not_sent_to_jaas(passcode: str) -> None:
    assert "passcode" not in settings_of(replace(BOOKING, passcode=passcode))


@pytest.mark.parametrize(("most", "told"), [(1, 2), (2, 2), (500, 500), (900, 500)])
def test_the_limit_is_one_that_jaas_takes(most: int, told: int) -> None:
    assert told == settings_of(replace(BOOKING, max_occupants=most))["maxOccupants"]


def test_a_room_that_may_not_open_waits_for_a_moderator_and_tells_nothing() -> None:
    assert {"lobbyEnabled": True, "lobbyType": "WAIT_FOR_MODERATOR"} == settings_of(
        Refusal(Reason.EARLY)
    )
