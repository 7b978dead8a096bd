"""What dates fall on: the examples of the year 2027 in Stoke-on-Trent."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from scheduling.bank_holidays import bank_holidays, is_region
from scheduling.dates import (
    Booking,
    DateKind,
    Finding,
    Level,
    Occasion,
    SpecialDay,
    Surroundings,
    Trouble,
    blocks,
    by_day,
)
from scheduling.daylight import Spot, daylight
from scheduling.feasts import Feast, feasts_by_day
from scheduling.looking import findings
from scheduling.time import Slot, WallTime, on_wall, resolve

LONDON, ENGLAND = "Europe/London", "GB-ENG"
STOKE = Spot(53.0027, -2.1794)
LIBRARY, HALL, DEON, FARZANA = (UUID(int=number) for number in range(1, 5))
NAMES = {LIBRARY: "Longton library room", HALL: "Saggar Row Hall", DEON: "Deon", FARZANA: "Farzana"}
AROUND = Surroundings(region=ENGLAND, spot=STOKE, names=NAMES)
wall = datetime.fromisoformat
BREAKS = (
    SpecialDay(DateKind.SCHOOL_BREAK, "Half-term", date(2027, 5, 31), date(2027, 6, 4)),
    SpecialDay(DateKind.LOCAL, "Potters' holiday", date(2027, 6, 28), date(2027, 7, 4)),
)


def found(
    when: str, minutes: int = 120, *, outdoors: bool = False, around: Surroundings = AROUND
) -> tuple[Finding, ...]:
    """Look up a date on London's clocks."""
    return findings(occasion(when, minutes, outdoors=outdoors), around)


def occasion(when: str, minutes: int = 120, *, outdoors: bool = False) -> Occasion:
    """Plan a date in the library's room, led by Deon."""
    starts_at = resolve(WallTime(datetime.fromisoformat(when), LONDON))
    return Occasion(
        Slot.of(starts_at, minutes), LONDON, outdoors, frozenset({LIBRARY}), frozenset({DEON})
    )


def codes(when: str, minutes: int = 120, *, outdoors: bool = False) -> list[str]:
    """Give the codes of what a date falls on."""
    return [each.code for each in found(when, minutes, outdoors=outdoors)]


def last_mondays(year: int) -> Iterator[date]:
    """Yield the last Monday of every month."""
    for month in range(1, 13):
        day = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        yield day - timedelta(days=day.weekday())


@pytest.mark.parametrize(
    "day",
    ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
)
def test_bank_holidays_of_2027_block(day: str) -> None:
    [finding] = blocks(found(f"2027-{day}T10:00"))

    assert DateKind.BANK_HOLIDAY is finding.kind
    assert finding.facts["name"]


def test_no_other_weekday_of_2027_is_a_bank_holiday() -> None:
    weekdays = {day for day in bank_holidays(ENGLAND, 2027) if day.weekday() < 5}

    assert 8 == len(weekdays)


def test_a_bank_holiday_offers_the_next_same_weekday() -> None:
    [easter_monday] = found("2027-03-29T10:00")

    assert wall("2027-04-05T10:00") == easter_monday.offer
    assert "Easter Monday" == easter_monday.facts["name"]


def test_the_day_offered_is_no_bank_holiday_either() -> None:
    boxing_day = found("2027-12-26T10:00")[0]
    christmas_day = found("2026-12-25T10:00")[0]

    assert wall("2028-01-02T10:00") == boxing_day.offer
    assert wall("2027-01-08T10:00") == christmas_day.offer


def test_last_mondays_hit_four_bank_holidays() -> None:
    hit = [day for day in last_mondays(2027) if day in bank_holidays(ENGLAND, 2027)]

    assert [date(2027, 3, 29), date(2027, 5, 31), date(2027, 8, 30), date(2027, 12, 27)] == hit


