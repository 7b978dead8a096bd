"""Gatherings as they truly were, and what a Jitsi server tells of them; the truth is the slow oracle."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from scheduling.intervals import merged
from scheduling.room_events import EventKind, RoomEvent, Visit
from scheduling.time import Slot

BEGIN = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
MINUTES = 90
ROOM = "kiln-street-7f3a"
NOBODY = ""
PEOPLE = ("ada", "ben", "cleo", "dov", NOBODY)


@dataclass(frozen=True)
class TrueVisit:
    """One connection that was in the room from one minute until before another; `away` in a break-out."""

    number: int
    person: str
    came: int
    went: int
    away: tuple[int, int] | None = None

    @property
    def occupant(self) -> str:
        """Name the connection, as a server does: anew each time."""
        return f"{self.number:04}@meet.example.org/{self.number}"

    def parts(self) -> Iterator[tuple[str, int, int]]:
        """Give where they were, from when until when."""
        if self.away is None:
            yield "", self.came, self.went
            return
        yield "", self.came, self.away[0]
        yield "side", *self.away
        yield "", self.away[1], self.went


@dataclass(frozen=True)
class Gathering:
    """All visits to one room."""

    visits: tuple[TrueVisit, ...]

    def there(self, minute: int) -> tuple[set[str], int]:
        """Say who was there in a minute: people, and how many without a name."""
        there = [each for each in self.visits if each.came <= minute < each.went]
        people = {each.person for each in there if each.person}
        return people, sum(not each.person for each in there)

    def runs(self) -> tuple[Slot, ...]:
        """Give the times in which the room was in use without a break."""
        return merged(Slot(at(each.came), at(each.went)) for each in self.visits)

    def events(self, *, tells_runs: bool, lists_visits: bool) -> list[RoomEvent]:
        """Tell it all in order, with runs as JaaS does, or with lists of visits as event_sync does."""
        told: list[RoomEvent] = []
        for number, run in enumerate(self.runs()):
            of_run = f"run {number}" if tells_runs else ""
            mine = [each for each in self.visits if run.starts_at <= at(each.came) < run.ends_at]
            told.append(_event(EventKind.CREATED, run.starts_at, run=f"run {number}"))
            for visit in mine:
                told += _comings_and_goings(visit, of_run)
            for breakout in ("side", "") if lists_visits else ("",):
                visits = _listed(mine, breakout) if lists_visits else ()
                told.append(
                    _event(
                        EventKind.DESTROYED,
                        run.ends_at,
                        run=f"run {number}",
                        breakout=breakout,
                        visits=visits,
                    )
                )
        return sorted(told, key=lambda each: each.at)


def at(minute: int) -> datetime:
    """Give the instant at which a minute begins."""
    return BEGIN + timedelta(minutes=minute)


@st.composite
def gatherings(draw: st.DrawFn) -> Gathering:
    """Draw up to a dozen visits of a few people, on several devices, with lines that drop."""
    return Gathering(tuple(_visit(draw, number) for number in range(draw(st.integers(1, 12)))))


def _visit(draw: st.DrawFn, number: int) -> TrueVisit:
    came = draw(st.integers(0, MINUTES - 1))
    went = draw(st.integers(came + 1, MINUTES))
    away = None
    if went - came > 2 and draw(st.booleans()):
        first = draw(st.integers(came + 1, went - 2))
        away = first, draw(st.integers(first + 1, went - 1))
    return TrueVisit(number, draw(st.sampled_from(PEOPLE)), came, went, away)


def _comings_and_goings(visit: TrueVisit, run: str) -> Iterator[RoomEvent]:
    for place, came, went in visit.parts():
        for kind, minute in ((EventKind.JOINED, came), (EventKind.LEFT, went)):
            yield _event(
                kind,
                at(minute),
                run=run,
                breakout=place,
                occupant=visit.occupant,
                person=visit.person,
            )


def _listed(visits: list[TrueVisit], breakout: str) -> tuple[Visit, ...]:
    return tuple(
        Visit(visit.occupant, at(came), at(went), visit.person)
        for visit in visits
        for place, came, went in visit.parts()
        if place == breakout
    )


def _event(kind: EventKind, when: datetime, **facts: object) -> RoomEvent:
    values: dict[str, object] = {"room": ROOM, "at": when, "kind": kind, **facts}
    key = "|".join(f"{name}={value}" for name, value in values.items() if name != "visits")
    return RoomEvent(key=key, **values)  # type: ignore[arg-type]
