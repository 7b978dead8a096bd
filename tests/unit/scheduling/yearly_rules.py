"""An oracle for time zones: expand the rules of a VTIMEZONE day by day, slowly and plainly."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from scheduling.ical.zones import posix_rule, vtimezone
from tests.unit.scheduling.calendar_lines import Line, read

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# Their clocks were left alone in the winter of 2026: the table says so, the last line cannot.
OFF_RULE = frozenset({"America/Havana", "Cuba"})


@dataclass(frozen=True, slots=True)
class Onset:
    """An instant from which an offset holds."""

    instant: datetime
    offset: timedelta


def tzif(zone: str) -> bytes:
    """Read a zone's file from the package, not from the machine."""
    return files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


def zone_of(name: str) -> ZoneInfo:
    """Make the zone that the same file describes."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def zone_lines(name: str) -> list[Line]:
    """Build a zone's VTIMEZONE from its file and read its lines."""
    zone = vtimezone(name, posix_rule(tzif(name)))
    return read(bytes(zone.to_ical(sorted=False)))


def onsets(lines: list[Line], years: range) -> list[Onset]:
    """Expand all rules over the years, in order; a zone without rules holds from its start."""
    found = [onset for part in _parts(lines) for onset in _part_onsets(part, years)]
    return sorted(found, key=lambda onset: onset.instant)


def _parts(lines: list[Line]) -> Iterator[dict[str, str]]:
    part: dict[str, str] = {}
    for line in lines:
        if line.name == "BEGIN":
            part = {}
        elif line.name == "END" and line.value != "VTIMEZONE":
            yield part
        else:
            part[line.name] = line.value


def _part_onsets(part: dict[str, str], years: range) -> Iterator[Onset]:
    start = datetime.strptime(part["DTSTART"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    before, after = _offset(part["TZOFFSETFROM"]), _offset(part["TZOFFSETTO"])
    if "RRULE" not in part:
        yield Onset(start - before, after)
        return
    rule = dict(pair.split("=") for pair in part["RRULE"].split(";"))
    for year in years:
        for day in _days(year):
            if _on_rule(rule, day):
                wall = datetime.combine(day, start.timetz())
                yield Onset(wall - before, after)


def is_on_rule(text: str, day: date) -> bool:
    """Say whether a yearly rule falls on a day."""
    return _on_rule(dict(pair.split("=") for pair in text.split(";")), day)


def _on_rule(rule: dict[str, str], day: date) -> bool:
    assert rule["FREQ"] == "YEARLY"
    assert rule.keys() <= {"FREQ", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY"}
    left = (date(day.year + 1, 1, 1) - day).days
    return (
        day.month == int(rule.get("BYMONTH", day.month))
        and day.day in _numbers(rule.get("BYMONTHDAY", str(day.day)))
        and -left in _numbers(rule.get("BYYEARDAY", str(-left)))
        and _on_weekday(rule["BYDAY"], day)
    )


def _on_weekday(text: str, day: date) -> bool:
    ordinal, name = text[:-2], text[-2:]
    from_end = (day + timedelta(days=7)).month != day.month
    in_week = {"": True, "-1": from_end}.get(ordinal, str((day.day + 6) // 7) == ordinal)
    return DAYS[day.weekday()] == name and in_week


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


def _numbers(text: str) -> set[int]:
    return {int(number) for number in text.split(",")}


def _offset(text: str) -> timedelta:
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
