"""From when until when people may come in."""

from datetime import timedelta
from typing import Any

import pytest

from scheduling.answers import Answer
from scheduling.joining import Entrance, JoinPhase, Standing, entrance, may_join, may_open_room
from scheduling.meeting import MeetingState
from scheduling.ways import Way
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


def standing(**given: Any) -> Standing:
    """Give somebody who may come in when it is time."""
    known = Standing(
        is_listed=True,
        state=MeetingState.PUBLISHED,
        starts_at=SLOT.starts_at,
        ends_at=SLOT.ends_at,
        answer=Answer.YES,
        way=Way.ONLINE,
        is_full=False,
    )
    return known._replace(**given)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, Entrance.OPEN),
        ({"is_full": True}, Entrance.OPEN),
        ({"is_listed": False, "state": MeetingState.CANCELLED}, Entrance.REMOVED),
        ({"state": MeetingState.CANCELLED, "answer": Answer.NO}, Entrance.CANCELLED),
        ({"state": MeetingState.DRAFT}, Entrance.DRAFT),
        ({"starts_at": None, "ends_at": None}, Entrance.DRAFT),
        ({"way": Way.PHONE}, Entrance.OTHER_WAY),
        ({"way": Way.ROOM}, Entrance.OTHER_WAY),
        ({"answer": Answer.MAYBE}, Entrance.SAY_YES),
        ({"answer": Answer.UNANSWERED, "way": None}, Entrance.SAY_YES),
        ({"answer": Answer.NO, "is_full": True}, Entrance.FULL),
        ({"answer": Answer.WAITING}, Entrance.FULL),
        ({"answer": Answer.WAITING, "way": Way.ROOM}, Entrance.SAY_YES),
    ],
)
def test_what_keeps_somebody_out_is_named(given: dict[str, Any], found: Entrance) -> None:
    assert found is entrance(standing(**given), SLOT.starts_at)


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        (-20 * 60 - 1, Entrance.EARLY),
        (-20 * 60, Entrance.OPEN),
        (SLOT.length.total_seconds() + 30 * 60 - 1, Entrance.OPEN),
        (SLOT.length.total_seconds() + 30 * 60, Entrance.OVER),
    ],
)
def test_the_door_opens_and_closes_with_the_button(seconds: float, found: Entrance) -> None:
    now = SLOT.starts_at + timedelta(seconds=seconds)

    assert found is entrance(standing(), now)
    assert (found is Entrance.OPEN) == may_join(SLOT, now).is_open


def test_a_session_that_is_over_is_over_for_everybody() -> None:
    after = SLOT.ends_at + timedelta(hours=1)

    for answer in Answer:
        assert Entrance.OVER is entrance(standing(answer=answer, is_full=True), after)