@pytest.mark.parametrize(
    ("region", "day", "is_one"),
    [
        ("GB-SCT", date(2027, 1, 4), True),
        ("GB-ENG", date(2027, 3, 17), False),
        ("GB-NIR", date(2027, 3, 17), True),
        ("IE", date(2027, 6, 7), True),
        ("", date(2027, 12, 25), False),
        ("GB-NOWHERE", date(2027, 12, 25), False),
    ],
)
def test_each_region_has_its_own(region: str, day: date, *, is_one: bool) -> None:
    assert is_one is (day in bank_holidays(region, 2027))


def test_regions_are_known_by_their_codes() -> None:
    known = [is_region(each) for each in ("GB-ENG", "IE", "US-MA", "XX", "GB-XX", "", "england")]

    assert [True, True, True, False, False, False, False] == known


def test_thirteen_hours_in_ramadan_gets_only_the_note() -> None:
    [ramadan] = found("2027-02-11T13:00")

    assert (Level.NOTE, "date-ramadan", None) == (ramadan.level, ramadan.code, ramadan.offer)
    assert {"first": "8 February", "last": "9 March"} == ramadan.facts


def test_the_day_after_eid_is_free() -> None:
    assert [] == codes("2027-03-11T13:00")


@pytest.mark.parametrize("when", ["2027-02-10T17:00", "2027-02-20T17:10", "2027-03-05T17:00"])
def test_the_hour_round_sunset_in_ramadan_is_a_warning_of_its_own(when: str) -> None:
    [ramadan] = found(when, 70)

    assert (Level.WARN, "date-ramadan-sunset") == (ramadan.level, ramadan.code)
    assert datetime.fromisoformat(when).replace(hour=13, minute=0) == ramadan.offer


def test_an_evening_in_ramadan_falls_on_the_meal_and_the_prayers() -> None:
    [ramadan] = found("2027-02-16T18:30")

    assert (Level.WARN, "date-ramadan-evening") == (ramadan.level, ramadan.code)
    assert wall("2027-02-16T13:00") == ramadan.offer


@pytest.mark.parametrize("when", ["2027-02-07T13:00", "2027-03-12T13:00"])
def test_ramadan_has_a_first_and_a_last_day(when: str) -> None:
    assert [] == codes(when)


@pytest.mark.parametrize(
    ("day", "feast"),
    [
        ("03-09", "Eid al-Fitr"),
        ("03-10", "Eid al-Fitr"),
        ("05-16", "Eid al-Adha"),
        ("05-17", "Eid al-Adha"),
        ("10-29", "Diwali"),
        ("04-14", "Vaisakhi"),
    ],
)
def test_feasts_by_the_moon_and_the_sun_are_about_right(day: str, feast: str) -> None:
    named = {each.facts.get("name"): each for each in found(f"2027-{day}T13:00")}

    assert (Level.WARN, "date-feast-about") == (named[feast].level, named[feast].code)


def test_the_seventh_day_of_passover_is_named() -> None:
    [passover] = found("2027-04-28T10:30")

    assert (Level.WARN, "date-feast-day") == (passover.level, passover.code)
    named = {"name": "Passover", "day": "7", "first": "22 April", "last": "29 April"}
    assert named == passover.facts


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2027-04-21T10:30", []),
        ("2027-04-21T18:00", ["date-feast-eve"]),
        ("2027-04-22T10:30", ["date-feast-day"]),
        ("2027-04-29T10:30", ["date-feast-day"]),
        ("2027-04-30T10:30", []),
        ("2027-10-01T17:30", ["date-feast-eve"]),
        ("2027-10-02T10:30", ["date-feast-day"]),
        ("2027-10-03T10:30", ["date-feast-day"]),
        ("2027-10-10T17:30", ["date-feast-eve"]),
        ("2027-10-11T10:30", ["date-feast"]),
        ("2027-10-12T10:30", []),
    ],
)
def test_jewish_feasts_begin_on_the_eve(when: str, expected: list[str]) -> None:
    assert expected == codes(when)


