"""Looking up eighteen months of five hundred series, against only making the dates."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from scheduling.dates import Booking, DateKind, Occasion, SpecialDay, Surroundings, Trouble, by_day
from scheduling.daylight import Spot
from scheduling.looking import findings
from scheduling.time import Slot
from tests.bench.measuring import Cost, Report, cost_of, in_words, side_by_side

SERIES, WEEKS = 500, 40
FIRST = datetime(2027, 1, 4, 9, tzinfo=UTC)
PLACES = [UUID(int=number) for number in range(1, 21)]
HOSTS = [UUID(int=number) for number in range(101, 141)]


@pytest.mark.bench
async def test_looking_up_dates(report: Report) -> None:
    occasions = [occasion(series, week) for series in range(SERIES) for week in range(WEEKS)]
    around = surroundings(occasions)

    async def look() -> None:
        for each in occasions:
            findings(each, around)

    async def make() -> None:
        for each in occasions:
            Slot.of(each.slot.starts_at, 120)

    async def ours() -> Cost:
        return await cost_of(look, times=len(occasions))

    async def bare() -> Cost:
        return await cost_of(make, times=len(occasions))

    slots = "only making its slot"
    costs = await side_by_side({"looking a date up": ours, slots: bare}, rounds=3)

    report.compare("looking a date up", "", costs, baselines=[slots])
    whole = min(cost.elapsed for cost in costs["looking a date up"]) * len(occasions)
    report.note(f"looking up {len(occasions)} dates of {SERIES} series", "", in_words(whole))


def occasion(series: int, week: int) -> Occasion:
    """Plan one date of a weekly series, every fourth of them outdoors."""
    starts_at = FIRST + timedelta(weeks=week, days=series % 7, hours=series % 9)
    places, hosts = PLACES[series % len(PLACES)], HOSTS[series % len(HOSTS)]
    slot = Slot.of(starts_at, 120)
    return Occasion(slot, "Europe/London", series % 4 == 0, frozenset({places}), frozenset({hosts}))


def surroundings(occasions: list[Occasion]) -> Surroundings:
    """Put school breaks, a lift out of order and every other meeting round them."""
    day = date(2027, 2, 15)
    breaks = [day + timedelta(weeks=6 * number) for number in range(12)]
    return Surroundings(
        region="GB-ENG",
        spot=Spot(53.0, -2.18),
        special=[
            SpecialDay(DateKind.SCHOOL_BREAK, "Break", each, each + timedelta(days=9))
            for each in breaks
        ],
        troubles=[Trouble(PLACES[0], "lift", date(2027, 3, 1), date(2027, 3, 19))],
        bookings=by_day(Booking(each.slot, each.place_ids, each.host_ids) for each in occasions),
    )
