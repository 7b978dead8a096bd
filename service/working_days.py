"""Working days at one organisation: its wall clock, and the bank holidays of its region."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from accessibility.service_times import ServiceTimes
from accessibility.slack import is_working_day
from scheduling.bank_holidays import bank_holidays
from scheduling.time import on_wall

#: Nothing is arranged further ahead, nor looked back at further, than these years.
YEARS: Final = range(-1, 4)


@dataclass(frozen=True, slots=True)
class HouseDay:
    """The day it is at one organisation, its bank holidays round it, and how soon people hear from it."""

    today: date
    holidays: frozenset[date]
    times: ServiceTimes = field(default_factory=ServiceTimes)

    @property
    def next_working_day(self) -> date:
        """Give the first working day after today."""
        day = self.today + timedelta(days=1)
        while not is_working_day(day, self.holidays):
            day += timedelta(days=1)
        return day


def house_day(zone: str, region: str, now: datetime) -> HouseDay:
    """Say which day it is by this clock, with the bank holidays of a region from last year to three on."""
    today = on_wall(now, zone).local.date()
    return HouseDay(today, _holidays(region, today.year))


@lru_cache(maxsize=64)
def _holidays(region: str, year: int) -> frozenset[date]:
    return frozenset(day for shift in YEARS for day in bank_holidays(region, year + shift))
