"""From rows to what suitability works on: people as profiles, each way of a meeting as a setting.

A way whose place is closed on the day has no setting: it is offered to nobody then.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from accessibility.needs import Need
from accessibility.place_words import failing, read_facts
from accessibility.requests import RequestState
from accessibility.resting import Equipment
from accessibility.suitability import Judge
from accessibility.verdicts import Profile, Setting
from scheduling.ways import EASE, Way
from service.actions.plans import Around, Details
from service.actor import Actor
from service.storage.base import Db
from service.storage.places import Place
from service.storage.profiles import InvitedRow, KitRow, kept_kit
from service.storage.special_dates import PlaceTrouble, house_dates
from service.vocabulary import vocabulary
from service.working_days import house_day

#: A request that got so far is arranged for its meeting.
DONE: Final = frozenset(
    {
        RequestState.ARRANGED,
        RequestState.CONFIRMED,
        RequestState.ON_THE_DAY,
        RequestState.MET,
        RequestState.PARTLY_MET,
    }
)
#: A plan without a day is looked at as if there were all the time there ever need be.
NO_DAY_YET: Final = timedelta(days=365)
_TAKEN_HOME: Final = frozenset({Equipment.TABLET, Equipment.SIM})
_KINDS: Final = frozenset(map(str, Equipment))


@dataclass(frozen=True, slots=True)
class Ground:
    """What all settings of an organisation rest on: the day it is, holidays, places in trouble, and kit."""

    today: date
    holidays: frozenset[date]
    troubles: Sequence[PlaceTrouble] = ()
    kit: Sequence[KitRow] = ()

    def equipment(self, day: date) -> frozenset[Equipment]:
        """Give what can be offered on a day: what people take home only if it will not be out."""
        return frozenset(
            kind
            for row in self.kit
            if (kind := _equipment(row)) is not None
            and (kind not in _TAKEN_HOME or _is_free(row, day))
        )

    def to_lend(self, day: date) -> int:
        """Count the things for joining online that will be free to lend on a day."""
        return sum(_equipment(row) in _TAKEN_HOME and _is_free(row, day) for row in self.kit)

    def equipment_of(self, person_id: UUID, day: date) -> frozenset[Equipment]:
        """Give what a person has from us on that day."""
        return frozenset(
            kind
            for row in self.kit
            if row.lent_to == person_id
            and (kind := _equipment(row)) is not None
            and _is_out(row, day)
        )


async def ground_of(
    db: Db, actor: Actor, places: Collection[UUID], days: Sequence[date], *, now: datetime
) -> Ground:
    """Gather what settings at these places and on these days rest on: two queries."""
    house = await house_dates(db, actor, places, min(days), max(days))
    here = house.organisation
    # The first question about a country reads the whole library of holidays.
    clock = await asyncio.to_thread(house_day, here.zone, here.region, now)
    kit = await kept_kit(db, actor.organisation_id)
    return Ground(clock.today, clock.holidays, house.troubles, kit)


def day_of_plan(details: Details, now: datetime) -> date:
    """Give the day of a plan, or one far enough ahead if it has none yet."""
    starts = details.starts_local
    return (now + NO_DAY_YET).date() if starts is None else starts.date()


def places_of_plan(around: Around) -> list[UUID]:
    """Name the places of a plan."""
    return [place.id for place in (around.place, around.outdoor_place) if place is not None]


def judges_of(ways: Collection[Way], around: Around, ground: Ground, day: date) -> list[Judge]:
    """Give a judge for each of these ways that can be used on that day, in the order of ease."""
    return [
        Judge(vocabulary(), setting)
        for way in EASE
        if way in ways and (setting := _setting(_place(way, around), way, ground, day))
    ]


def profile_of(row: InvitedRow, ground: Ground, day: date) -> Profile:
    """Give somebody invited as suitability sees them; of supporters we know only how many come."""
    return Profile(
        tuple(Need(need.code, need.strength) for need in row.needs),
        ((),) * row.supporters,
        ground.equipment_of(row.person_id, day),
        frozenset(need.code for need in row.needs if need.state in DONE),
        frozenset(need.code for need in row.needs if need.state is RequestState.CANNOT_MEET),
    )


def _setting(place: Place | None, way: Way, ground: Ground, day: date) -> Setting | None:
    wrong = list(_troubles(place, ground, day))
    if any(not each.fact for each in wrong) or (place is not None and place.is_closed):
        return None
    facts = read_facts(place.facts) if place is not None else {}
    for each in wrong:
        facts = failing(facts, each.fact, ground.today)
    return Setting(way, ground.today, day, facts, ground.equipment(day), ground.holidays)


def _place(way: Way, around: Around) -> Place | None:
    return {Way.ROOM: around.place, Way.OUTDOORS: around.outdoor_place}.get(way)


def _troubles(place: Place | None, ground: Ground, day: date) -> Iterable[PlaceTrouble]:
    if place is None:
        return ()
    return (
        each
        for each in ground.troubles
        if each.place_id == place.id and each.first_on <= day <= each.last_on
    )


def _equipment(row: KitRow) -> Equipment | None:
    return Equipment(row.kind.value) if row.kind.value in _KINDS else None


def _is_free(row: KitRow, day: date) -> bool:
    return row.is_lendable and not _is_out(row, day)


def _is_out(row: KitRow, day: date) -> bool:
    """Say whether a thing will be with somebody on that day."""
    return row.lent_to is not None and (row.due_on is None or row.due_on >= day)
