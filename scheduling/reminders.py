"""When people are reminded of a meeting, and when those who have not answered are asked once more.

Pure: an answer, the start on the wall, what the person chose and what has happened since go in; what is
due comes out. Nobody is disturbed at night. How people are reached is not asked here, only whether a
machine writes to them or a human has to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from scheduling.answers import Answer
from scheduling.time import on_wall, zone_named

WEEK, DAY, TWO_HOURS, QUARTER = 7 * 24 * 60, 24 * 60, 120, 15
#: What can be chosen, in minutes before the start.
CHOICES = (WEEK, DAY, TWO_HOURS, QUARTER)
#: What people get who never chose.
USUAL = (DAY, TWO_HOURS)

#: Nothing reaches anybody before they wake or after they sleep; these are hours on their wall.
WAKES, SLEEPS, EVENING = time(8), time(21), time(20)
#: A reminder that was moved to the morning leaves at least this long before the start.
LEAVES = timedelta(minutes=30)

#: Those who have not answered are asked once more so long before.
NUDGE_BEFORE = timedelta(hours=48)
#: They have had their last news of it at least so long by then; else it would press.
NUDGE_AFTER = timedelta(hours=24)
#: Asked later than this, it would press as well.
NUDGE_UNTIL = timedelta(hours=24)

#: A human reminds people on a day of the week when somebody is at the desk.
DESK_OPENS, DESK_CLOSES = time(9), time(16)
SATURDAY = 5
#: No moment lies longer before the start than this: a week, and the hours of a night.
FIRST = timedelta(days=8)


class Prompt(StrEnum):
    """What is due: to remind somebody who comes, or to ask somebody once more."""

    REMINDER = "reminder"
    NUDGE = "nudge"


@dataclass(frozen=True, slots=True)
class Start:
    """When a meeting begins, and in which zone."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Reader:
    """One guest, as far as reminding goes.

    `has_way`: the way they chose is still offered. `since` is the last time we told them or they told
    us anything about this meeting. `choice` are minutes before, None the usual ones, empty none at all.
    `by_hand`: a human has to do it.
    """

    answer: Answer
    has_way: bool
    is_asked_again: bool
    since: datetime
    choice: Sequence[int] | None = None
    by_hand: bool = False

    @property
    def chosen(self) -> tuple[int, ...]:
        """Give the minutes before at which they want to hear, the longest first."""
        wanted = USUAL if self.choice is None else self.choice
        return tuple(minutes for minutes in CHOICES if minutes in wanted)

    @property
    def is_reminded(self) -> bool:
        """Say whether reminders fit: they said yes, by a way there is. Maybe and waiting are no promise."""
        return self.answer is Answer.YES and self.has_way

    @property
    def is_nudged(self) -> bool:
        """Say whether an answer is missing: they never gave one, or the session moved since."""
        if self.answer is Answer.NO:
            return False
        return not self.answer.is_given or self.is_asked_again


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to tell: `number` tells reminders of one meeting apart, `at` is when it was to be told."""

    prompt: Prompt
    number: int
    at: datetime


def due(reader: Reader, start: Start, *, after: datetime | None, now: datetime) -> tuple[Due, ...]:
    """List what has fallen due after `after` and up to `now`, and is still of use; one of each at most.

    What came due before the person last heard of the meeting is left out: they know. Of several
    reminders only the last is given, which says it better.
    """
    if not reader.chosen or now >= start.at:
        return ()
    found = (_reminders(reader, start), _nudges(reader, start, now))
    passed = (
        [each for each in some if each.at <= now and (after is None or each.at > after)]
        for some in found
    )
    return tuple(max(some, key=lambda each: each.at) for some in passed if some)


def is_due_after(start: Start, *, after: datetime | None, now: datetime) -> bool:
    """Say whether there is anybody at all for whom anything may have fallen due in that time."""
    return any(
        moment <= now and (after is None or moment > after) for moment in _all_moments(start)
    )


def is_of_use(reader: Reader, start: Start, number: int, now: datetime) -> bool:
    """Say whether a reminder that was written down earlier is still worth sending."""
    if number not in reader.chosen or now >= start.at:
        return False
    at = moment(start, number)
    return not any(at < moment(start, other) <= now for other in reader.chosen)


def moment(start: Start, minutes: int) -> datetime:
    """Give when to remind so long before: whole days count on the wall, whatever the clocks do."""
    before = timedelta(minutes=minutes)
    if before < timedelta(days=1):
        return waking(start.at - before, start)
    return waking(_instant(on_wall(start.at, start.zone).local - before, start.zone), start)


def waking(instant: datetime, start: Start) -> datetime:
    """Give the instant, or a waking hour near it on the same day that is still before the start.

    Late in the evening becomes eight o'clock of that evening. In the small hours it is the morning, or
    the evening before if that would be too near the start.
    """
    local = on_wall(instant, start.zone).local
    if WAKES <= local.time() < SLEEPS:
        return instant
    evening = datetime.combine(local.date(), EVENING)
    if local.time() >= SLEEPS:
        return _instant(evening, start.zone)
    morning = _instant(datetime.combine(local.date(), WAKES), start.zone)
    if morning + LEAVES <= start.at:
        return morning
    return _instant(evening - timedelta(days=1), start.zone)


def when_to_send(at: datetime, start: Start, now: datetime) -> datetime:
    """Give when a machine sends what was due at `at`: now if that is past, or in the morning if it is night."""
    if now <= at:
        return at
    local = on_wall(now, start.zone).local
    if WAKES <= local.time() < SLEEPS:
        return now
    day = local.date() + timedelta(days=local.time() >= SLEEPS)
    morning = _instant(datetime.combine(day, WAKES), start.zone)
    return morning if morning + LEAVES <= start.at else now


def desk_moment(start: Start, *, days: int = 1) -> datetime:
    """Give the morning on which a human can begin: the last weekday at least so many days before."""
    day = on_wall(start.at, start.zone).local.date() - timedelta(days=days)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return _instant(datetime.combine(day, DESK_OPENS), start.zone)


def desk_closes(start: Start, at: datetime, now: datetime) -> datetime:
    """Give by when a human should have done it: that afternoon; if that is past, before the start."""
    day = on_wall(at, start.zone).local.date()
    closes = _instant(datetime.combine(day, DESK_CLOSES), start.zone)
    return closes if closes > now else max(now, start.at - LEAVES)


def normal_choice(minutes: Iterable[int]) -> tuple[int, ...] | None:
    """Give a choice in the form it is kept in: the longest first, None for the usual times."""
    chosen = tuple(sorted(set(minutes), reverse=True))
    return None if chosen == USUAL else chosen


def _reminders(reader: Reader, start: Start) -> Iterator[Due]:
    """Give the reminders one person gets: at their times, or one from a human, who cannot be as exact."""
    if not reader.is_reminded:
        return
    if reader.by_hand:
        moments = {DAY: desk_moment(start)}
    else:
        moments = {minutes: moment(start, minutes) for minutes in reader.chosen}
    for minutes, at in moments.items():
        if at >= reader.since:
            yield Due(Prompt.REMINDER, minutes, at)


def _nudges(reader: Reader, start: Start, now: datetime) -> Iterator[Due]:
    """Give the one question to somebody who has not answered."""
    at = desk_moment(start, days=2) if reader.by_hand else waking(start.at - NUDGE_BEFORE, start)
    is_early = now < start.at - NUDGE_UNTIL
    if reader.is_nudged and is_early and at >= reader.since + NUDGE_AFTER:
        yield Due(Prompt.NUDGE, 0, at)


def _all_moments(start: Start) -> Iterator[datetime]:
    """Give every moment at which somebody may have to hear of a meeting."""
    yield from (moment(start, minutes) for minutes in CHOICES)
    yield from (desk_moment(start), desk_moment(start, days=2))
    yield waking(start.at - NUDGE_BEFORE, start)


def _instant(local: datetime, zone: str) -> datetime:
    """Give the instant of a waking hour on the wall; the clocks change at night."""
    return local.replace(tzinfo=zone_named(zone)).astimezone(UTC)
