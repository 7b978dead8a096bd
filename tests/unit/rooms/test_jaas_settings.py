"""What JaaS is told of a room, from the decision whether it may open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.rooms.jaas_settings import settings_of
from service.rooms.reservations import Booking, Reason, Refusal

NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
BOOKING = Booking("tea", "tea", NOW, timedelta(hours=1))


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_shuts_the_room_until_a_moderator_comes(reason: Reason) -> None:
    assert {"lobbyEnabled": True, "lobbyType": "WAIT_FOR_MODERATOR"} == settings_of(Refusal(reason))


@pytest.mark.parametrize(("most", "told"), [(1, 2), (2, 2), (20, 20), (500, 500), (5000, 500)])
def test_a_limit_is_one_that_jaas_takes(most: int, told: int) -> None:
    assert told == settings_of(replace(BOOKING, max_occupants=most))["maxOccupants"]


def test_a_passcode_is_told_as_text() -> None:
    assert {"lobbyEnabled": False, "passcode": "012345"} == settings_of(
        replace(BOOKING, passcode="012345")
    )


@pytest.mark.parametrize("passcode", ["", "12 34", "12a4", "١٢٣٤", "12345²"])
def test_a_passcode_is_made_of_digits_or_left_out(passcode: str) -> None:
    assert {"lobbyEnabled": False} == settings_of(replace(BOOKING, passcode=passcode))


def test_what_was_told_once_cannot_be_changed_for_others() -> None:
    settings_of(Refusal(Reason.EARLY))["lobbyEnabled"] = False

    assert settings_of(Refusal(Reason.EARLY))["lobbyEnabled"]
