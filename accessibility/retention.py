"""How long what we hold is kept, and from when: one table, and what is due by it.

The times are our own proposal (the law sets none and wants a schedule that is justified and kept). What only
counts people stays for good: nothing in it says who anybody was. Where the organisation decides, as about notes
for its safeguarding lead, nothing is removed by time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from accessibility.errors import AccessibilityError

#: Days in so many months, on average over four years: 1461 days in 48 months.
_DAYS, _MONTHS = 1461, 48


class Held(StrEnum):
    """Name what is held about people."""

    NEEDS = "needs"
    REQUESTS = "requests"
    ATTENDANCE = "attendance"
    FEEDBACK = "feedback"
    DIAL_PINS = "dial_pins"
    ROOM_EVENTS = "room_events"
    LETTERS = "letters"
    CONSENTS = "consents"
    READS = "reads"
    CLAIMS = "claims"
    RECEIPTS = "receipts"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long something is kept: months and days after the moment `since` names in words.

    Months are counted as days (12 of them are 365), so that of two things the older one always goes first.
    """

    months: int = 0
    days: int = 0
    since: str = ""

    @property
    def span(self) -> timedelta:
        """Give the whole time it is kept."""
        return timedelta(days=self.months * _DAYS // _MONTHS + self.days)


#: access.md section 3; a receipt is kept for six years and the one it was paid in.
SCHEDULE: Final[Mapping[Held, Keeping]] = MappingProxyType(
    {
        Held.NEEDS: Keeping(months=12, since="the person last came, answered or told us something"),
        Held.REQUESTS: Keeping(months=12, since="the session"),
        Held.ATTENDANCE: Keeping(months=12, since="the session"),
        Held.FEEDBACK: Keeping(months=12, since="the session"),
        Held.DIAL_PINS: Keeping(days=1, since="the session"),
        Held.ROOM_EVENTS: Keeping(days=7, since="it happened"),
        Held.LETTERS: Keeping(days=90, since="it was written"),
        Held.CONSENTS: Keeping(months=72, since="it ended or was taken back"),
        Held.READS: Keeping(months=24, since="somebody looked"),
        Held.CLAIMS: Keeping(months=84, since="it was paid or refused"),
        Held.RECEIPTS: Keeping(months=84, since="the claim was paid or refused"),
    }
)


class NotDated(AccessibilityError):
    """A moment without a zone says nothing about when something is due."""

    code = "not-dated"


def kept_until(held: Held, since: datetime) -> datetime:
    """Say until when something is kept that this moment began; raises NotDated for one without a zone."""
    if since.utcoffset() is None:
        raise NotDated("the moment needs a zone")
    return since + SCHEDULE[held].span


def is_due(held: Held, since: datetime, now: datetime) -> bool:
    """Say whether something has been kept for long enough."""
    return kept_until(held, since) <= now


def removed_before(held: Held, now: datetime) -> datetime:
    """Give the latest moment from which something is removed now: what began then, or before, is due.

    A query compares with it, so that the database needs no calendar. Raises NotDated.
    """
    if now.utcoffset() is None:
        raise NotDated("the moment needs a zone")
    return now - SCHEDULE[held].span
