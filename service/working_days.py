"""The bank holidays of England, and what they make of the days left to arrange something."""

from datetime import date, timedelta
from typing import Final

from accessibility.slack import is_working_day

#: England and Wales, 2026 to 2028. Source: https://www.gov.uk/bank-holidays (Banking and Financial
#: Dealings Act 1971, with the substitute days for those that fall on a weekend).
BANK_HOLIDAYS: Final = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 1),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 3),
        date(2027, 5, 31),
        date(2027, 8, 30),
        date(2027, 12, 27),
        date(2027, 12, 28),
        date(2028, 1, 3),
        date(2028, 4, 14),
        date(2028, 4, 17),
        date(2028, 5, 1),
        date(2028, 5, 29),
        date(2028, 8, 28),
        date(2028, 12, 25),
        date(2028, 12, 26),
    }
)


def next_working_day(today: date) -> date:
    """Give the first working day after today."""
    day = today + timedelta(days=1)
    while not is_working_day(day, BANK_HOLIDAYS):
        day += timedelta(days=1)
    return day
