"""What a date falls on, in words: a sentence each, how much it matters, and what else to offer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduling.dates import DateKind, Finding, Level
from scheduling.time import date_words, wall_clock_words
from service.web.words import say

LEVEL_FLAGS: Mapping[Level, tuple[str, str]] = {
    Level.NOTE: ("plain", "Good to know"),
    Level.WARN: ("honey", "Look again"),
    Level.BLOCK: ("clay", "Not then?"),
}
#: What each level does, in set-up.
LEVEL_WORDS: Mapping[Level, str] = {
    Level.NOTE: "Only say it",
    Level.WARN: "Warn",
    Level.BLOCK: "Ask for a yes",
}
#: How each kind of date is called in set-up.
KIND_WORDS: Mapping[DateKind, str] = {
    DateKind.BANK_HOLIDAY: "Bank holidays",
    DateKind.RAMADAN: "Evenings in Ramadan",
    DateKind.FEAST: "Feasts of several faiths",
    DateKind.SCHOOL_BREAK: "School breaks",
    DateKind.LOCAL: "Local customs",
    DateKind.CLOCK_CHANGE: "The clocks change",
    DateKind.DARKNESS: "Dark outdoors",
    DateKind.PLACE_CLOSED: "The place is closed",
    DateKind.PLACE_CHECK: "Something is wrong at the place",
    DateKind.PLACE_TAKEN: "The place is taken",
    DateKind.HOST_TAKEN: "A host is busy",
}


@dataclass(frozen=True, slots=True)
class DateLine:
    """One finding in words; `offer` says another start, `offer_at` is that start as an address writes it."""

    kind: DateKind
    level: Level
    tone: str
    flag: str
    words: str
    offer: str
    offer_at: str


def date_lines(found: Iterable[Finding]) -> list[DateLine]:
    """Put findings in words, in their order."""
    return [_line(each) for each in found]


def _line(finding: Finding) -> DateLine:
    tone, flag = LEVEL_FLAGS[finding.level]
    at = finding.offer.isoformat(timespec="minutes") if finding.offer else ""
    offer = start_words(finding.offer) if finding.offer else ""
    words = say(finding.code, finding.facts)
    return DateLine(finding.kind, finding.level, tone, flag, words, offer, at)


def start_words(start: datetime) -> str:
    """Write a start on the wall clock: "Monday 5 April 2027, 10am"."""
    return f"{date_words(start.date())}, {wall_clock_words(start.time())}"
