"""What is known round the dates of a plan: the region, the sky, own dates, places in trouble, bookings."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from uuid import UUID

from scheduling.bank_holidays import is_region
from scheduling.dates import (
    DateKind,
    Level,
    SpecialDay,
    Surroundings,
    Trouble,
    by_day,
)
from scheduling.daylight import Spot, spot_in
from scheduling.time import Slot
from service.actions.plans import Around
from service.actor import Actor
from service.storage.base import Db
from service.storage.bookings import bookings_of
from service.storage.kinds import Kind
from service.storage.organisations import Organisation
from service.storage.places import Place
from service.storage.special_dates import house_and_dates, troubles_between

#: Days are kept without a zone: this much more is read at both ends of a span.
MARGIN = timedelta(days=2)
ZONE_TABLE = ("zoneinfo", "zone1970.tab")


async def surroundings_of(
    db: Db, actor: Actor, kind: Kind, around: Around, span: Slot, *, but: Sequence[UUID]
) -> Surroundings:
    """Gather what matters to dates in a span, at these places and with these hosts: three queries.

    `but` names the meeting or series itself, whose own bookings do not count.
    """
    known = await places_around(db, actor, around, span)
    hosts = [each for each in (around.lead, around.second) if each]
    names = {**known.names, **{host.id: host.chosen_name for host in hosts}}
    first, last = (span.starts_at - MARGIN).date(), (span.ends_at + MARGIN).date()
    house, own = await house_and_dates(db, actor, first, last)
    # The first question about a country reads the whole library of holidays.
    await asyncio.to_thread(is_region, house.region)
    bookings = await bookings_of(db, actor, span, names, but=but) if names else ()
    return replace(
        known,
        region=house.region,
        spot=spot_of(house),
        special=[SpecialDay(each.kind, each.name, each.first_on, each.last_on) for each in own],
        bookings=by_day(bookings),
        names=names,
        levels={DateKind(name): Level(level) for name, level in kind.date_levels.items()},
    )


async def places_around(db: Db, actor: Actor, around: Around, span: Slot) -> Surroundings:
    """Gather only what is wrong at the places, in one query at most."""
    places = [each for each in (around.place, around.outdoor_place) if each]
    return Surroundings(
        troubles=await _troubles(db, actor, places, span),
        shut=frozenset(place.id for place in places if place.is_closed),
        names={place.id: place.name for place in places},
    )


async def _troubles(db: Db, actor: Actor, places: Sequence[Place], span: Slot) -> Sequence[Trouble]:
    if not places:
        return ()
    first, last = (span.starts_at - MARGIN).date(), (span.ends_at + MARGIN).date()
    found = await troubles_between(db, actor, [place.id for place in places], first, last)
    return [Trouble(each.place_id, each.fact, each.first_on, each.last_on) for each in found]


def spot_of(organisation: Organisation) -> Spot | None:
    """Say where an organisation is: as it said itself, or else the main town of its time zone."""
    if organisation.latitude is not None and organisation.longitude is not None:
        return Spot(organisation.latitude, organisation.longitude)
    return main_town(organisation.zone)


@cache
def main_town(zone: str) -> Spot | None:
    """Find the main town of a time zone in the table that comes with the zones themselves."""
    table = files("tzdata").joinpath(*ZONE_TABLE).read_text("utf-8")
    return spot_in(table, zone)
