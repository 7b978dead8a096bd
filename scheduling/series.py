"""A series as a value: which dates it has, what was decided about single ones, and what an edit touches.

Dates are wall-clock times as the rule gives them. What a date falls on is handed in as a table; whom a
change is told to is in `notices`, one date at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from scheduling.dates import DateKind
from scheduling.errors import BrokenValue
from scheduling.recurrence import WEEK, Frequency, Rule, Window, occurrences

#: A date that cannot be is moved to one of so many weeks after it, or else left out.
WEEKS_LOOKED = 4
#: Guests are always told of this many dates to come, however far away they are.
LEAST_TOLD = 2

Found = Mapping[datetime, frozenset[DateKind]]


class SeriesState(StrEnum):
    """How far a series has come. The values are what the database keeps."""

    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"


class DateChoice(StrEnum):
    """What was decided about one date of a series."""

    KEEP = "keep"
    SKIP = "skip"
    MOVE = "move"


class DateRule(StrEnum):
    """What is done with every date that falls on something. The values are what the database keeps."""

    SKIP = "skip"
    NEXT_SAME_WEEKDAY = "next_same_weekday"


class EditScope(StrEnum):
    """How far an edit reaches: this date alone, this one and those after it, or all to come."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one date, by a person or because of what it falls on."""

    choice: DateChoice = DateChoice.KEEP
    moved_to: datetime | None = None
    because: DateKind | None = None

    def __post_init__(self) -> None:
        """Refuse a move to nowhere, and a new time for what does not move."""
        if (self.moved_to is not None) is not (self.choice is DateChoice.MOVE):
            raise BrokenValue("a date that moves, and no other, has a new time")

    @property
    def is_by_hand(self) -> bool:
        """Say whether a person decided, not a rule."""
        return self.because is None


KEPT = Decision()


@dataclass(frozen=True, slots=True)
class PlannedDate:
    """One date as the rule gives it, what it falls on, and what was decided about it."""

    on: datetime
    decision: Decision = KEPT
    kinds: frozenset[DateKind] = frozenset()

    @property
    def starts(self) -> datetime | None:
        """Give when it takes place, on the wall clock; None if it is left out."""
        match self.decision.choice:
            case DateChoice.KEEP:
                return self.on
            case DateChoice.MOVE:
                return self.decision.moved_to
            case DateChoice.SKIP:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlan:
    """The dates of a series: its rule from the first date on, and everything decided about them."""

    rule: Rule
    first: datetime
    ends_on: date | None = None
    by_hand: Mapping[datetime, Decision] = field(default_factory=dict)
    date_rules: Mapping[DateKind, DateRule] = field(default_factory=dict)

    def on_rule(self, window: Window) -> Iterator[datetime]:
        """Yield what the rule alone gives."""
        return occurrences(self.rule, self.first, window, ends_on=self.ends_on)

    def split(self, at: datetime) -> tuple[Self, Self]:
        """Give the series up to the day before one of its dates, and the one that begins with it."""
        before = {on: each for on, each in self.by_hand.items() if on < at}
        after = {on: each for on, each in self.by_hand.items() if on >= at}
        ends_on = at.date() - timedelta(days=1)
        return replace(self, ends_on=ends_on, by_hand=before), replace(
            self, first=at, by_hand=after
        )


def dates_in(plan: SeriesPlan, window: Window, found: Found) -> tuple[PlannedDate, ...]:
    """List the dates that the rule gives in a window, each with what is decided about it.

    What a person decided stands; otherwise the rules for what dates fall on decide. `found` covers at
    least `dates_to_look_at`.
    """
    dates = tuple(plan.on_rule(window))
    taken = set(_beyond(plan, window)) | set(dates)
    taken |= {each.moved_to for each in plan.by_hand.values() if each.moved_to is not None}
    planned = []
    for on in dates:
        decision = plan.by_hand.get(on) or _by_rule(plan, on, found, taken)
        if decision.moved_to is not None:
            taken.add(decision.moved_to)
        planned.append(PlannedDate(on, decision, found.get(on, frozenset())))
    return tuple(planned)


def dates_to_look_at(plan: SeriesPlan, window: Window) -> tuple[datetime, ...]:
    """Give every date that must be looked up: those of the rule, and where they might move."""
    dates = tuple(plan.on_rule(window))
    if DateRule.NEXT_SAME_WEEKDAY not in plan.date_rules.values():
        return dates
    return tuple(sorted({each for on in dates for each in (on, *_later(on))}))


