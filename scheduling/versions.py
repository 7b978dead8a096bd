"""The version of one invitation: its SEQUENCE and DTSTAMP, which never go backwards.

A version belongs to an invitation, not to a meeting and not to a mail: it grows by one with each
change its guest can see (icalendar, section a), and sending the same version again changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from scheduling.errors import BrokenValue
from scheduling.time import in_utc


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """How often a guest was told something new, and when the last of it was; whole seconds, UTC."""

    sequence: int
    stamp: datetime

    def __post_init__(self) -> None:
        """Refuse a negative sequence; cut the stamp to what a calendar file can hold."""
        if self.sequence < 0:
            raise BrokenValue(f"sequence {self.sequence}")
        object.__setattr__(self, "stamp", in_utc(self.stamp).replace(microsecond=0))

    @classmethod
    def first(cls, now: datetime) -> Self:
        """Make the version of the first invitation."""
        return cls(0, now)

    def next(self, now: datetime) -> Self:
        """Make the version after this one: newer in both parts even if the clock went back."""
        return type(self)(self.sequence + 1, max(in_utc(now), self.stamp + timedelta(seconds=1)))
