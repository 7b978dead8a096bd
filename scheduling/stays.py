"""Room events, late, doubled, lost or out of order, become stays: who was in a room from when until when.

A fold over a set: the order in which events came, and how often each came, changes nothing, and what was
lost is made good as soon as it comes. Who these people are to us, and what counts, is for `presence`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from scheduling.room_events import EventKind, RoomEvent, Visit

COMING: Final = frozenset({EventKind.JOINED, EventKind.DIALLED_IN, EventKind.DIALLED_OUT})
GOING: Final = frozenset({EventKind.LEFT, EventKind.HUNG_UP})
CALLS: Final = frozenset({EventKind.DIALLED_IN, EventKind.DIALLED_OUT})
#: A server's clock may be put back by so much in the middle of things; many tell whole seconds only.
SLACK: Final = timedelta(seconds=5)
#: So long after a PIN was asked for, a caller comes into the room as somebody without a name.
PUT_THROUGH_WITHIN: Final = timedelta(minutes=2)

CLOSING: Final = frozenset({EventKind.CREATED, EventKind.DESTROYED})

#: Begins the name of a connection that we know by its PIN alone.
PIN: Final = "pin "

_Span = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Stay:
    """One connection's time in one room, from its start until before its end.

    `starts_at` is None if only the leaving is known, `ends_at` while they are still there. Both are
    never None, and the end is never before the start.
    """

    room: str
    occupant: str
    starts_at: datetime | None
    ends_at: datetime | None
    person: str = ""
    name: str = ""
    phone: str = ""
    is_call: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """That one connection came to, or went from, a room or one of its break-out rooms (`place`)."""

    at: datetime
    is_coming: bool
    place: str = ""
    run: str = ""
    person: str = ""
    name: str = ""
    phone: str = ""
    is_call: bool = False


def each_once(events: Iterable[RoomEvent]) -> list[RoomEvent]:
    """Give each event once, in an order that is the same however they came."""
    by_key: dict[str, RoomEvent] = {}
    for event in sorted(set(events), key=_order):
        by_key.setdefault(event.key, event)
    return list(by_key.values())


def stays_in(
    room: str, events: Sequence[RoomEvent], closed_at: datetime | None = None
) -> Iterator[Stay]:
    """Give the stays in one room. `events` are those of `each_once`, of this room alone.

    Who came and was never heard of again has gone when they are next heard of elsewhere, when the room
    ended or began anew, or else at `closed_at`, after which nobody is there (None: it may be open).
    """
    closers = [each for each in events if each.kind in CLOSING]
    for occupant, points in _put_through(_connections(events)).items():
        known = Stay(
            room,
            occupant,
            starts_at=None,
            ends_at=None,
            person=_latest(points, "person"),
            name=_latest(points, "name"),
            phone=_latest(points, "phone"),
            is_call=any(each.is_call for each in points),
        )
        for place in dict.fromkeys(each.place for each in points):
            for starts_at, told in _spans([each for each in points if each.place == place]):
                ends_at = told
                if starts_at is not None and told is None:
                    last = _last_coming(points, place)
                    ends = [each.at for each in points if each.is_coming and each.at > starts_at]
                    ends += [each.at for each in closers if _ends(each, occupant, last)]
                    ends_at = _not_before(starts_at, min(ends, default=closed_at))
                yield replace(known, starts_at=starts_at, ends_at=ends_at)


def is_over(room_events: Sequence[RoomEvent], since: datetime) -> bool:
    """Say whether a room ended after somebody began to wait for it. Some wait before it begins."""
    return any(
        each.at > since and each.kind is EventKind.DESTROYED and not each.breakout
        for each in room_events
    )


def _order(event: RoomEvent) -> tuple[datetime, str, str]:
    return event.at, event.key, repr(event)


def _connections(events: Sequence[RoomEvent]) -> dict[str, list[Point]]:
    """Collect what is known of each connection, also from the lists that ended rooms give."""
    found: dict[str, list[Point]] = defaultdict(list)
    in_rooms = {each.occupant for each in events if each.kind not in CALLS}
    for event in events:
        if event.kind in COMING or event.kind in GOING:
            found[_connection(event, in_rooms)].append(_point(event))
        for visit in event.visits:
            found[visit.occupant].extend(_of_visit(event, visit))
    return found


def _connection(event: RoomEvent, in_rooms: Collection[str]) -> str:
    """Name the connection an event is about.

    A call of which only is known that somebody's own PIN was asked for goes by whose PIN it was.
    """
    is_pin = event.kind in CALLS and event.person and event.occupant not in in_rooms
    if event.occupant and not is_pin:
        return event.occupant
    return f"{PIN}{event.person or event.phone or event.key}"


def _point(event: RoomEvent) -> Point:
    return Point(
        event.at,
        is_coming=event.kind in COMING,
        place=event.breakout,
        run=event.run,
        person=event.person,
        name=event.name,
        phone=event.phone,
        is_call=event.kind in CALLS,
    )


def _of_visit(event: RoomEvent, visit: Visit) -> Iterator[Point]:
    """Read one line of an ended room's list. Of one that makes no sense only the going is believed."""
    base = Point(
        event.at,
        is_coming=False,
        place=event.breakout,
        run=event.run,
        person=visit.person,
        name=visit.name,
    )
    came, went = visit.joined_at, visit.left_at
    is_odd = came is not None and went is not None and went < came
    if came is not None and not is_odd:
        yield replace(base, at=came, is_coming=True)
    if went is not None:
        yield replace(base, at=max(went, came or went))
    elif came is None:
        yield base


