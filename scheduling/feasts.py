"""The main feasts of several faiths, and Ramadan: on which days they fall, as far as that can be known.

The dates by the moon, the sun and the Jewish calendar are the tables of the `holidays` library. Feasts
that begin when the moon is seen may come a day later here than computed, so both days count, and what
is said of them says "about". Beyond the library's tables (2035 for Diwali, 2077 for Ramadan and the
Eids) such a feast is not known and not named.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from dateutil.easter import easter
from holidays.calendars.hebrew import _HebrewLunisolar
from holidays.calendars.hindu import _HinduLunisolar
from holidays.calendars.islamic import _IslamicLunar

DAY = timedelta(days=1)
PASSOVER_DAYS = 8
#: In most years, and where the library's table has ended (Nanakshahi calendar).
USUAL_VAISAKHI = (4, 14)

_ISLAMIC, _HEBREW, _HINDU = _IslamicLunar(), _HebrewLunisolar(), _HinduLunisolar()


class Feast(StrEnum):
    """A feast, or a time of fasting. The values are parts of the codes of its sentences."""

    RAMADAN = "ramadan"
    EID_AL_FITR = "eid-al-fitr"
    EID_AL_ADHA = "eid-al-adha"
    PASSOVER = "passover"
    ROSH_HASHANAH = "rosh-hashanah"
    YOM_KIPPUR = "yom-kippur"
    DIWALI = "diwali"
    VAISAKHI = "vaisakhi"
    GOOD_FRIDAY = "good-friday"
    EASTER = "easter"
    CHRISTMAS = "christmas"


NAMES: Mapping[Feast, str] = {
    Feast.RAMADAN: "Ramadan",
    Feast.EID_AL_FITR: "Eid al-Fitr",
    Feast.EID_AL_ADHA: "Eid al-Adha",
    Feast.PASSOVER: "Passover",
    Feast.ROSH_HASHANAH: "Rosh Hashanah",
    Feast.YOM_KIPPUR: "Yom Kippur",
    Feast.DIWALI: "Diwali",
    Feast.VAISAKHI: "Vaisakhi",
    Feast.GOOD_FRIDAY: "Good Friday",
    Feast.EASTER: "Easter Sunday",
    Feast.CHRISTMAS: "Christmas Day",
}
#: These begin when the sun goes down on the day before.
FROM_THE_EVE = frozenset({Feast.PASSOVER, Feast.ROSH_HASHANAH, Feast.YOM_KIPPUR})
#: Known to a day or so only.
ABOUT = frozenset(
    {Feast.RAMADAN, Feast.EID_AL_FITR, Feast.EID_AL_ADHA, Feast.DIWALI, Feast.VAISAKHI}
)


@dataclass(frozen=True, slots=True)
class Span:
    """A feast from its first to its last day; the eve of one that begins in the evening is no day of it."""

    feast: Feast
    first: date
    last: date

    @property
    def days(self) -> int:
        """Count its days."""
        return (self.last - self.first).days + 1


@lru_cache(maxsize=256)
def feasts_by_day(year: int) -> Mapping[date, Sequence[Span]]:
    """Give what falls on each day of a year; a day of nothing is left out."""
    found: dict[date, list[Span]] = defaultdict(list)
    for each in (*_of_year(year - 1), *_of_year(year), *_of_year(year + 1)):
        for number in range(each.days):
            day = each.first + number * DAY
            if day.year == year and each not in found[day]:
                found[day].append(each)
    return {day: tuple(spans) for day, spans in found.items() if spans}


def _of_year(year: int) -> Iterator[Span]:
    """Yield the feasts that begin in a year, and some of the years beside it."""
    yield from _ramadans(year)
    yield from _eids(year)
    yield from _jewish(year)
    yield from _indian(year)
    sunday = easter(year)
    yield Span(Feast.GOOD_FRIDAY, sunday - 2 * DAY, sunday - 2 * DAY)
    yield Span(Feast.EASTER, sunday, sunday)
    yield Span(Feast.CHRISTMAS, date(year, 12, 25), date(year, 12, 25))


def _ramadans(year: int) -> Iterator[Span]:
    """Yield each Ramadan until the Eid after it, which may still be a day of fasting."""
    ends = sorted({day for near in (year, year + 1) for day, _ in _ISLAMIC.eid_al_fitr_dates(near)})
    for first, _ in _ISLAMIC.ramadan_beginning_dates(year):
        last = next((day for day in ends if day > first), None)
        if last is not None:
            yield Span(Feast.RAMADAN, first, last)


def _eids(year: int) -> Iterator[Span]:
    for feast, days in (
        (Feast.EID_AL_FITR, _ISLAMIC.eid_al_fitr_dates(year)),
        (Feast.EID_AL_ADHA, _ISLAMIC.eid_al_adha_dates(year)),
    ):
        for day, _ in days:
            yield Span(feast, day, day + DAY)


def _jewish(year: int) -> Iterator[Span]:
    for feast, first, days in (
        (Feast.PASSOVER, _HEBREW.passover_date(year), PASSOVER_DAYS),
        (Feast.ROSH_HASHANAH, _HEBREW.rosh_hashanah_date(year), 2),
        (Feast.YOM_KIPPUR, _HEBREW.yom_kippur_date(year), 1),
    ):
        if first is not None:
            yield Span(feast, first, first + (days - 1) * DAY)


def _indian(year: int) -> Iterator[Span]:
    vaisakhi, _ = _HINDU.vaisakhi_date(year)
    usual = vaisakhi or date(year, *USUAL_VAISAKHI)
    yield Span(Feast.VAISAKHI, usual, usual)
    # `diwali_date` is a month late in some years (2025, 2028); the table for India is not.
    diwali, _ = _HINDU.diwali_india_date(year)
    if diwali is not None:
        yield Span(Feast.DIWALI, diwali, diwali)
