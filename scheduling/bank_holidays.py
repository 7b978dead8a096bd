"""Bank holidays of a region, by the `holidays` library: "GB-ENG" is England.

The library reads all its countries the first time one is asked for, which takes about a tenth of a
second; `is_region` may be asked beforehand, outside any loop. Each year of a region is worked out once.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from warnings import catch_warnings, simplefilter

from holidays import HolidayBase, country_holidays

ENGLAND = "GB-ENG"
#: The names are wanted in English where the library has them so; else they stay in the country's own words.
ENGLISH = ("en_GB", "en_US")
#: How the library marks the weekday on which a holiday that falls on a weekend is kept.
OBSERVED, IN_PLACE = "(observed)", "(substitute day)"

NONE: Mapping[date, str] = MappingProxyType({})


@lru_cache(maxsize=512)
def bank_holidays(region: str, year: int) -> Mapping[date, str]:
    """Give the names of a year's bank holidays by day; none for a region that nobody knows."""
    calendar = _calendar(region)
    if calendar is None:
        return NONE
    with catch_warnings():
        # Some countries warn of the years for which they have no feasts by the moon.
        simplefilter("ignore")
        calendar = country_holidays(
            calendar.country, subdiv=calendar.subdiv, years=year, language=_language(calendar)
        )
    named = {
        day: name.replace("; ", " and ").replace(OBSERVED, IN_PLACE)
        for day, name in calendar.items()
    }
    return MappingProxyType(named)


def is_region(region: str) -> bool:
    """Tell whether the bank holidays of a region ("GB-ENG", "IE") are known."""
    return _calendar(region) is not None


@lru_cache(maxsize=64)
def _calendar(region: str) -> HolidayBase | None:
    country, _, part = region.partition("-")
    try:
        return country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        return None


def _language(calendar: HolidayBase) -> str | None:
    return next((each for each in ENGLISH if each in calendar.supported_languages), None)
