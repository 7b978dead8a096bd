"""Who would be left without any way by a change: because theirs goes, or by what they cannot do without.

Somebody who chose a way that goes has none until they choose again. Somebody else loses theirs if their
musts left a way open before the change, and leave none after it, whether they have answered or not.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accessibility.suitability import Judge
from accessibility.verdicts import Profile
from service.actions.impact.loading import (
    Ground,
    day_of_plan,
    ground_of,
    judges_of,
    places_of_plan,
    profile_of,
)
from service.actions.plans import Around, Details
from service.actor import Actor
from service.storage.base import Db
from service.storage.profiles import InvitedRow, invited_with_needs


@dataclass(frozen=True, slots=True)
class Version:
    """A meeting as it is or would be, as far as it matters to who can take part."""

    details: Details
    around: Around


@dataclass(frozen=True, slots=True)
class Switch:
    """One meeting with what it is and what it would be."""

    meeting_id: UUID
    before: Version
    after: Version


@dataclass(frozen=True, slots=True)
class Without:
    """The invitations of people whose musts leave no way open, before the changes and after them."""

    before: frozenset[UUID] = frozenset()
    after: frozenset[UUID] = frozenset()


async def without_by_needs(
    db: Db, actor: Actor, switches: Sequence[Switch], *, now: datetime
) -> Without:
    """Find who cannot come by any way before and after these changes; three queries, however many there are.

    Meetings of which neither day nor ways nor places change are left out: there nobody gains or loses.
    """
    changed = [each for each in switches if _matters(each)]
    if not changed:
        return Without()
    versions = [version for each in changed for version in (each.before, each.after)]
    places = {id_ for version in versions for id_ in places_of_plan(version.around)}
    days = [day_of_plan(version.details, now) for version in versions]
    ground = await ground_of(db, actor, places, days, now=now)
    ids = [each.meeting_id for each in changed]
    rows = await invited_with_needs(db, actor.organisation_id, ids)
    there: dict[UUID, list[InvitedRow]] = defaultdict(list)
    for row in rows:
        if row.needs and row.answer.may_come:
            there[row.meeting_id].append(row)
    before: set[UUID] = set()
    after: set[UUID] = set()
    for each in changed:
        before |= _without(each.before, there[each.meeting_id], ground, now)
        after |= _without(each.after, there[each.meeting_id], ground, now)
    return Without(frozenset(before), frozenset(after))


def _matters(switch: Switch) -> bool:
    """Say whether day, ways or places differ; nothing else decides who can take part."""
    before, after = (
        (
            version.details.starts_local,
            frozenset(version.details.limits),
            version.details.place_id,
            version.details.outdoor_place_id,
        )
        for version in (switch.before, switch.after)
    )
    return before != after


def _without(
    version: Version, rows: Iterable[InvitedRow], ground: Ground, now: datetime
) -> set[UUID]:
    day = day_of_plan(version.details, now)
    judges = judges_of(version.details.limits, version.around, ground, day)
    return {row.invitation_id for row in rows if not _is_open(profile_of(row, ground, day), judges)}


def _is_open(profile: Profile, judges: Iterable[Judge]) -> bool:
    return any(judge.verdict(profile).is_open for judge in judges)
