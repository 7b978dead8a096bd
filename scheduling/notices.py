"""Compare two versions of a meeting and say who must be told what, each person once.

What a guest can see is decided by the way they join: someone on the phone is not told that the
room moved. Nothing is sent or worded here, and nothing is asked of a person who cannot see it.

Those who said no are left in peace over small things. They hear again when the time moves or a
new way opens, because their no may not stand any more, and when the meeting is cancelled or their
invitation taken back, because most calendars keep what was declined and a door could be locked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from scheduling.answers import Answer
from scheduling.errors import BrokenValue
from scheduling.meeting import DialIn, MeetingState, Place, Plan
from scheduling.time import WallTime
from scheduling.ways import EASE, Way


class NoticeKind(StrEnum):
    """What a guest gets: a first invitation, a newer one, or the end of it."""

    INVITE = "invite"
    UPDATE = "update"
    CANCEL = "cancel"


class Change(StrEnum):
    """What is new for a guest."""

    TIME = "time"
    PLACE = "place"
    WAYS = "ways"
    WAY_LOST = "way-lost"
    OWN_WAY = "own-way"
    PLACE_FREE = "place-free"
    TITLE = "title"
    HOSTS = "hosts"
    PHONE = "phone"
    HELP_PHONE = "help-phone"
    NOTE = "note"


ASKS_AGAIN = frozenset({Change.TIME, Change.PLACE, Change.WAY_LOST})
"""Changes after which an answer given before cannot simply be taken to stand."""


@dataclass(frozen=True, slots=True)
class Guest:
    """One invitation: the way its person means to join, if they chose one, and their answer."""

    id: UUID
    way: Way | None = None
    answer: Answer = Answer.UNANSWERED


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message shows a guest: for those who chose no way yet, what all ways need."""

    start: WallTime
    minutes: int
    title: str
    hosts: tuple[str, ...]
    ways: tuple[Way, ...]
    places: tuple[tuple[Way, Place], ...]
    dial_in: DialIn | None
    help_phone: str
    note: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one guest must be told; `asks_again` if their answer is asked for anew."""

    guest_id: UUID
    kind: NoticeKind
    changes: frozenset[Change] = frozenset()
    asks_again: bool = False


def seen_by(plan: Plan, way: Way | None) -> Seen:
    """Show the plan as a guest by this way sees it; None, or a way not offered, shows every way."""
    ways = tuple(each for each in EASE if each in plan.ways and way in (each, None))
    if way is not None and not ways:
        return seen_by(plan, None)
    places = ((each, plan.place(each)) for each in ways)
    return Seen(
        start=plan.start,
        minutes=plan.minutes,
        title=plan.title,
        hosts=tuple(host.name for host in plan.hosts),
        ways=ways,
        places=tuple((each, place) for each, place in places if place is not None),
        dial_in=plan.dial_in if Way.PHONE in ways else None,
        help_phone=plan.help_phone,
        note=plan.note,
    )


def between(
    old: Plan, new: Plan, *, before: Iterable[Guest], after: Iterable[Guest]
) -> tuple[Notice, ...]:
    """List the notices that a change calls for: one at most for a guest, in the guests' order.

    `before` and `after` are the guests with their ways and answers on either side of the change;
    give the same ones twice if only the plan changed, and the same plan twice if only they did.
    """
    known, wanted = _by_id(before), _by_id(after)
    match (old.state, new.state):
        case (MeetingState.DRAFT, MeetingState.PUBLISHED):
            return tuple(Notice(id_, NoticeKind.INVITE) for id_ in wanted)
        case (MeetingState.PUBLISHED, MeetingState.CANCELLED):
            return tuple(Notice(id_, NoticeKind.CANCEL) for id_ in known)
        case (MeetingState.PUBLISHED, MeetingState.PUBLISHED):
            return (*_kept_or_new(old, new, known, wanted), *_removed(known, wanted))
        case _:
            return ()


def without_way(plan: Plan, guests: Iterable[Guest]) -> tuple[Guest, ...]:
    """Find the guests whose way the plan does not offer and who have not said no.

    Shown with their number before such a change can be saved: nobody is left out in silence.
    """
    return tuple(g for g in guests if g.answer.may_come and g.way and g.way not in plan.ways)


def _by_id(guests: Iterable[Guest]) -> dict[UUID, Guest]:
    found: dict[UUID, Guest] = {}
    for guest in guests:
        if guest.id in found:
            raise BrokenValue(f"guest {guest.id} is there twice")
        found[guest.id] = guest
    return found


def _kept_or_new(
    old: Plan, new: Plan, known: dict[UUID, Guest], wanted: dict[UUID, Guest]
) -> tuple[Notice, ...]:
    notices = (
        _update(old, new, known[id_], guest) if id_ in known else Notice(id_, NoticeKind.INVITE)
        for id_, guest in wanted.items()
    )
    return tuple(notice for notice in notices if notice is not None)


def _removed(known: dict[UUID, Guest], wanted: dict[UUID, Guest]) -> tuple[Notice, ...]:
    return tuple(Notice(id_, NoticeKind.CANCEL) for id_ in known if id_ not in wanted)


def _update(old: Plan, new: Plan, was: Guest, guest: Guest) -> Notice | None:
    if guest.answer is Answer.NO:
        changes = frozenset(_reasons_to_think_again(old, new))
        asks_again = bool(changes)
    else:
        changes = frozenset((*_changes(old, new, guest), *_own_changes(new, was, guest)))
        asks_again = bool(changes & ASKS_AGAIN)
    return Notice(guest.id, NoticeKind.UPDATE, changes, asks_again) if changes else None


def _reasons_to_think_again(old: Plan, new: Plan) -> Iterator[Change]:
    if (old.start, old.minutes) != (new.start, new.minutes):
        yield Change.TIME
    if new.ways - old.ways:
        yield Change.WAYS


def _own_changes(plan: Plan, was: Guest, guest: Guest) -> Iterator[Change]:
    if seen_by(plan, was.way) != seen_by(plan, guest.way):
        yield Change.OWN_WAY
    if (was.answer, guest.answer) == (Answer.WAITING, Answer.YES):
        yield Change.PLACE_FREE


def _changes(old: Plan, new: Plan, guest: Guest) -> Iterator[Change]:
    """Name what the guest sees differently, both plans looked at by the way they have now."""
    then, now = seen_by(old, guest.way), seen_by(new, guest.way)
    pairs: dict[Change, tuple[object, object]] = {
        Change.TIME: ((then.start, then.minutes), (now.start, now.minutes)),
        Change.TITLE: (then.title, now.title),
        Change.HOSTS: (then.hosts, now.hosts),
        Change.HELP_PHONE: (then.help_phone, now.help_phone),
        Change.NOTE: (then.note, now.note),
    }
    yield from (change for change, (one, other) in pairs.items() if one != other)
    if guest.way in old.ways - new.ways:
        yield Change.WAY_LOST
    else:
        yield from _way_changes(then, now)


def _way_changes(then: Seen, now: Seen) -> Iterator[Change]:
    """Name what changed in how to join; a way that came or went brings its place with it."""
    in_both = set(then.ways) & set(now.ways)
    if then.ways != now.ways:
        yield Change.WAYS
    if any(dict(then.places).get(way) != dict(now.places).get(way) for way in in_both):
        yield Change.PLACE
    if Way.PHONE in in_both and then.dial_in != now.dial_in:
        yield Change.PHONE
