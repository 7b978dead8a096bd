"""Looking a date up never fails, and what it finds can be relied on."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from scheduling.bank_holidays import bank_holidays
from scheduling.dates import (
    Booking,
    DateKind,
    Level,
    Occasion,
    SpecialDay,
    Surroundings,
    Trouble,
    by_day,
)
from scheduling.daylight import Spot
from scheduling.looking import BEFORE_SUNSET, findings
from scheduling.time import Slot

ROOM, HOST = UUID(int=1), UUID(int=2)
INSTANTS = st.datetimes(
    datetime.fromisoformat("1972-01-01"),
    datetime.fromisoformat("2100-12-30"),
    timezones=st.timezones(),
)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "posixrules"}))
SPOTS = st.builds(Spot, st.floats(-90, 90), st.floats(-180, 180)) | st.none()
REGIONS = st.sampled_from(["GB-ENG", "GB-SCT", "IE", "IN-MH", "IL", "SA", "US", "nowhere", ""])
MINUTES = st.integers(5, 1440)
DAYS = st.dates(date(1971, 1, 1), date(2101, 1, 1))


def around(region: str, spot: Spot | None, day: date) -> Surroundings:
    """Put something of every kind round a day."""
    slot = Slot.of(datetime.fromisoformat(f"{day}T12:00Z"), 60)
    return Surroundings(
        region=region,
        spot=spot,
        special=[SpecialDay(DateKind.LOCAL, "Wakes", day, day + timedelta(days=7))],
        troubles=[Trouble(ROOM, "lift", day, day), Trouble(ROOM, "", day, day)],
        bookings=by_day([Booking(slot, frozenset({ROOM}), frozenset({HOST}))]),
    )


@given(INSTANTS, ZONES, MINUTES, SPOTS, REGIONS)
def test_no_date_and_no_zone_is_too_much(
    starts_at: datetime, zone: str, minutes: int, spot: Spot | None, region: str
) -> None:
    slot = Slot.of(starts_at, minutes)
    occasion = Occasion(slot, zone, True, frozenset({ROOM}), frozenset({HOST}))

    found = findings(occasion, around(region, spot, slot.starts_at.date()))

    levels = [each.level for each in found]
    assert sorted(levels, key=list(Level).index, reverse=True) == levels


@given(DAYS, st.integers(0, 23), REGIONS)
def test_what_is_offered_falls_on_no_bank_holiday(day: date, hour: int, region: str) -> None:
    slot = Slot.of(datetime.fromisoformat(f"{day}T{hour:02}:00Z"), 60)

    for each in findings(Occasion(slot, "UTC"), Surroundings(region=region)):
        if each.kind is DateKind.BANK_HOLIDAY and each.offer is not None:
            assert each.offer.date() not in bank_holidays(region, each.offer.year)
            assert day.weekday() == each.offer.weekday()


@given(DAYS, st.floats(-60, 60), st.floats(-30, 30), MINUTES)
def test_an_earlier_start_that_is_offered_is_light(
    day: date, latitude: float, longitude: float, minutes: int
) -> None:
    surroundings = Surroundings(spot=Spot(latitude, longitude))
    slot = Slot.of(datetime.fromisoformat(f"{day}T19:00Z"), minutes)

    for each in findings(Occasion(slot, "UTC", True), surroundings):
        if each.code == "date-dark" and each.offer is not None:
            earlier = Slot.of(datetime.fromisoformat(f"{each.offer.isoformat()}Z"), minutes)
            again = findings(Occasion(earlier, "UTC", True), surroundings)
            assert DateKind.DARKNESS not in {other.kind for other in again}


@given(DAYS, st.floats(-50, 50))
def test_an_hour_at_noon_by_the_sun_is_never_dark(day: date, longitude: float) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00Z") - timedelta(hours=longitude / 15)
    occasion = Occasion(Slot.of(noon - BEFORE_SUNSET, 60), "UTC", True)

    found = findings(occasion, Surroundings(spot=Spot(45, longitude)))

    assert DateKind.DARKNESS not in {each.kind for each in found}
