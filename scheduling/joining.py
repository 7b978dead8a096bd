"""When people may come in: the times round a meeting for pressing "Join now" and for the room.

Spans are half-open and count from the meeting's slot. Whether a person is invited is not asked here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.time import Slot


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


JOIN_BEFORE = timedelta(minutes=20)
HOST_JOIN_BEFORE = timedelta(minutes=40)
ROOM_BEFORE = timedelta(minutes=25)
HOST_ROOM_BEFORE = timedelta(minutes=45)
GRACE = timedelta(minutes=30)


def may_join(slot: Slot, now: datetime, *, is_host: bool = False) -> JoinTime:
    """Say whether "Join now" shows: from 20 minutes before (hosts 40) to 30 after the end."""
    return _join_time(slot, now, HOST_JOIN_BEFORE if is_host else JOIN_BEFORE)


def may_open_room(slot: Slot, now: datetime, *, is_host: bool = False) -> JoinTime:
    """Say whether the room may open: five minutes before anyone may join, so no clock is wrong.

    Jitsi remembers a refusal, so the room must never refuse a person whose button already shows.
    """
    return _join_time(slot, now, HOST_ROOM_BEFORE if is_host else ROOM_BEFORE)


def _join_time(slot: Slot, now: datetime, before: timedelta) -> JoinTime:
    opens_at, closes_at = slot.starts_at - before, slot.ends_at + GRACE
    if now < opens_at:
        return JoinTime(JoinPhase.EARLY, opens_at, closes_at)
    if now < closes_at:
        return JoinTime(JoinPhase.OPEN, opens_at, closes_at)
    return JoinTime(JoinPhase.OVER, opens_at, closes_at)
