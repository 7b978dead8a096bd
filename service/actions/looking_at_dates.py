"""Looking at the dates of a plan: what each falls on, and the "yes, then" that some of them ask for."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.bank_holidays import is_region
from scheduling.dates import Finding, Occasion, blocks
from scheduling.looking import findings
from scheduling.time import DoubledTime, SkippedTime, Slot, WallTime, resolve
from scheduling.ways import Way
from service.actions.permissions import Permission, require
from service.actions.plans import Around, Details, around_of, details_of
from service.actions.surroundings import surroundings_of
from service.actor import Actor
from service.errors import Refused
from service.storage.base import Db
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.organisations import organisation_by_id

Findings = tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What of a plan the findings depend on, beside its dates.

    `but` names the meeting or series itself: what it has booked is no double booking.
    """

    kind: Kind
    zone: str
    minutes: int
    ways: frozenset[Way]
    around: Around
    but: Sequence[UUID] = ()


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

    Four queries however many dates there are. A start that a clock change skips counts as moved by it.
    """
    require(actor, Permission.SEE_MEETINGS)
    slots = {start: _slot(start, looked) for start in starts}
    if not slots:
        return {}
    house = await organisation_by_id(db, actor.organisation_id)
    # The first question about a country reads the whole library of holidays.
    await asyncio.to_thread(is_region, house.region)
    span = Slot(
        min(slot.starts_at for slot in slots.values()), max(slot.ends_at for slot in slots.values())
    )
    around = _offered(looked)
    known = await surroundings_of(db, actor, looked.kind, around, span, but=looked.but)
    places = [each.id for each in (around.place, around.outdoor_place) if each]
    hosts = [each.id for each in (around.lead, around.second) if each]
    is_outdoors = Way.OUTDOORS in looked.ways
    return {
        start: findings(
            Occasion(slot, looked.zone, is_outdoors, frozenset(places), frozenset(hosts)), known
        )
        for start, slot in slots.items()
    }


async def findings_of(db: Db, actor: Actor, meeting: Meeting) -> Findings:
    """Say what the date of a meeting (loaded whole) falls on; nothing if it has none yet."""
    require(actor, Permission.SEE_MEETINGS)
    if meeting.starts_local is None:
        return ()
    found = await findings_for(db, actor, looked_of(meeting), [meeting.starts_local])
    return found[meeting.starts_local]


def refuse_unless_agreed(found: Iterable[Finding], *, is_agreed: bool) -> None:
    """Raise Refused where a date asks for "yes, then" and nobody has said so."""
    if blocks(found) and not is_agreed:
        raise Refused("agree-to-date", field="dates_agreed")


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