def _put_through(connections: dict[str, list[Point]]) -> dict[str, list[Point]]:
    """Join calls whose PIN we were asked for with the nameless connections they became, soonest first.

    A call that no connection follows stands for itself, if we know whose it is: a server that tells nothing
    of callers cannot tell when they went either.
    """
    nameless = _nameless(connections)
    for told, call in _calls(connections):
        within = (
            each for each in nameless if told.at - SLACK <= each[0] <= told.at + PUT_THROUGH_WITHIN
        )
        became = next(within, None) if told in connections[call] else None
        if became is None:
            continue
        nameless.remove(became)
        # The voice menu may have asked more than once before the caller was through.
        connections[call] = [
            each
            for each in connections[call]
            if not (_is_call(each) and told.at <= each.at <= max(told.at, became[0]))
        ]
        connections[became[1]] = [
            replace(each, person=told.person, phone=told.phone, is_call=True)
            for each in connections[became[1]]
        ]
    return {each: points for each, points in connections.items() if _stands(each, points)}


def _calls(connections: Mapping[str, Sequence[Point]]) -> list[tuple[Point, str]]:
    """Give the calls of which we know only that a PIN was asked for, in the order they came."""
    found = [
        (point, connection)
        for connection, points in connections.items()
        if connection.startswith(PIN)
        for point in points
        if _is_call(point)
    ]
    return sorted(found, key=lambda each: (each[0].at, each[1]))


def _nameless(connections: Mapping[str, Sequence[Point]]) -> list[tuple[datetime, str]]:
    """Give the connections of which nothing is known but when they came, in that order."""
    return sorted(
        (min(each.at for each in points if each.is_coming), occupant)
        for occupant, points in connections.items()
        if not occupant.startswith(PIN)
        and any(each.is_coming for each in points)
        and not any(map(_is_known, points))
    )


def _stands(connection: str, points: Sequence[Point]) -> bool:
    """Say whether there was somebody: a PIN that many share, which nobody followed, is nobody."""
    is_somebody = any(each.person or each.phone for each in points)
    return bool(points) and (is_somebody or not connection.startswith(PIN))


def _is_call(point: Point) -> bool:
    return point.is_coming and point.is_call


def _is_known(point: Point) -> bool:
    return bool(point.person or point.name or point.phone or point.is_call)


def _latest(points: Sequence[Point], what: str) -> str:
    """Give what was last said of a connection: its name may change, its person does not."""
    said = ((each.at, str(getattr(each, what))) for each in points)
    return max((each for each in said if each[1]), default=(None, ""))[1]


def _last_coming(points: Sequence[Point], place: str) -> Point:
    comings = [each for each in points if each.is_coming and each.place == place]
    return max(comings, key=lambda each: (each.at, each.run))


def _spans(points: Sequence[Point]) -> list[_Span]:
    """Pair comings with goings in one place. A going without a coming counts only if it is the first."""
    comings = {each.at for each in points if each.is_coming}
    goings = {each.at for each in points if not each.is_coming}
    if len(comings) == len(goings) == 1 and min(goings) < min(comings) <= min(goings) + SLACK:
        return [(None, min(comings))]
    spans: list[_Span] = []
    since: datetime | None = None
    for at in sorted(comings | goings):
        if since is not None:
            spans.append((since, at))
            since = at if at in comings else None
        elif at in comings:
            spans += [(at, at)] if at in goings else []
            since = None if at in goings else at
        elif not spans:
            spans.append((None, at))
    return spans if since is None else [*spans, (since, None)]


def _ends(closer: RoomEvent, occupant: str, coming: Point) -> bool:
    """Say whether a room that ended or began shows that somebody who came has gone.

    A room's break-out rooms end with it; one of those ends for itself alone.
    """
    if closer.breakout not in ("", coming.place):
        return False
    is_known = bool(closer.run and coming.run) and closer.breakout == coming.place
    is_same, is_other = is_known and closer.run == coming.run, is_known and closer.run != coming.run
    if closer.kind is EventKind.CREATED:
        return not is_same and coming.at < closer.at - (timedelta() if is_other else SLACK)
    if is_same or any(visit.occupant == occupant for visit in closer.visits):
        return True
    return coming.at < closer.at - (SLACK if is_other else timedelta())


def _not_before(starts_at: datetime, ends_at: datetime | None) -> datetime | None:
    return None if ends_at is None else max(starts_at, ends_at)
