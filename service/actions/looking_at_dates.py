"""Looking at the dates of a plan: what each falls on, and the "yes, then" that some of them ask for."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.dates import DateKind, Finding, Occasion, blocks
from scheduling.looking import findings
from scheduling.time import DoubledTime, SkippedTime, Slot, WallTime, resolve
from scheduling.ways import Way
from service.actions.permissions import Permission, require
from service.actions.planning import around_named
from service.actions.plans import Around, Details, around_of, details_of
from service.actions.surroundings import Known, places_around, surroundings_of
from service.actor import Actor
from service.errors import Refused
from service.storage.base import Db
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.special_dates import HouseDates

Findings = tuple[Finding, ...]

#: So many dates are looked up before others have their turn.
AT_A_TIME = 25
#: What is wrong with a place, whatever else the day is.
OF_PLACES = frozenset({DateKind.PLACE_CLOSED, DateKind.PLACE_CHECK})


class DateNotAgreed(Refused):
    """A date falls on something for which whoever plans has to say "yes, then"."""

    def __init__(self) -> None:
        super().__init__("agree-to-date", field="dates_agreed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What of a plan the findings depend on, beside its dates.

    `but` names the meeting or series itself: what it has booked is no double booking. `house` is what
    was read of the organisation beforehand, for many plans at once.
    """

    kind: Kind
    zone: str
    minutes: int
    ways: frozenset[Way]
    around: Around
    but: Sequence[UUID] = ()
    house: HouseDates | None = None


def looked_of(meeting: Meeting) -> Looked:
    """Give a meeting (loaded whole) as what findings depend on."""
    return looked_with(meeting, details_of(meeting), around_of(meeting))


def looked_with(meeting: Meeting, details: Details, around: Around) -> Looked:
    """Give a meeting as it would be with other details."""
    return Looked(
        kind=meeting.kind,
        zone=meeting.zone,
        minutes=details.minutes,
        ways=frozenset(details.limits),
        around=around,
        but=[each for each in (meeting.id, meeting.series_id) if each],
    )


async def findings_for(
    db: Db, actor: Actor, looked: Looked, starts: Iterable[datetime]
) -> Mapping[datetime, Findings]:
    """Say what each of these starts, on the wall clock of the plan's zone, falls on.

    Two queries however many dates there are. A start that a clock change skips counts as moved by it.
    """
    require(actor, Permission.SEE_MEETINGS)
    slots = {start: _slot(start, looked) for start in starts}
    if not slots:
        return {}
    span = Slot(
        min(slot.starts_at for slot in slots.values()), max(slot.ends_at for slot in slots.values())
    )
    around = _offered(looked)
    known = await surroundings_of(
        db, actor, looked.kind, around, span, known=Known(looked.but, looked.house)
    )
    places = frozenset(each.id for each in (around.place, around.outdoor_place) if each)
    hosts = frozenset(each.id for each in (around.lead, around.second) if each)
    is_outdoors = Way.OUTDOORS in looked.ways
    found = {}
    for number, (start, slot) in enumerate(slots.items(), 1):
        found[start] = findings(Occasion(slot, looked.zone, is_outdoors, places, hosts), known)
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
    return found


async def findings_of(db: Db, actor: Actor, meeting: Meeting) -> Findings:
    """Say what the date of a meeting (loaded whole) falls on; nothing if it has none yet."""
    require(actor, Permission.SEE_MEETINGS)
    if meeting.starts_local is None:
        return ()
    found = await findings_for(db, actor, looked_of(meeting), [meeting.starts_local])
    return found[meeting.starts_local]


async def place_findings(db: Db, actor: Actor, meeting: Meeting) -> Findings:
    """Say only what is wrong where a meeting (loaded whole) is, in one query at most."""
    require(actor, Permission.SEE_MEETINGS)
    if meeting.starts_at is None:
        return ()
    looked = looked_of(meeting)
    slot = Slot.of(meeting.starts_at, meeting.minutes)
    known = await places_around(db, actor, _offered(looked), slot)
    places = frozenset(known.names)
    found = findings(Occasion(slot, looked.zone, place_ids=places), known)
    return tuple(each for each in found if each.kind in OF_PLACES)


async def findings_anew(db: Db, actor: Actor, meeting: Meeting, details: Details) -> Findings:
    """Say what a meeting (loaded whole) would fall on with other details, and does not now.

    Raises Invalid for a place or a host who is not one of ours.
    """
    require(actor, Permission.PLAN_MEETINGS)
    if details.starts_local is None:
        return ()
    around = await around_named(db, actor, meeting, details)
    known = await findings_of(db, actor, meeting)
    looked = looked_with(meeting, details, around)
    found = (await findings_for(db, actor, looked, [details.starts_local]))[details.starts_local]
    if details.starts_local != meeting.starts_local:
        return found
    return tuple(each for each in found if each not in known)


def refuse_unless_agreed(found: Iterable[Finding], *, is_agreed: bool) -> None:
    """Raise DateNotAgreed where a date asks for "yes, then" and nobody has said so."""
    if blocks(found) and not is_agreed:
        raise DateNotAgreed


def _slot(start: datetime, looked: Looked) -> Slot:
    wall = WallTime(start, looked.zone)
    try:
        starts_at = resolve(wall)
    except SkippedTime as skipped:
        starts_at = resolve(skipped.proposal)
    except DoubledTime as doubled:
        starts_at = doubled.first
    return Slot.of(starts_at, looked.minutes)


def _offered(looked: Looked) -> Around:
    """Leave out a place whose way is not offered."""
    around = looked.around
    return Around(
        place=around.place if Way.ROOM in looked.ways else None,
        outdoor_place=around.outdoor_place if Way.OUTDOORS in looked.ways else None,
        lead=around.lead,
        second=around.second,
    )
