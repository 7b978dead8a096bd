"""From when until when people may come in."""

from datetime import timedelta

import pytest

from scheduling.joining import JoinPhase, may_join, may_open_room
from tests.unit.scheduling.examples import DRAFT

SLOT = DRAFT.slot


@pytest.mark.parametrize(
    ("is_host", "minutes_before"),
    [(False, 20), (True, 40)],
)
def test_join_now_shows_from_its_minute_before_the_start(
    is_host: bool, minutes_before: int
) -> None:
    opens_at = SLOT.starts_at - timedelta(minutes=minutes_before)

    early = may_join(SLOT, opens_at - timedelta(seconds=1), is_host=is_host)
    opened = may_join(SLOT, opens_at, is_host=is_host)

    assert (JoinPhase.EARLY, opens_at) == (early.phase, early.opens_at)
    assert opened.is_open


@pytest.mark.parametrize("is_host", [False, True])
def test_join_now_shows_until_half_an_hour_after_the_end(is_host: bool) -> None:
    closes_at = SLOT.ends_at + timedelta(minutes=30)

    last = may_join(SLOT, closes_at - timedelta(seconds=1), is_host=is_host)
    over = may_join(SLOT, closes_at, is_host=is_host)

    assert last.is_open
    assert (JoinPhase.OVER, closes_at) == (over.phase, over.closes_at)


@pytest.mark.parametrize("is_host", [False, True])
def test_the_room_is_open_five_minutes_before_anyone_may_press(is_host: bool) -> None:
    button = may_join(SLOT, SLOT.starts_at, is_host=is_host)
    room = may_open_room(SLOT, SLOT.starts_at, is_host=is_host)

    assert timedelta(minutes=5) == button.opens_at - room.opens_at
    assert room.closes_at == button.closes_at
