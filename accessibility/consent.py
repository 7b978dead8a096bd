"""What a person has agreed we may do with what they told us about their needs.

Each purpose is agreed to on its own, under the exact words shown. The last act counts: a consent that
was taken back after it was given holds for nothing. Refusing costs nobody their place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from accessibility.errors import AccessibilityError


class Purpose(StrEnum):
    """Name one thing a person can agree to, ticked on its own."""

    KEEP = "keep"
    SHARE_ACTIONS = "share_actions"
    SHARE_SUPPLIER = "share_supplier"
    COUNTS = "counts"


class ConsentChannel(StrEnum):
    """Say how somebody told us that they agree."""

    WEB = "web"
    PHONE = "phone"
    PAPER = "paper"
    HELPER = "helper"


class BrokenConsent(AccessibilityError):
    """The record cannot be true."""

    code = "broken-consent"


@dataclass(frozen=True, slots=True)
class Wording:
    """The exact words shown for one purpose, and the version they have."""

    purpose: Purpose
    version: str
    text: str

    @property
    def hash(self) -> str:
        """Fingerprint the words, so that a record proves what was agreed to (SHA-256, hex)."""
        return sha256(f"{self.purpose}\n{self.version}\n{self.text}".encode()).hexdigest()


WORDINGS: Final[Mapping[Purpose, Wording]] = {
    wording.purpose: wording
    for wording in (
        Wording(
            Purpose.KEEP,
            "2026-11-20",
            "Keep what I told you, so that I do not have to tell you again next time.",
        ),
        Wording(
            Purpose.SHARE_ACTIONS,
            "2026-11-20",
            "Tell the people who run my session what to do. They are not told why, or for whom "
            "if they do not need to know.",
        ),
        Wording(
            Purpose.SHARE_SUPPLIER,
            "2026-11-20",
            "Tell the person you book for me, such as an interpreter or a driver, what they need "
            "to know to do the job.",
        ),
        Wording(
            Purpose.COUNTS,
            "2026-11-20",
            "Count what I asked for in reports to the people who give us money. Nobody can see "
            "from the numbers that it was me.",
        ),
    )
}
"""The words in use now. Changed words get a new version; records keep the fingerprint of the old."""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One purpose agreed to once: when, how, under which words, and who wrote it down.

    `taken_by` is empty when the person did it alone.
    """

    purpose: Purpose
    given_at: datetime
    channel: ConsentChannel
    wording_version: str
    wording_hash: str
    taken_by: str = ""
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse times without a zone and a withdrawal before the consent."""
        for moment in (self.given_at, self.withdrawn_at):
            if moment is not None and moment.utcoffset() is None:
                raise BrokenConsent("a consent needs times with a zone")
        if self.withdrawn_at is not None and self.withdrawn_at < self.given_at:
            raise BrokenConsent("a consent cannot be withdrawn before it is given")

    @property
    def expires_at(self) -> datetime:
        """Tell when the consent ends by itself: 12 months on, 29 February becoming the 28th."""
        given = self.given_at
        is_leap_day = (given.month, given.day) == (2, 29)
        return given.replace(year=given.year + 1, day=28 if is_leap_day else given.day)

    def is_valid(self, now: datetime) -> bool:
        """Say whether this record alone holds now."""
        withdrawn = self.withdrawn_at is not None and self.withdrawn_at <= now
        return self.given_at <= now < self.expires_at and not withdrawn


def give(
    purpose: Purpose, *, at: datetime, channel: ConsentChannel, taken_by: str = ""
) -> ConsentRecord:
    """Record that somebody agreed to a purpose under the words in use now."""
    wording = WORDINGS[purpose]
    return ConsentRecord(purpose, at, channel, wording.version, wording.hash, taken_by)


def allows(records: Iterable[ConsentRecord], purpose: Purpose, now: datetime) -> bool:
    """Say whether the person, by their last act, agrees to the purpose now.

    Taking back any record of a purpose takes back all that were given before, or at that moment.
    """
    mine = [record for record in records if record.purpose is purpose]
    taken_back = [
        record.withdrawn_at
        for record in mine
        if record.withdrawn_at is not None and record.withdrawn_at <= now
    ]
    return any(
        record.is_valid(now) and all(back < record.given_at for back in taken_back)
        for record in mine
    )
