"""The two-rule time zones of calendar files, held against the real zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from scheduling.ical.zones import (
    LONDON,
    LONDON_RULE,
    UnreadableRule,
    offset_at,
    posix_rule,
    vtimezone,
)
from tests.unit.scheduling.calendar_lines import Line, read
from tests.unit.scheduling.yearly_rules import (
    OFF_RULE,
    is_on_rule,
    onsets,
    tzif,
    zone_lines,
    zone_of,
)

ZONES = sorted(available_timezones() - OFF_RULE - {"localtime"})
YEARS = range(2027, 2031)
SECOND = timedelta(seconds=1)

LONDON_TEXT = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
END:DAYLIGHT
END:VTIMEZONE
"""


def test_london_is_written_word_for_word() -> None:
    written = vtimezone(LONDON, LONDON_RULE).to_ical(sorted=False).decode()

    assert LONDON_TEXT.replace("\n", "\r\n") == written


def test_the_rule_of_london_is_still_the_one_we_know() -> None:
    assert LONDON_RULE == posix_rule(tzif(LONDON))


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_has_the_offset_of_the_real_one_all_year(zone: str) -> None:
    expanded = onsets(zone_lines(zone), range(YEARS.start - 1, YEARS.stop))
    real = zone_of(zone)
    instants = [
        datetime(YEARS.start, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(1460)
    ]
    changes = [onset.instant for onset in expanded if onset.instant.year in YEARS]
    instants += [instant for change in changes for instant in (change - SECOND, change)]

    holding = {
        instant: [onset.offset for onset in expanded if onset.instant <= instant][-1]
        for instant in instants
    }

    assert {instant: instant.astimezone(real).utcoffset() for instant in instants} == holding


@pytest.mark.parametrize("rule", ["A0B,M3.1.0/-1,M10.5.4/24", "A0B,M4.1.6/-30,M9.4.4/50"])
def test_a_shifted_day_may_lie_in_the_month_before_or_after(rule: str) -> None:
    lines = read(bytes(vtimezone("X", rule).to_ical(sorted=False)))

    for onset in onsets(lines, range(2024, 2036)):
        assert onset.offset != offset_at(rule, onset.instant - SECOND)
        assert onset.offset == offset_at(rule, onset.instant)
    assert 2 * 12 == len(onsets(lines, range(2024, 2036)))


@pytest.mark.parametrize("zone", ["America/Havana", "America/Nuuk", "Asia/Gaza", "Europe/Dublin"])
def test_the_offset_of_a_rule_is_what_its_file_would_give(zone: str) -> None:
    expanded, rule = onsets(zone_lines(zone), range(2026, 2029)), posix_rule(tzif(zone))
    changes = [onset.instant for onset in expanded if onset.instant.year == 2027]

    for instant in [each for change in changes for each in (change - SECOND, change)]:
        holding = [onset.offset for onset in expanded if onset.instant <= instant][-1]
        assert holding == offset_at(rule, instant)


def test_a_rule_without_clock_change_has_one_offset() -> None:
    assert timedelta(hours=-3) == offset_at("<-03>3", datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("zone", ZONES)
def test_every_first_date_lies_on_its_own_rule(zone: str) -> None:
    lines = zone_lines(zone)
    starts = [line.value for line in lines if line.name == "DTSTART"]
    rules = [line.value for line in lines if line.name == "RRULE"]

    assert len(rules) in {0, len(starts)}
    for start, rule in zip(starts, rules, strict=False):
        assert is_on_rule(rule, date.fromisoformat(start[:8]))


def test_a_zone_without_clock_change_is_one_standard_part() -> None:
    lines = zone_lines("Asia/Kathmandu")

    assert ["VTIMEZONE", "STANDARD"] == values(lines, "BEGIN")
    assert ["+0545"] == values(lines, "TZOFFSETFROM") == values(lines, "TZOFFSETTO")
    assert ["19700101T000000"] == values(lines, "DTSTART")


def test_dublin_has_its_summer_as_daylight_whatever_its_law_says() -> None:
    lines = zone_lines("Europe/Dublin")

    assert ["GMT", "IST"] == values(lines, "TZNAME")
    assert ["19961027T020000", "19810329T010000"] == values(lines, "DTSTART")


def test_a_shifted_day_is_told_by_weekday_and_days_of_the_month() -> None:
    jerusalem = values(zone_lines("Asia/Jerusalem"), "RRULE")

    assert "FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29;BYMONTH=3" in jerusalem


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "GMT",
        "GMT0BST",
        "GMT0BST,J60,J300",
        "GMT0BST,M13.5.0,M10.5.0",
        "GMT0BST,M0.5.0,M10.5.0",
        "GMT0BST,M2.5.0/24,M10.5.0",
        "GMT0BST,M3.6.0,M10.5.0",
        "GMT0BST,M3.5.0/1,M10.5.0\r\nX:1",
    ],
)
def test_a_rule_that_no_zone_has_is_refused(rule: str) -> None:
    with pytest.raises(UnreadableRule):
        vtimezone("Nowhere", rule)


def test_an_offset_left_out_is_one_hour_more() -> None:
    whole = vtimezone("X", "EST5EDT4,M3.2.0,M11.1.0").to_ical()

    assert whole == vtimezone("X", "EST5EDT,M3.2.0,M11.1.0").to_ical()


@pytest.mark.parametrize("tzif_bytes", [b"", b"TZif", b"no zone\nGMT0\n", "TZif\nÄ0\n".encode()])
def test_a_file_without_a_rule_is_refused(tzif_bytes: bytes) -> None:
    with pytest.raises(UnreadableRule):
        posix_rule(tzif_bytes)


def values(lines: list[Line], name: str) -> list[str]:
    """List the values of all lines of a name."""
    return [line.value for line in lines if line.name == name]
