"""Wall times and instants, there and back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.time import DoubledTime, SkippedTime, WallTime, on_wall, resolve, zone_named
from tests.property.scheduling.strategies import ZONES, instants, wall_times

CHANGING = st.sampled_from(ZONES)


@given(instants(), CHANGING)
def test_every_instant_is_found_again_from_its_wall_time(instant: datetime, zone: str) -> None:
    try:
        found = {resolve(on_wall(instant, zone))}
    except DoubledTime as doubled:
        found = {doubled.first, doubled.second}

    assert instant in found


@given(wall_times(CHANGING))
def test_a_wall_time_has_as_many_instants_as_a_search_finds(wall: WallTime) -> None:
    try:
        found = [resolve(wall)]
    except DoubledTime as doubled:
        found = [doubled.first, doubled.second]
    except SkippedTime:
        found = []

    assert searched(wall) == found


@given(wall_times(CHANGING))
def test_a_proposal_is_a_time_that_exists_later_by_the_gap(wall: WallTime) -> None:
    try:
        resolve(wall)
    except SkippedTime as skipped:
        assert on_wall(resolve(skipped.proposal), wall.zone) == skipped.proposal
        assert wall.local + skipped.gap == skipped.proposal.local
        assert timedelta(0) < skipped.gap
    except DoubledTime as doubled:
        assert doubled.first < doubled.second


def searched(wall: WallTime) -> list[datetime]:
    """Try every offset there is, by the quarter of an hour: slow, plain, and sure."""
    naive, zone = wall.local.replace(tzinfo=UTC), zone_named(wall.zone)
    offsets = (timedelta(minutes=15 * count) for count in range(56, -49, -1))
    return [
        naive - offset
        for offset in offsets
        if (naive - offset).astimezone(zone).utcoffset() == offset
    ]
