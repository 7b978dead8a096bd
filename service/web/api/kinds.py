"""Kinds of meeting, for programs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from scheduling.dates import DateKind, Level
from scheduling.roles import DUTIES, MeetingRole
from scheduling.ways import EASE, Way
from service.actions.kinds import KindDetails, add_kind, change_kind, details_of, retire_kind
from service.storage.kinds import Kind, kind_by_id
from service.storage.listing import Span, kinds_listed
from service.web.api.endpoints import Call, Endpoint, after_id, listed
from service.web.api.fields import (
    Change,
    Given,
    Listing,
    Minutes,
    Nothing,
    OfferedWay,
    Offers,
    ShortName,
    Value,
    VeryLongLines,
    YesNo,
)

Code = Annotated[
    str,
    Field(min_length=1, max_length=120, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", examples=["circle"]),
]
UsualOffers = Annotated[Offers, Field(min_length=1, description="The ways and their usual limits.")]


Roles = Annotated[
    list[Literal[MeetingRole.REMOTE_BUDDY, MeetingRole.GREETER, MeetingRole.ON_CALL]],
    Field(max_length=len(DUTIES), description="The parts a session needs beside its hosts'."),
]


DateLevels = Annotated[
    dict[DateKind, Level],
    Field(description="How much a date of each sort matters, where that is not as usual."),
]
IsPublic = Annotated[bool, Field(description="New sessions of this kind stand on the public page.")]


class KindsListing(Listing):
    """Which kinds."""

    retired_too: Annotated[YesNo, Field(description="Also kinds no longer in use.")] = False


class NewKind(Given):
    """A kind to add: what a new meeting of it begins with."""

    code: Code
    name: ShortName
    neutral_title: ShortName
    minutes: Minutes = 60
    offers: UsualOffers
    needs_second: bool = True
    roles: Roles = Field(default_factory=list)
    is_open: Annotated[
        bool, Field(description="The real title may stand in mails and calendars.")
    ] = False
    is_public: IsPublic = False
    date_levels: DateLevels = Field(default_factory=dict)
    ground_rules: VeryLongLines = ""
    running_order: VeryLongLines = ""


class ChangeKind(Change):
    """What changes about a kind. `offers` and `date_levels` replace all of them. Meetings keep theirs."""

    code: Code = ""
    name: ShortName = ""
    neutral_title: ShortName = ""
    minutes: Minutes = 60
    offers: UsualOffers = Field(default_factory=list)
    needs_second: bool = True
    roles: Roles = Field(default_factory=list)
    is_open: bool = False
    is_public: IsPublic = False
    date_levels: DateLevels = Field(default_factory=dict)
    ground_rules: VeryLongLines = ""
    running_order: VeryLongLines = ""
    is_retired: bool = False


class UsualWay(Value):
    """A way a new meeting offers; no limit if `places` is null."""

    way: Way
    places: int | None


class OneKind(Value):
    """A kind of meeting."""

    id: UUID
    code: str
    name: str
    neutral_title: str
    minutes: int
    offers: list[UsualWay]
    needs_second: bool
    roles: list[MeetingRole]
    is_open: bool
    is_public: bool
    date_levels: DateLevels
    ground_rules: str
    running_order: str
    is_retired: bool


class Kinds(Value):
    """A page of kinds."""

    items: list[OneKind]
    next: str | None


async def list_kinds(call: Call[KindsListing, Nothing]) -> Kinds:
    """Give a page of kinds."""
    span = Span(call.query.limit, after_id(call))
    found = await kinds_listed(call.db, call.actor, span, retired_too=call.query.retired_too)
    return Kinds(**listed(call, found, _shown, lambda kind: (str(kind.id),)))


async def get_kind(call: Call[Nothing, Nothing]) -> OneKind:
    """Give one kind."""
    return _shown(await kind_by_id(call.db, call.actor, call.id()))


async def create_kind(call: Call[Nothing, NewKind]) -> OneKind:
    """Add a kind."""
    given = {name: getattr(call.body, name) for name in NewKind.model_fields}
    details = KindDetails(**_as_kept(given))
    return _shown(await add_kind(call.db, call.actor, details, now=call.now))


async def change(call: Call[Nothing, ChangeKind]) -> OneKind:
    """Change what is given; take the kind out of use or bring it back if that is given."""
    kind = await kind_by_id(call.db, call.actor, call.id())
    given = call.body.given()
    is_retired = given.pop("is_retired", kind.is_retired)
    details = replace(details_of(kind), **_as_kept(given))
    await change_kind(call.db, call.actor, call.id(), details, now=call.now)
    kind = await retire_kind(call.db, call.actor, call.id(), is_retired=is_retired, now=call.now)
    return _shown(kind)


def limits_of(offers: Sequence[OfferedWay]) -> dict[Way, int | None]:
    """Give offered ways as limits by way."""
    return {offer.way: offer.places for offer in offers}


def _as_kept(given: dict[str, Any]) -> dict[str, Any]:
    if "offers" in given:
        given["ways"] = limits_of(given.pop("offers"))
    if "roles" in given:
        given["roles"] = frozenset(given["roles"])
    return given


def _shown(kind: Kind) -> OneKind:
    offers = [UsualWay(way=way, places=kind.ways[way]) for way in EASE if way in kind.ways]
    return OneKind(
        id=kind.id,
        code=kind.code,
        name=kind.name,
        neutral_title=kind.neutral_title,
        minutes=kind.minutes,
        offers=offers,
        needs_second=kind.needs_second,
        roles=[role for role in DUTIES if role in kind.roles],
        is_open=kind.is_open,
        is_public=kind.is_public,
        date_levels={DateKind(name): Level(level) for name, level in kind.date_levels.items()},
        ground_rules=kind.ground_rules,
        running_order=kind.running_order,
        is_retired=kind.is_retired,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/kinds",
        name="kinds",
        tag="kinds",
        scope="kinds:read",
        summary="List kinds of session",
        call=list_kinds,
        query=KindsListing,
        body=Nothing,
        answer=Kinds,
    ),
    Endpoint(
        method="POST",
        path="/kinds",
        name="create-kind",
        tag="kinds",
        scope="kinds:write",
        summary="Add a kind of session",
        call=create_kind,
        query=Nothing,
        body=NewKind,
        answer=OneKind,
        creates=True,
        collection="/kinds",
    ),
    Endpoint(
        method="GET",
        path="/kinds/{kind_id}",
        name="kind",
        tag="kinds",
        scope="kinds:read",
        summary="Get a kind of session",
        call=get_kind,
        query=Nothing,
        body=Nothing,
        answer=OneKind,
    ),
    Endpoint(
        method="PATCH",
        path="/kinds/{kind_id}",
        name="change-kind",
        tag="kinds",
        scope="kinds:write",
        summary="Change a kind of session; sessions keep what they have",
        call=change,
        query=Nothing,
        body=ChangeKind,
        answer=OneKind,
    ),
)