def test_good_friday_is_said_once_where_it_is_a_bank_holiday() -> None:
    in_boston = Surroundings(region="US-MA", spot=STOKE)

    assert ["date-bank-holiday"] == codes("2027-03-26T10:00")
    assert ["date-feast"] == [
        each.code for each in findings(occasion("2027-03-26T10:00"), in_boston)
    ]


@pytest.mark.parametrize("day", ["01-20", "05-05", "07-14", "10-13"])
def test_the_quarterly_network_meets_on_clear_days(day: str) -> None:
    assert [] == codes(f"2027-{day}T10:30", 110)


def test_a_school_break_warns_and_a_local_custom_informs() -> None:
    around = Surroundings(region=ENGLAND, spot=STOKE, special=BREAKS)

    [half_term] = found("2027-06-04T14:00", around=around)
    [potters] = found("2027-06-30T14:00", around=around)

    assert (DateKind.SCHOOL_BREAK, Level.WARN) == (half_term.kind, half_term.level)
    assert {"name": "Half-term", "first": "31 May", "last": "4 June"} == half_term.facts
    assert (DateKind.LOCAL, Level.NOTE) == (potters.kind, potters.level)


@pytest.mark.parametrize(
    ("when", "code"),
    [("2027-03-28T14:00", "date-clocks-forward"), ("2027-10-31T14:00", "date-clocks-back")],
)
def test_the_clocks_change_on_their_sundays(when: str, code: str) -> None:
    [change] = [each for each in found(when) if each.kind is DateKind.CLOCK_CHANGE]

    assert (code, Level.NOTE, {"starts": "2pm"}) == (change.code, change.level, change.facts)
    assert DateKind.CLOCK_CHANGE not in {each.kind for each in found("2027-10-30T14:00")}


def test_a_night_in_which_the_clocks_change_says_when_it_ends() -> None:
    [change] = found("2027-10-30T23:00", 240)

    assert ("date-clocks-during", {"ends": "2am"}) == (change.code, change.facts)


@pytest.mark.parametrize(
    ("month", "sets"),
    [
        (1, "16:20"),
        (2, "17:18"),
        (3, "18:11"),
        (4, "20:06"),
        (6, "21:35"),
        (9, "19:26"),
        (10, "18:15"),
        (11, "16:15"),
        (12, "15:52"),
    ],
)
def test_the_sun_sets_over_stoke(month: int, sets: str) -> None:
    day = date(2027, month, 15)

    sunset = daylight(STOKE, day, LONDON).sets_at

    assert sunset is not None
    expected = datetime.fromisoformat(f"{day}T{sets}")
    assert abs(on_wall(sunset, LONDON).local - expected) <= timedelta(minutes=3)


def test_the_afternoon_walk_goes_dark_once_the_clocks_are_back() -> None:
    last_of_summer = found("2027-10-28T15:30", 75, outdoors=True)
    [first_of_winter] = found("2027-11-04T15:30", 75, outdoors=True)

    assert () == last_of_summer
    assert (Level.BLOCK, "date-dark") == (first_of_winter.level, first_of_winter.code)
    assert "4:32pm" == first_of_winter.facts["sunset"]
    assert wall("2027-11-04T14:45") == first_of_winter.offer


def test_the_same_walk_indoors_minds_no_darkness() -> None:
    assert () == found("2027-11-04T15:30", 75)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_morning_walk_is_light_all_year(month: int) -> None:
    day = date(2027, month, 7)
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)

    dark = [code for code in codes(f"{saturday}T10:30", 75, outdoors=True) if "dark" in code]

    assert [] == dark


def test_an_outdoor_meeting_before_sunrise_is_dark_too() -> None:
    [dark] = found("2027-12-15T07:30", 60, outdoors=True)

    assert ("date-before-light", {"sunrise": "8:15am"}) == (dark.code, dark.facts)


