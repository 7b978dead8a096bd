"""A month at a glance, as a value: its weeks, what happens on each day, and what the days fall on.

The template draws it as a table. Nothing here reads a database or knows what day it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scheduling.dates import DateKind
from scheduling.time import MONTHS
from service.web.words import say

#: One letter each, so that a day on a small phone has room for it; the key says what they mean.
LETTERS = {
    DateKind.BANK_HOLIDAY: "B",
    DateKind.SCHOOL_BREAK: "S",
    DateKind.RAMADAN: "R",
    DateKind.FEAST: "F",
    DateKind.LOCAL: "L",
    DateKind.CLOCK_CHANGE: "C",
    DateKind.DARKNESS: "D",
    DateKind.PLACE_CLOSED: "P",
    DateKind.PLACE_CHECK: "P",
    DateKind.PLACE_TAKEN: "P",
    DateKind.HOST_TAKEN: "H",
}


class DayState(StrEnum):
    """What happens on a day: a session, one moved here or away, skipped, cancelled, or over."""

    SESSION = "session"
    MOVED_HERE = "moved-here"
    MOVED_AWAY = "moved-away"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens on one day: its time in a word, and the page it leads to, if there is one."""

    on: date
    state: DayState
    word: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Falling:
    """One thing a day falls on: a bank holiday, a school break; `name` is its own name, if it has one."""

    kind: DateKind
    name: str = ""


Fallings = Mapping[date, Sequence[Falling]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing a day falls on, as a letter and in words."""

    letter: str
    word: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the picture. A day of another month is None in its place."""

    number: int
    happening: Happening | None
    says: str
    marks: Sequence[Mark]
    is_today: bool


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the key: a letter or the look of a day, what it means, and where it is found."""

    letter: str
    state: str
    word: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month as a table, and its key."""

    caption: str
    weeks: Sequence[Sequence[Day | None]]
    key: Sequence[Sign]


def month_of(
    first: date, happenings: Iterable[Happening], fallings: Fallings, *, today: date
) -> Month:
    """Draw the month that begins on `first`."""
    by_day = {each.on: each for each in happenings if same_month(each.on, first)}
    days = [_day(on, by_day, fallings, today) for on in days_of(first)]
    blanks: list[Day | None] = [None] * first.weekday()
    cells = [*blanks, *days, *[None] * (-(first.weekday() + len(days)) % 7)]
    return Month(
        caption=month_words(first),
        weeks=[cells[at : at + 7] for at in range(0, len(cells), 7)],
        key=[*_looks(by_day), *_letters(first, fallings)],
    )


def days_of(first: date) -> list[date]:
    """List the days of the month that begins on `first`."""
    return [first + timedelta(days=at) for at in range((month_after(first, 1) - first).days)]


def month_words(first: date) -> str:
    """Name a month: "March 2027"."""
    return f"{MONTHS[first.month - 1]} {first.year}"


def same_month(one: date, other: date) -> bool:
    """Say whether two days lie in the same month."""
    return (one.year, one.month) == (other.year, other.month)


def month_after(first: date, count: int) -> date:
    """Give the first day of the month so many after (or, below nought, before) this one."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def _day(on: date, by_day: Mapping[date, Happening], fallings: Fallings, today: date) -> Day:
    happening = by_day.get(on)
    said = say(f"series.day.{happening.state}") if happening else ""
    return Day(
        number=on.day,
        happening=happening,
        says=f"{said} {happening.word}".strip() if happening else "",
        marks=_marks(fallings.get(on, ())),
        is_today=on == today,
    )


def _marks(fallings: Iterable[Falling]) -> list[Mark]:
    """Give what a day falls on, each letter once."""
    found: dict[str, Mark] = {}
    for each in fallings:
        letter = LETTERS[each.kind]
        found.setdefault(letter, Mark(letter, each.name or say(f"series.sign.{each.kind}")))
    return list(found.values())


def _looks(by_day: Mapping[date, Happening]) -> list[Sign]:
    """List the looks of days that this month has."""
    there = {each.state for each in by_day.values()}
    return [
        Sign("", state.value, say(f"series.look.{state}")) for state in DayState if state in there
    ]


def _letters(first: date, fallings: Fallings) -> list[Sign]:
    """List the letters this month has, each with the names and days it stands for."""
    runs: dict[Falling, list[list[date]]] = {}
    for on in days_of(first):
        for each in dict.fromkeys(fallings.get(on, ())):
            spans = runs.setdefault(each, [])
            if spans and spans[-1][-1] == on - timedelta(days=1):
                spans[-1].append(on)
            else:
                spans.append([on])
    return [
        Sign(LETTERS[kind], "", word, "; ".join(where))
        for kind in DateKind
        for word in [say(f"series.sign.{kind}")]
        if (where := [_where(each, runs[each], word) for each in runs if each.kind is kind])
    ]


def _where(falling: Falling, spans: Sequence[Sequence[date]], word: str) -> str:
    days = ", ".join(_days(span[0], span[-1]) for span in spans)
    return days if falling.name in ("", word) else f"{falling.name}, {days}"


def _days(first: date, last: date) -> str:
    """Say which days of one month: "29 March", "29 to 31 March"."""
    month = MONTHS[last.month - 1]
    return f"{last.day} {month}" if first == last else f"{first.day} to {last.day} {month}"
