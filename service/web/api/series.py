"""Series, for programs: what repeats, and the meetings made of it. They are planned on our pages."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from scheduling.series import SeriesState
from scheduling.ways import EASE, Way
from service.storage.listing import Span, dates_of_series_listed, series_part
from service.storage.phone_lines import line_of
from service.storage.series import Series, series_by_id
from service.web.api.endpoints import Call, Endpoint, after_id, listed
from service.web.api.fields import Listing, Nothing, Value, WallClock
from service.web.api.meeting_models import Meetings, shown

RuleText = Annotated[
    str | None,
    Field(
        description="How it repeats, as RFC 5545 writes it; null while that is not chosen.",
        examples=["FREQ=MONTHLY;BYDAY=2TH"],
    ),
]


class SeriesListing(Listing):
    """Which series."""

    state: SeriesState | None = None


class UsualOffer(Value):
    """A way of joining that each new meeting offers; no limit if `places` is null."""

    way: Way
    places: int | None


class OneSeries(Value):
    """A series. `title` may be shown to anybody; `real_title` only to those who are invited.

    Guests are told of a meeting `weeks_ahead` weeks before, and always of the next two.
    """

    id: UUID
    kind_id: UUID
    state: SeriesState
    version: int
    rule: RuleText
    starts_local: WallClock | None
    ends_on: date | None
    zone: str
    minutes: int
    offers: list[UsualOffer]
    place_id: UUID | None
    outdoor_place_id: UUID | None
    lead_id: UUID | None
    second_id: UUID | None
    title: str
    neutral_title: str
    real_title: str
    is_open: bool
    about: str
    weeks_ahead: int
    made_until: date | None
    follows_id: Annotated[UUID | None, Field(description="The series this was split from.")]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class SeriesPage(Value):
    """A page of series, in the order they were begun."""

    items: list[OneSeries]
    next: str | None


async def list_series(call: Call[SeriesListing, Nothing]) -> SeriesPage:
    """Give a page of series."""
    span = Span(call.query.limit, after_id(call))
    found = await series_part(call.db, call.actor, span, state=call.query.state)
    return SeriesPage(**listed(call, found, _shown, lambda series: (str(series.id),)))


async def get_series(call: Call[Nothing, Nothing]) -> OneSeries:
    """Give one series."""
    return _shown(await series_by_id(call.db, call.actor, call.id()))


async def list_dates(call: Call[Listing, Nothing]) -> Meetings:
    """Give a page of the meetings of a series, in the order they were made."""
    series = await series_by_id(call.db, call.actor, call.id())
    span = Span(call.query.limit, after_id(call))
    found = await dates_of_series_listed(call.db, call.actor, series.id, span)
    line = await line_of(call.db, call.actor.organisation_id)
    return Meetings(
        **listed(call, found, lambda each: shown(each, line), lambda each: (str(each.id),))
    )


def _shown(series: Series) -> OneSeries:
    offers = [
        UsualOffer(way=way, places=series.limits[way]) for way in EASE if way in series.limits
    ]
    real = series.real_title.strip()
    own = OneSeries.model_fields.keys() - {"title", "offers", "rule"}
    return OneSeries(
        title=real if series.is_open and real else series.neutral_title.strip(),
        offers=offers,
        rule=series.rule.text if series.rule else None,
        **{name: getattr(series, name) for name in own},
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/series",
        name="series",
        tag="series",
        scope="meetings:read",
        summary="List series",
        call=list_series,
        query=SeriesListing,
        body=Nothing,
        answer=SeriesPage,
    ),
    Endpoint(
        method="GET",
        path="/series/{series_id}",
        name="one-series",
        tag="series",
        scope="meetings:read",
        summary="Get a series",
        call=get_series,
        query=Nothing,
        body=Nothing,
        answer=OneSeries,
    ),
    Endpoint(
        method="GET",
        path="/series/{series_id}/meetings",
        name="series-meetings",
        tag="series",
        scope="meetings:read",
        summary="List the meetings made of a series",
        call=list_dates,
        query=Listing,
        body=Nothing,
        answer=Meetings,
    ),
)
