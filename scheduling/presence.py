"""What follows from room events: who is in now, who waits, and who took part. How stays are told: `stays`.

A person is counted once, by whatever devices and however often the line dropped. Whoever has neither a
name nor a number cannot be told apart from the next such person; of them as many are counted as were
there at the same time. Whose invitation a person's is, is for the caller to know.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scheduling.intervals import merged
from scheduling.room_events import EventKind, RoomEvent
from scheduling.stays import Stay, each_once, is_over, stays_in
from scheduling.time import Slot
from scheduling.ways import Way

#: Who was there for less than this in all, while the meeting was on, only looked in.
LEAST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody who is there, or waits: our own name for them if they have one, and what they typed."""

    way: Way
    person: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """All stays in the rooms of one meeting, and who waits in a lobby, each once."""

    stays: tuple[Stay, ...]
    waiting: tuple[Somebody, ...]
    phone_rooms: frozenset[str] = frozenset()

    def now(self) -> tuple[Somebody, ...]:
        """Give who is there now, each person once, those with a name first. Online goes before phone."""
        there = [stay for stay in self.stays if stay.ends_at is None]
        known = (
            _as_one([(self.way_of(stay), stay) for stay in stays])
            for stays in _by_identity(there).values()
        )
        nameless = {
            (stay.room, stay.occupant): Somebody(self.way_of(stay))
            for stay in there
            if not identity(stay)
        }
        return tuple(sorted([*known, *nameless.values()], key=_in_order))

    def way_of(self, stay: Stay) -> Way:
        """Say by which way somebody was there."""
        has_rung = stay.is_call or (stay.room in self.phone_rooms and not stay.person)
        return Way.PHONE if has_rung else Way.ONLINE


@dataclass(frozen=True, slots=True)
class TookPart:
    """Who took part: people of ours with their way, and how many others by each way."""

    people: Mapping[str, Way]
    others: Counter[Way]


def presence_of(
    events: Iterable[RoomEvent],
    *,
    phone_rooms: Iterable[str] = (),
    closed_at: datetime | None = None,
) -> Presence:
    """Conclude from everything that was told of a meeting's rooms, in whatever order and however often.

    `phone_rooms` are tables for the phone: who is there without a token has rung. Nobody is there after
    `closed_at`: give it once that time is over.
    """
    by_room: dict[str, list[RoomEvent]] = defaultdict(list)
    for event in each_once(events):
        by_room[event.room].append(event)
    stays = [
        stay for room, told in sorted(by_room.items()) for stay in stays_in(room, told, closed_at)
    ]
    waiting = [] if closed_at else [each for told in by_room.values() for each in _waiting(told)]
    return Presence(
        tuple(sorted(stays, key=_told_order)),
        tuple(sorted(set(waiting), key=_in_order)),
        frozenset(phone_rooms),
    )


def took_part(presence: Presence, slot: Slot) -> TookPart:
    """Say who took part in what lay in the slot: who was there for a minute of it or longer in all.

    Somebody of whom only the leaving is known was there for a minute before it. The way is the one by
    which they were there longest, online if it is the same.
    """
    people: dict[str, Way] = {}
    others: Counter[Way] = Counter()
    for who, stays in _by_identity(presence.stays).items():
        if _length(_within(stays, slot)) < LEAST:
            continue
        way = max(
            (Way.ONLINE, Way.PHONE),
            key=lambda by: _length(_within([s for s in stays if presence.way_of(s) is by], slot)),
        )
        if stays[0].person:
            people[who] = way
        else:
            others[way] += 1
    for by in (Way.ONLINE, Way.PHONE):
        nameless = [s for s in presence.stays if not identity(s) and presence.way_of(s) is by]
        others[by] += _most_at_once(nameless, slot)
    return TookPart(people, +others)


def identity(stay: Stay) -> str:
    """Say whom a stay is counted as: a person of ours, a typed name, a number; empty if there is none."""
    if stay.person:
        return stay.person
    if stay.name:
        return f"name {' '.join(stay.name.casefold().split())}"
    return f"number {stay.phone}" if stay.phone else ""


def _by_identity(stays: Iterable[Stay]) -> dict[str, list[Stay]]:
    found: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        if who := identity(stay):
            found[who].append(stay)
    return found


def _as_one(stays: Sequence[tuple[Way, Stay]]) -> Somebody:
    """Make one of all the stays of a person who is there."""
    way = Way.ONLINE if any(by is Way.ONLINE for by, _ in stays) else Way.PHONE
    name = next((stay.name for _, stay in reversed(stays) if stay.name), "")
    return Somebody(way, stays[0][1].person, name)


def _waiting(told: Sequence[RoomEvent]) -> Iterator[Somebody]:
    """Give who knocked at one room's lobby and was neither let in nor went; each person once."""
    for event in told:
        if event.kind is EventKind.LOBBY_JOINED and not _has_moved_on(event, told):
            yield Somebody(Way.ONLINE, event.person, event.name)


def _has_moved_on(knock: RoomEvent, told: Sequence[RoomEvent]) -> bool:
    """Say whether somebody who knocked is not waiting any more."""
    went_on = (EventKind.LOBBY_LEFT, EventKind.JOINED)
    return is_over(told, knock.at) or any(
        each.at >= knock.at and each.kind in went_on and _is_same(each, knock) for each in told
    )


def _is_same(one: RoomEvent, other: RoomEvent) -> bool:
    if one.person and other.person:
        return one.person == other.person
    return bool(one.occupant) and one.occupant == other.occupant


def _within(stays: Iterable[Stay], slot: Slot) -> list[Slot]:
    """Cut stays to the slot; one whose start nobody told began a minute before its end."""
    found = []
    for stay in stays:
        ends_at = slot.ends_at if stay.ends_at is None else min(stay.ends_at, slot.ends_at)
        starts_at = ends_at - LEAST if stay.starts_at is None else stay.starts_at
        if max(starts_at, slot.starts_at) < ends_at:
            found.append(Slot(max(starts_at, slot.starts_at), ends_at))
    return found


def _length(spans: Iterable[Slot]) -> timedelta:
    return sum((each.ends_at - each.starts_at for each in merged(spans)), timedelta())


def _most_at_once(stays: Sequence[Stay], slot: Slot) -> int:
    """Count how many connections that stayed long enough were there at the same time, at most."""
    by_connection: dict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        by_connection[stay.room, stay.occupant].append(stay)
    spans = [
        span
        for theirs in by_connection.values()
        for span in merged(_within(theirs, slot))
        if _length(_within(theirs, slot)) >= LEAST
    ]
    return max(
        (sum(span.starts_at <= at.starts_at < span.ends_at for span in spans) for at in spans),
        default=0,
    )


def _told_order(stay: Stay) -> tuple[bool, float, str, str, float]:
    starts = 0.0 if stay.starts_at is None else stay.starts_at.timestamp()
    ends = 0.0 if stay.ends_at is None else stay.ends_at.timestamp()
    return (stay.starts_at is None, starts, stay.room, stay.occupant, ends)


def _in_order(somebody: Somebody) -> tuple[bool, str, str]:
    return (not (somebody.name or somebody.person), somebody.name.casefold(), somebody.person)
