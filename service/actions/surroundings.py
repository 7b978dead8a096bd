"""What is known round the dates of a plan: the region, the sky, own dates, places in trouble, bookings."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
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
from service.storage.special_dates import HouseDates, PlaceTrouble, house_dates, troubles_between

#: Days are kept without a zone: this much more is read at both ends of a span.
MARGIN = timedelta(days=2)
ZONE_TABLE = ("zoneinfo", "zone1970.tab")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beforehand: the meeting or series itself, whose own bookings do not count, and the house.

    Who looks at many series at once reads the house once, for all days and places of theirs.
    """

    but: Sequence[UUID]
    house: HouseDates | None = None


async def surroundings_of(
    db: Db, actor: Actor, kind: Kind, around: Around, span: Slot, *, known: Known
) -> Surroundings:
    """Gather what matters to dates in a span, at these places and with these hosts: two queries at most."""
    places = _places(around)
    hosts = [each for each in (around.lead, around.second) if each]
    names = {place.id: place.name for place in places}
    dates = known.house or await house_dates(db, actor, names, *_days(span))
    house = dates.organisation
    # The first question about a country reads the whole library of holidays.
    await asyncio.to_thread(is_region, house.region)
    names |= {host.id: host.chosen_name for host in hosts}
    bookings = await bookings_of(db, actor, span, names, but=known.but) if names else ()
    return replace(
        _at_places(places, dates.troubles),
        region=house.region,
        spot=spot_of(house),
        special=[
            SpecialDay(each.kind, each.name, each.first_on, each.last_on) for each in dates.dates
        ],
        bookings=by_day(bookings),
        names=names,
        levels={DateKind(name): Level(level) for name, level in kind.date_levels.items()},
    )


async def places_around(db: Db, actor: Actor, around: Around, span: Slot) -> Surroundings:
    """Gather only what is wrong at the places, in one query at most."""
    places = _places(around)
    ids = [place.id for place in places]
    found = await troubles_between(db, actor, ids, *_days(span)) if ids else ()
    return _at_places(places, found)


def _at_places(places: Sequence[Place], troubles: Sequence[PlaceTrouble]) -> Surroundings:
    return Surroundings(
        troubles=[
            Trouble(each.place_id, each.fact, each.first_on, each.last_on) for each in troubles
        ],
        shut=frozenset(place.id for place in places if place.is_closed),
        names={place.id: place.name for place in places},
    )


def _places(around: Around) -> list[Place]:
    return [each for each in (around.place, around.outdoor_place) if each]


def _days(span: Slot) -> tuple[date, date]:
    return (span.starts_at - MARGIN).date(), (span.ends_at + MARGIN).date()


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