def test_nothing_is_known_of_the_sky_over_nowhere() -> None:
    around = Surroundings(region=ENGLAND)

    assert () == found("2027-12-15T07:30", 60, outdoors=True, around=around)
    assert [Level.NOTE] == [each.level for each in found("2027-02-16T18:30", around=around)]


@pytest.mark.parametrize(
    ("when", "is_flagged"),
    [
        ("2027-02-28T14:00", False),
        ("2027-03-01T14:00", True),
        ("2027-03-19T14:00", True),
        ("2027-03-20T14:00", False),
    ],
)
def test_the_lift_is_out_of_order_from_its_first_to_its_last_day(
    when: str, *, is_flagged: bool
) -> None:
    lift = Trouble(LIBRARY, "lift", date(2027, 3, 1), date(2027, 3, 19))
    around = Surroundings(names=NAMES, troubles=[lift])

    checks = [each for each in found(when, around=around) if each.kind is DateKind.PLACE_CHECK]

    assert is_flagged is bool(checks)
    for check in checks:
        facts = {"place": "Longton library room", "fact": "lift"}
        assert facts | {"first": "1 March", "last": "19 March"} == check.facts
        assert Level.WARN is check.level


def test_trouble_at_another_place_is_no_trouble() -> None:
    lift = Trouble(HALL, "lift", date(2027, 6, 1), date(2027, 6, 19))

    assert () == found("2027-06-10T14:00", around=Surroundings(troubles=[lift]))


def test_a_closed_place_blocks() -> None:
    closed = Trouble(LIBRARY, "", date(2027, 6, 10), date(2027, 6, 10))

    for_a_day = found("2027-06-10T14:00", around=Surroundings(troubles=[closed]))
    for_good = found("2027-06-11T14:00", around=Surroundings(shut=frozenset({LIBRARY})))

    assert ["date-place-closed"] == [each.code for each in blocks(for_a_day)]
    assert ["date-place-shut"] == [each.code for each in blocks(for_good)]


def test_a_place_and_a_host_can_be_in_one_meeting_at_a_time() -> None:
    other = Booking(occasion("2027-06-10T15:00").slot, frozenset({LIBRARY}), frozenset({DEON}))
    around = Surroundings(names=NAMES, bookings=by_day([other, other]))

    place, host = found("2027-06-10T14:00", around=around)

    assert (DateKind.PLACE_TAKEN, Level.BLOCK) == (place.kind, place.level)
    assert {"name": "Longton library room", "first": "3pm", "last": "5pm"} == place.facts
    assert (DateKind.HOST_TAKEN, "Deon") == (host.kind, host.facts["name"])


def test_meetings_that_touch_or_share_nothing_go_together() -> None:
    after = Booking(occasion("2027-06-10T16:00").slot, frozenset({LIBRARY}), frozenset({DEON}))
    beside = Booking(occasion("2027-06-10T14:00").slot, frozenset({HALL}), frozenset({FARZANA}))
    around = Surroundings(names=NAMES, bookings=by_day([after, beside]))

    assert () == found("2027-06-10T14:00", around=around)


def test_a_kind_may_take_dates_more_or_less_to_heart() -> None:
    levels = {DateKind.BANK_HOLIDAY: Level.NOTE, DateKind.SCHOOL_BREAK: Level.BLOCK}
    around = Surroundings(region=ENGLAND, special=BREAKS, levels=levels)

    whitsun = found("2027-05-31T10:00", around=around)

    expected = [(Level.BLOCK, DateKind.SCHOOL_BREAK), (Level.NOTE, DateKind.BANK_HOLIDAY)]
    assert expected == [(each.level, each.kind) for each in whitsun]


def test_feasts_that_nobody_can_compute_are_left_out() -> None:
    named = {span.feast for spans in feasts_by_day(2090).values() for span in spans}

    assert {Feast.RAMADAN, Feast.EID_AL_FITR, Feast.EID_AL_ADHA, Feast.DIWALI} == set(Feast) - named
