"""Places, for programs."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from service.actions.places import (
    MOST_FACTS,
    PlaceDetails,
    add_place,
    change_place,
    close_place,
    details_of,
)
from service.storage.listing import Span, places_listed
from service.storage.places import Place, PlaceFact, place_by_id
from service.web.api.endpoints import Call, Endpoint, after_id, listed
from service.web.api.fields import (
    Change,
    Count,
    Day,
    Given,
    Listing,
    LongLines,
    Nothing,
    ShortName,
    Value,
    YesNo,
)


class PlacesListing(Listing):
    """Which places."""

    closed_too: Annotated[YesNo, Field(description="Also places that are closed.")] = False


class Fact(Given):
    """One thing known about a place, and the day it was checked."""

    word: ShortName
    is_so: bool = True
    detail: LongLines = ""
    checked_on: Day | None = None

    def as_value(self) -> PlaceFact:
        """Give the fact as it is kept."""
        return PlaceFact(self.word, self.is_so, self.detail, self.checked_on)


#: Actions number facts from 1, as the form does; a list begins at 0.
FACT_NAMES = {
    f"word_{number}": f"facts.{number - 1}.word" for number in range(1, MOST_FACTS + 1)
} | {f"checked_{number}": f"facts.{number - 1}.checked_on" for number in range(1, MOST_FACTS + 1)}

Facts = Annotated[list[Fact], Field(max_length=MOST_FACTS)]


class NewPlace(Given):
    """A place to add. A limit of null: that part is not offered, or has no limit."""

    name: ShortName
    address: LongLines = ""
    directions: LongLines = ""
    room_limit: Count | None = None
    outdoor_limit: Count | None = None
    facts: Facts = Field(default_factory=list)


class ChangePlace(Change):
    """What changes about a place. `facts` replaces all of them."""

    name: ShortName = ""
    address: LongLines = ""
    directions: LongLines = ""
    room_limit: Count | None = None
    outdoor_limit: Count | None = None
    facts: Facts = Field(default_factory=list)
    is_closed: bool = False


class KnownFact(Value):
    """One thing known about a place."""

    word: str
    is_so: bool
    detail: str
    checked_on: Day | None


class OnePlace(Value):
    """A place."""

    id: UUID
    name: str
    address: str
    directions: str
    room_limit: int | None
    outdoor_limit: int | None
    is_closed: bool
    facts: list[KnownFact]


class Places(Value):
    """A page of places."""

    items: list[OnePlace]
    next: str | None


async def list_places(call: Call[PlacesListing, Nothing]) -> Places:
    """Give a page of places."""
    span = Span(call.query.limit, after_id(call))
    found = await places_listed(call.db, call.actor, span, closed_too=call.query.closed_too)
    return Places(**listed(call, found, OnePlace.model_validate, _key))


async def get_place(call: Call[Nothing, Nothing]) -> OnePlace:
    """Give one place."""
    return OnePlace.model_validate(await place_by_id(call.db, call.actor, call.id()))


async def create_place(call: Call[Nothing, NewPlace]) -> OnePlace:
    """Add a place."""
    given = {name: getattr(call.body, name) for name in NewPlace.model_fields}
    details = PlaceDetails(**_as_kept(given))
    return OnePlace.model_validate(await add_place(call.db, call.actor, details, now=call.now))


async def change(call: Call[Nothing, ChangePlace]) -> OnePlace:
    """Change what is given; close or open the place if that is given."""
    place = await place_by_id(call.db, call.actor, call.id())
    given = call.body.given()
    is_closed = given.pop("is_closed", place.is_closed)
    details = replace(details_of(place), **_as_kept(given))
    await change_place(call.db, call.actor, call.id(), details, now=call.now)
    place = await close_place(call.db, call.actor, call.id(), is_closed=is_closed, now=call.now)
    return OnePlace.model_validate(place)


def _as_kept(given: dict[str, Any]) -> dict[str, Any]:
    """Give facts as the values they are kept as."""
    if "facts" in given:
        given["facts"] = tuple(fact.as_value() for fact in given["facts"])
    return given


def _key(place: Place) -> tuple[str]:
    return (str(place.id),)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/places",
        name="places",
        tag="places",
        scope="places:read",
        summary="List places",
        call=list_places,
        query=PlacesListing,
        body=Nothing,
        answer=Places,
    ),
    Endpoint(
        method="POST",
        path="/places",
        name="create-place",
        tag="places",
        scope="places:write",
        summary="Add a place",
        call=create_place,
        query=Nothing,
        body=NewPlace,
        answer=OnePlace,
        creates=True,
        collection="/places",
        renames=FACT_NAMES,
    ),
    Endpoint(
        method="GET",
        path="/places/{place_id}",
        name="place",
        tag="places",
        scope="places:read",
        summary="Get a place",
        call=get_place,
        query=Nothing,
        body=Nothing,
        answer=OnePlace,
    ),
    Endpoint(
        method="PATCH",
        path="/places/{place_id}",
        name="change-place",
        tag="places",
        scope="places:write",
        summary="Change a place; guests of coming sessions are told if they were given something else",
        call=change,
        query=Nothing,
        body=ChangePlace,
        answer=OnePlace,
        refuses=True,
        renames=FACT_NAMES,
    ),
)
