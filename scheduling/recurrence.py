"""Rules by which a series repeats: only those that every calendar program expands alike.

These are every so many weeks on chosen weekdays, and every so many months on one weekday of the month
("second Thursday") or one day of it. Anything else is planned as two series (icalendar, section 2).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from scheduling.errors import BrokenValue

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The last of a month, and the first to fourth; a fifth is missing in most months.
ORDINALS = (1, 2, 3, 4, -1)
MOST_WEEKS, MOST_MONTHS = 26, 12
#: Every month has this day.
LAST_SAFE_DAY = 28


class Frequency(StrEnum):
    """What a rule counts. The values are those of RFC 5545, 3.3.10."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: weekly by `weekdays`, or monthly by `ordinal` and one weekday, or by `month_day`.

    Weekdays count from Monday as 0; an ordinal of -1 means the last of the month.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    ordinal: int | None = None
    month_day: int | None = None

    def __post_init__(self) -> None:
        """Sort the weekdays; refuse what not every program expands alike."""
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        most = MOST_WEEKS if self.frequency is Frequency.WEEKLY else MOST_MONTHS
        if not 1 <= self.interval <= most:
            raise BrokenValue(f"an interval lies between 1 and {most}")
        if not set(self.weekdays) <= set(range(len(WEEKDAYS))):
            raise BrokenValue("weekdays count from 0 to 6")
        if not (self._is_weekly() or self._is_by_ordinal() or self._is_by_day()):
            raise BrokenValue("not a rule that every program expands alike")

    def _is_weekly(self) -> bool:
        is_plain = self.ordinal is None and self.month_day is None
        return self.frequency is Frequency.WEEKLY and bool(self.weekdays) and is_plain

    def _is_by_ordinal(self) -> bool:
        is_one = len(self.weekdays) == 1 and self.month_day is None
        return self.frequency is Frequency.MONTHLY and is_one and self.ordinal in ORDINALS

    def _is_by_day(self) -> bool:
        is_day = self.month_day is not None and 1 <= self.month_day <= LAST_SAFE_DAY
        is_plain = not self.weekdays and self.ordinal is None
        return self.frequency is Frequency.MONTHLY and is_day and is_plain

    @property
    def text(self) -> str:
        """Write the rule as RFC 5545 does, without an end: "FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE"."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            days = (f"{self.ordinal or ''}{WEEKDAYS[day]}" for day in self.weekdays)
            parts.append(f"BYDAY={','.join(days)}")
        if self.month_day is not None:
            parts.append(f"BYMONTHDAY={self.month_day}")
        return ";".join(parts)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a rule as `text` writes it; raises BrokenValue for anything else."""
        try:
            parts = dict(part.split("=", 1) for part in text.split(";"))
            frequency = Frequency(parts.pop("FREQ"))
            interval = int(parts.pop("INTERVAL", "1"))
            days = [day for day in parts.pop("BYDAY", "").split(",") if day]
            month_day = parts.pop("BYMONTHDAY", None)
            weekdays = tuple(WEEKDAYS.index(day[-2:]) for day in days)
            ordinals = {int(day[:-2]) for day in days if day[:-2]}
        except (KeyError, ValueError) as error:
            raise BrokenValue("not a rule") from error
        if parts or len(ordinals) > 1:
            raise BrokenValue("not a rule that every program expands alike")
        return cls(
            frequency=frequency,
            interval=interval,
            weekdays=weekdays,
            ordinal=ordinals.pop() if ordinals else None,
            month_day=int(month_day) if month_day else None,
        )