def told_of(starts: Sequence[datetime], *, now: datetime, weeks_ahead: int) -> tuple[datetime, ...]:
    """Give the starts to come that guests are told of now: the next weeks', and always the next two."""
    coming = sorted(each for each in starts if each > now)
    until = now + weeks_ahead * WEEK
    return tuple(each for nth, each in enumerate(coming) if nth < LEAST_TOLD or each <= until)


@dataclass(frozen=True, slots=True)
class MadeDate:
    """One date that was made into a meeting; `is_own` if a person changed or moved it by itself."""

    id: UUID
    on: datetime
    is_coming: bool
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """What an edit touches, and how many dates to come it leaves alone because they go their own way."""

    dates: tuple[MadeDate, ...]
    left_alone: int


def touched(made: Iterable[MadeDate], since: datetime) -> Touched:
    """Choose what an edit of a series from one date on touches: never what has begun or goes its own way."""
    coming = [each for each in made if each.is_coming and each.on >= since]
    dates = tuple(each for each in coming if not each.is_own)
    return Touched(dates, len(coming) - len(dates))


def matched(
    old: tuple[Rule, Sequence[datetime]], new: tuple[Rule, Sequence[datetime]]
) -> dict[datetime, datetime]:
    """Say which new date each old one becomes when the rule changes; those without are left out.

    Two dates belong together if they are the same day, or lie in the same turn of the rule (the same week
    or fortnight, the same month or quarter), counted from the first of either; in order within it.
    """
    (old_rule, old_dates), (new_rule, new_dates) = old, new
    if not old_dates or not new_dates:
        return {}
    days = {each.date(): each for each in new_dates}
    pairs = {each: days[each.date()] for each in old_dates if each.date() in days}
    turn = _turns(old_rule, new_rule, min(old_dates[0], new_dates[0]))
    waiting: dict[int, list[datetime]] = defaultdict(list)
    for each in sorted(set(new_dates) - set(pairs.values())):
        waiting[turn(each)].append(each)
    for each in old_dates:
        if each not in pairs and (there := waiting[turn(each)]):
            pairs[each] = there.pop(0)
    return pairs


def _turns(old: Rule, new: Rule, first: datetime) -> "_Turn":
    is_same = (old.frequency, old.interval) == (new.frequency, new.interval)
    is_monthly = old.frequency is new.frequency is Frequency.MONTHLY
    return _Turn(first, new.interval if is_same else 1, is_monthly)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Counts the turns of a rule: spans of some weeks or months from the one the first date lies in."""

    first: datetime
    interval: int
    is_monthly: bool

    def __call__(self, local: datetime) -> int:
        if self.is_monthly:
            months = (local.year - self.first.year) * 12 + local.month - self.first.month
            return months // self.interval
        monday = self.first.date() - timedelta(days=self.first.weekday())
        return (local.date() - monday).days // 7 // self.interval


def _by_rule(plan: SeriesPlan, on: datetime, found: Found, taken: set[datetime]) -> Decision:
    rules = {kind: plan.date_rules[kind] for kind in _trouble(plan, on, found)}
    if not rules:
        return KEPT
    for kind, rule in rules.items():
        if rule is DateRule.SKIP:
            return Decision(DateChoice.SKIP, because=kind)
    kind = next(iter(rules))
    for later in _later(on):
        is_late = plan.ends_on is not None and later.date() > plan.ends_on
        if not is_late and later not in taken and not _trouble(plan, later, found):
            return Decision(DateChoice.MOVE, later, because=kind)
    return Decision(DateChoice.SKIP, because=kind)


def _trouble(plan: SeriesPlan, local: datetime, found: Found) -> list[DateKind]:
    return [kind for kind in DateKind if kind in plan.date_rules and kind in found.get(local, ())]


def _later(on: datetime) -> tuple[datetime, ...]:
    return tuple(on + weeks * WEEK for weeks in range(1, WEEKS_LOOKED + 1))


def _beyond(plan: SeriesPlan, window: Window) -> Iterator[datetime]:
    """Yield the dates round a window on which one from within could fall if it moved, or has."""
    lookout = Window(window.begins - WEEKS_LOOKED * WEEK, window.ends + WEEKS_LOOKED * WEEK)
    return plan.on_rule(lookout)
