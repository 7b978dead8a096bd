"""Who could take part in a meeting by which way: counted for everybody who plans, named for coordinators.

Everybody on the list counts, who said no as well: some say no because there is no way in for them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accessibility.clashes import Clash, clashes, no_shared_way
from accessibility.consent import Purpose
from accessibility.suitability import Judge, Readiness, ready_from, ways_open
from accessibility.verdicts import Outcome, Profile, ReasonKind, Verdict
from scheduling.ways import EASE, Way
from service.actions.consenting import agreed
from service.actions.impact.loading import (
    day_of_plan,
    ground_of,
    judges_of,
    places_of_plan,
    profile_of,
)
from service.actions.permissions import Permission, may, require
from service.actions.plans import around_of, details_of
from service.actor import Actor
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.needs import consents_of_people
from service.storage.profiles import InvitedRow, invited_with_needs
from service.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class PersonImpact:
    """One person on the list: the verdict on each way, and the way they would most easily come by.

    `would_open` are ways the plan does not offer and that somebody without any could come by.
    """

    row: InvitedRow
    profile: Profile
    verdicts: dict[Way, Verdict]
    best: Way | None
    would_open: Sequence[Way] = ()

    @property
    def open_ways(self) -> list[Way]:
        """List the ways that work for them, at once or once all is arranged."""
        return [way for way, verdict in self.verdicts.items() if verdict.is_open]

    @property
    def chosen(self) -> Mapping[Way, Verdict]:
        """Give the verdict on the way they would take; without any, those on all."""
        return {self.best: self.verdicts[self.best]} if self.best else self.verdicts

    @property
    def may_be_tried(self) -> list[Way]:
        """List the ways that only time is against: a coordinator may try them all the same."""
        return [way for way, verdict in self.verdicts.items() if verdict.is_only_late]

    @property
    def borrows(self) -> bool:
        """Say whether something must be lent to them for the way they would take."""
        reasons = self.verdicts[self.best].reasons if self.best else ()
        return any(each.kind is ReasonKind.TO_BRING and not each.place_word for each in reasons)


@dataclass(frozen=True, slots=True)
class WayImpact:
    """One way of the plan: for how many it works, works if arranged, cannot be, or is the only one.

    `seats` are those taken by the people who can come by no other way, with who comes along.
    """

    way: Way
    works: int
    if_arranged: int
    cannot: int
    only_way_for: int
    seats: int
    limit: int | None
    is_shut: bool = False


@dataclass(frozen=True, slots=True)
class Arranging:
    """One thing to arrange: for how many people, and by when that must begin."""

    code: str
    people: int
    begin_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a plan means for the people invited.

    `day` is None if the plan has none; all is then looked at as if there were time enough. `to_lend` counts
    the things for joining online that are free that day.
    """

    today: date
    day: date | None
    people: Sequence[PersonImpact]
    ways: Sequence[WayImpact]
    arranging: Sequence[Arranging]
    ready: Readiness
    clashes: Sequence[Clash]
    to_lend: int

    @property
    def works(self) -> int:
        """Count the people who could come by the way they would take, with nothing left to arrange."""
        return sum(
            each.verdicts[each.best].fit is Outcome.WORKS for each in self.people if each.best
        )

    @property
    def without(self) -> list[PersonImpact]:
        """List the people for whom no way is open."""
        return [each for each in self.people if not each.open_ways]

    @property
    def if_arranged(self) -> int:
        """Count the people who could come once something is arranged."""
        return len(self.people) - self.works - len(self.without)

    @property
    def would_open(self) -> Mapping[Way, int]:
        """Count for each way not offered the people without any to whom it would be open."""
        found = Counter(way for each in self.without for way in each.would_open)
        return {way: found[way] for way in EASE if found[way]}


