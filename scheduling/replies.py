"""Which answer from a guest's calendar counts, when several come, late, twice or to an older invitation.

The newest by (SEQUENCE, DTSTAMP) wins (RFC 5546, 2.1.5). A program may leave either out, invent it, or
have its clock wrong; so neither is ever believed beyond what we sent and what time it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.answers import Answer
from scheduling.ical.read import CalendarEvent, PartStatus
from scheduling.versions import Version

#: How far the clock of somebody's computer may be behind ours.
CLOCKS_DIFFER = timedelta(minutes=5)

_ANSWERS = {
    PartStatus.ACCEPTED: Answer.YES,
    PartStatus.TENTATIVE: Answer.MAYBE,
    PartStatus.DECLINED: Answer.NO,
    PartStatus.DELEGATED: Answer.NO,
}


class Verdict(StrEnum):
    """What becomes of an answer: it counts, a newer one is known, or it was about another time."""

    COUNTS = "counts"
    OLDER = "older"
    OTHER_TIME = "other_time"


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of an invitation when an answer to it comes in.

    `time_sequence` is the version that last told of another time; `newest` the newest answer that
    came from a calendar; `answered_at` when the person last answered, by whatever way.
    """

    version: Version
    starts_at: datetime | None
    time_sequence: int | None = None
    newest: Version | None = None
    answered_at: datetime | None = None


def answer_of(status: PartStatus) -> Answer | None:
    """Translate what a calendar says; one that passes it on does not come. None if it says nothing."""
    return _ANSWERS.get(status)


def version_answered(event: CalendarEvent, known: Known, now: datetime) -> Version:
    """Say which version an answer is about, and when it was given, as far as that can be believed."""
    given_at = min(event.stamp or now, now)
    if event.sequence is not None:
        return Version(min(event.sequence, known.version.sequence), given_at)
    is_present = given_at >= known.version.stamp
    if event.starts_at is not None and known.starts_at is not None:
        is_present = event.starts_at == known.starts_at
    return Version(known.version.sequence if is_present else 0, given_at)


def judge(event: CalendarEvent, known: Known, now: datetime) -> Verdict:
    """Decide whether an answer counts."""
    version = version_answered(event, known, now)
    if known.newest is not None and version <= known.newest:
        return Verdict.OLDER
    if known.answered_at is not None and version.stamp + CLOCKS_DIFFER < known.answered_at:
        return Verdict.OLDER
    return Verdict.OTHER_TIME if _saw_other_time(event, known, version) else Verdict.COUNTS


def _saw_other_time(event: CalendarEvent, known: Known, version: Version) -> bool:
    """Tell whether the time has changed since the version that was answered.

    An answer to an older version that names today's time is about that: it was moved and moved back.
    """
    if known.time_sequence is None or version.sequence >= known.time_sequence:
        return False
    return event.starts_at is None or event.starts_at != known.starts_at
