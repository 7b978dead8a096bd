"""When people may come in: the times round a meeting for pressing "Join now" and for the room.

Spans are half-open and count from the meeting's slot. `entrance` also looks at how somebody is invited.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.time import Slot
from scheduling.ways import Way


class JoinPhase(StrEnum):
    """Where now lies against the time for joining."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class JoinTime:
    """Whether a person may join now, and from when until when; the end is not included."""

    phase: JoinPhase
    opens_at: datetime
    closes_at: datetime

    @property
    def is_open(self) -> bool:
        """Say whether "Join now" works."""
        return self.phase is JoinPhase.OPEN


class Entrance(StrEnum):
    """Whether the online room is open for somebody, or the one thing that keeps it shut."""

    OPEN = "open"
    EARLY = "early"
    OVER = "over"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    DRAFT = "draft"
    FULL = "full"
    SAY_YES = "say-yes"
    OTHER_WAY = "other-way"


class Standing(NamedTuple):
    """How somebody is invited, as far as it matters for coming in. `is_full` speaks of places online."""

    is_listed: bool
    state: MeetingState
    starts_at: datetime | None
    ends_at: datetime | None
    answer: Answer
    way: Way | None
    is_full: bool


JOIN_BEFORE = timedelta(minutes=20)
HOST_JOIN_BEFORE = timedelta(minutes=40)
ROOM_BEFORE = timedelta(minutes=25)
HOST_ROOM_BEFORE = timedelta(minutes=45)
GRACE = timedelta(minutes=30)


def may_join(slot: Slot, now: datetime, *, is_host: bool = False) -> JoinTime:
    """Say whether "Join now" shows: from 20 minutes before (hosts 40) to 30 after the end."""
    return _join_time(slot, now, HOST_JOIN_BEFORE if is_host else JOIN_BEFORE)


def entrance(of: Standing, now: datetime) -> Entrance:
    """Say whether somebody may come in online now, or why not: what cannot be helped before what can."""
    if not of.is_listed:
        return Entrance.REMOVED
    if of.state is MeetingState.CANCELLED:
        return Entrance.CANCELLED
    if of.state is MeetingState.DRAFT or of.starts_at is None or of.ends_at is None:
        return Entrance.DRAFT
    phase = _phase(now, of.starts_at - JOIN_BEFORE, of.ends_at + GRACE)
    return Entrance.OVER if phase is JoinPhase.OVER else _by_answer(of, phase)


def _by_answer(of: Standing, phase: JoinPhase) -> Entrance:
    """Decide by what the person said, and then by the clock."""
    if of.answer is not Answer.YES:
        is_kept_out = of.is_full or (of.answer is Answer.WAITING and of.way is Way.ONLINE)
        return Entrance.FULL if is_kept_out else Entrance.SAY_YES
    if of.way is not Way.ONLINE:
        return Entrance.OTHER_WAY
    return Entrance.EARLY if phase is JoinPhase.EARLY else Entrance.OPEN


def may_open_room(slot: Slot, now: datetime, *, is_host: bool = False) -> JoinTime:
    """Say whether the room may open: five minutes before anyone may join, so no clock is wrong.

    Jitsi remembers a refusal, so the room must never refuse a person whose button already shows.
    """
    return _join_time(slot, now, HOST_ROOM_BEFORE if is_host else ROOM_BEFORE)


def _join_time(slot: Slot, now: datetime, before: timedelta) -> JoinTime:
    opens_at, closes_at = slot.starts_at - before, slot.ends_at + GRACE
    return JoinTime(_phase(now, opens_at, closes_at), opens_at, closes_at)


def _phase(now: datetime, opens_at: datetime, closes_at: datetime) -> JoinPhase:
    if now < opens_at:
        return JoinPhase.EARLY
    return JoinPhase.OPEN if now < closes_at else JoinPhase.OVER