async def impact_of(db: Db, actor: Actor, meeting: Meeting, *, now: datetime) -> Impact:
    """Say what a meeting (loaded whole) means for everybody on its list; four queries at most."""
    require(actor, Permission.PLAN_MEETINGS)
    details, around = details_of(meeting), around_of(meeting)
    day = day_of_plan(details, now)
    ground = await ground_of(db, actor, places_of_plan(around), [day], now=now)
    rows = await invited_with_needs(db, actor.organisation_id, [meeting.id])
    offered = judges_of(details.limits, around, ground, day)
    others = judges_of(set(Way) - set(details.limits), around, ground, day)
    people = [_person(row, profile_of(row, ground, day), offered, others) for row in rows]
    return Impact(
        today=ground.today,
        day=day if details.starts_local else None,
        people=people,
        ways=[_way(way, people, details.limits[way]) for way in EASE if way in details.limits],
        arranging=_arranging(people),
        ready=ready_from([each.chosen for each in people], ground.today, ground.holidays),
        clashes=await _clashes(db, actor, people, frozenset(details.limits), now=now),
        to_lend=ground.to_lend(day),
    )


def own_clashes(person: PersonImpact) -> Sequence[Clash]:
    """List the musts of one person that share no way of joining."""
    return no_shared_way(vocabulary(), person.profile)


def stands_against(person: PersonImpact) -> dict[str, dict[ReasonKind, list[Way]]]:
    """List by term what keeps a person from coming, each reason with the ways it closes."""
    found: dict[str, dict[ReasonKind, list[Way]]] = {}
    for way, verdict in person.verdicts.items():
        for reason in verdict.reasons:
            if reason.is_against:
                found.setdefault(reason.code, {}).setdefault(reason.kind, []).append(way)
    return found


async def _clashes(
    db: Db, actor: Actor, people: Sequence[PersonImpact], ways: frozenset[Way], *, now: datetime
) -> list[Clash]:
    """List the clashes; to a facilitator only those among people who agreed that she is told what to do."""
    found = clashes(vocabulary(), [each.profile for each in people], ways)
    if found and not may(actor, Permission.ARRANGE):
        ids = [each.row.person_id for each in people if each.profile.needs]
        consents = await consents_of_people(db, actor.organisation_id, ids)
        agree = {
            id_ for id_, given in consents.items() if Purpose.SHARE_ACTIONS in agreed(given, now)
        }
        told = [each.profile for each in people if each.row.person_id in agree]
        found = clashes(vocabulary(), told, ways)
    return [each for each in found if not each.is_restricted]


def _person(
    row: InvitedRow, profile: Profile, offered: Iterable[Judge], others: Iterable[Judge]
) -> PersonImpact:
    verdicts = dict(ways_open(profile, offered))
    is_open = any(verdict.is_open for verdict in verdicts.values())
    elsewhere = {} if is_open else ways_open(profile, others)
    return PersonImpact(
        row,
        profile,
        verdicts,
        _best(row.way, verdicts),
        [way for way, verdict in elsewhere.items() if verdict.is_open],
    )


def _best(chosen: Way | None, verdicts: dict[Way, Verdict]) -> Way | None:
    """Choose the way somebody chose if it is open, else the one that asks for the least notice."""
    if chosen is not None and chosen in verdicts and verdicts[chosen].is_open:
        return chosen
    notices = {way: each.begin_by or 0 for way, each in verdicts.items() if each.is_open}
    return min(notices, key=notices.__getitem__, default=None)


def _way(way: Way, people: Sequence[PersonImpact], limit: int | None) -> WayImpact:
    fits = Counter(each.verdicts[way].fit for each in people if way in each.verdicts)
    only = [each for each in people if each.open_ways == [way]]
    return WayImpact(
        way,
        works=fits[Outcome.WORKS],
        if_arranged=fits[Outcome.IF_ARRANGED],
        cannot=len(people) - fits[Outcome.WORKS] - fits[Outcome.IF_ARRANGED],
        only_way_for=len(only),
        seats=sum(each.profile.seats(way) for each in only),
        limit=limit,
        is_shut=bool(people) and not fits,
    )


def _arranging(people: Sequence[PersonImpact]) -> list[Arranging]:
    """Add up what must be arranged for the ways people would come by, what begins first at the top.

    Restricted terms are left out: whoever must act on them has a task of their own.
    """
    items = [item for each in people if each.best for item in each.verdicts[each.best].arrange]
    counted = Counter(items)
    found = [
        Arranging(item.code, people, item.begin_on, item.is_late)
        for item, people in counted.items()
        if not _is_restricted(item.code)
    ]
    return sorted(found, key=lambda each: (each.begin_on, each.code))


def _is_restricted(code: str) -> bool:
    return code in vocabulary() and vocabulary().term(code).is_restricted
