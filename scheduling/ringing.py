"""Who rings whom and when, where nobody can dial in: everybody once, and each by one person.

Whoever was chosen to ring somebody rings them. All the others are shared out so that nobody rings for much
longer than the next. Each rings one person after the other, and is through as the meeting begins.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

#: How long one call takes, with a greeting and a transfer; through a relay service it takes twice as long.
USUAL_MINUTES: Final = 2
RELAY_MINUTES: Final = 4


@dataclass(frozen=True, slots=True)
class ToRing:
    """Somebody who is to be rung. `ringer` was chosen by hand, if anybody was.

    One who is `kept_apart` is rung by whoever was chosen or, if nobody was, by nobody that a rule chooses.
    """

    id: UUID
    ringer: UUID | None = None
    minutes: int = USUAL_MINUTES
    kept_apart: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call: whom, by whom (None: nobody is there to ring), when, and how long it may take."""

    id: UUID
    ringer: UUID | None
    at: datetime
    minutes: int


def ring_round(
    people: Sequence[ToRing],
    by_turns: Sequence[UUID],
    starts_at: datetime,
    *,
    chosen: Collection[UUID] = (),
) -> tuple[Call, ...]:
    """List the calls in the order in which they are made, each person once.

    `by_turns` are those among whom people are shared out, `chosen` all others who may ring those they were
    chosen for; a choice of anybody else counts as none. Each rings theirs in the order of `people`.
    """
    may_ring = {*by_turns, *chosen}
    known = [each if each.ringer in may_ring else replace(each, ringer=None) for each in people]
    ringers = _shared_out(known, list(dict.fromkeys(by_turns)))
    rows = [(each, ringers[each.id]) for each in known]
    calls = [
        call
        for ringer in dict.fromkeys(ringers.values())
        for call in _calls(rows, ringer, starts_at)
    ]
    place = {each.id: number for number, each in enumerate(known)}
    return tuple(sorted(calls, key=lambda call: (call.at, place[call.id])))


def _shared_out(people: Iterable[ToRing], by_turns: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """Give everybody a ringer: who was chosen, or whoever has the least to do so far."""
    people = list(people)
    minutes = dict.fromkeys(by_turns, 0)
    for each in people:
        if each.ringer in minutes:
            minutes[each.ringer] += each.minutes
    found: dict[UUID, UUID | None] = {}
    for each in people:
        ringer = each.ringer
        if ringer is None and minutes and not each.kept_apart:
            ringer = min(by_turns, key=lambda one: (minutes[one], by_turns.index(one)))
            minutes[ringer] += each.minutes
        found[each.id] = ringer
    return found


def _calls(
    rows: Sequence[tuple[ToRing, UUID | None]], ringer: UUID | None, starts_at: datetime
) -> Iterable[Call]:
    """Set one ringer's calls one after the other, so that the last one ends as the meeting begins."""
    theirs = [each for each, by in rows if by == ringer]
    at = starts_at - timedelta(minutes=sum(each.minutes for each in theirs))
    for each in theirs:
        yield Call(each.id, ringer, at, each.minutes)
        at += timedelta(minutes=each.minutes)
