"""Places: where people can meet, and what is known about each with the day it was checked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from aiohttp import web

from scheduling.text import clean
from scheduling.time import long_date, on_wall
from service.actions.places import (
    MOST_FACTS,
    PlaceDetails,
    add_place,
    change_place,
    close_place,
    details_of,
    is_stale,
)
from service.errors import Invalid, Refused
from service.storage.meetings import coming_at
from service.storage.places import Place, PlaceFact, place_by_id, places_of
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.pages.place_troubles import troubles_of
from service.web.reading import EmptyIsNone, Form, Line, Lines, read_form, read_id, typed

#: What is worth knowing about every place, offered for a new one.
USUAL_FACTS = (
    "Step-free way in",
    "Accessible toilet",
    "Hearing loop",
    "Fresh air",
    "Bus stop near",
    "Seats with backs",
)
#: Empty rows for further facts, beside those that are kept.
SPARE_ROWS = 2

MaybeNumber = Annotated[int | None, EmptyIsNone]


class PlaceForm(Form):
    """The form about a place, without its facts."""

    name: Line = ""
    address: Lines = ""
    directions: Lines = ""
    room_limit: MaybeNumber = None
    outdoor_limit: MaybeNumber = None


class Closing(Form):
    """Whether a place is to be closed or opened again."""

    closed: Line = ""


async def place_list(request: web.Request) -> web.Response:
    """List the places, those that are closed too."""
    today = _today(request)
    rows = [
        {"place": place, "stale": sum(is_stale(fact, today) for fact in place.facts)}
        for place in await places_of(request[DB], request[ACTOR], closed_too=True)
    ]
    return await page(request, "places/list.html", title="Places", rows=rows)


async def place_page(request: web.Request) -> web.Response:
    """Show one place, what is known about it, and what is planned there."""
    place = await place_by_id(request[DB], request[ACTOR], read_id(request))
    today = _today(request)
    return await page(
        request,
        "places/place.html",
        title=place.name,
        place=place,
        facts_known=[_known(fact, today) for fact in place.facts],
        troubles=await troubles_of(request, place),
        coming=await coming_at(request[DB], request[ACTOR], place.id, request[NOW]),
    )


async def new_place(request: web.Request) -> web.Response:
    """Show the empty form, with what is worth knowing about every place."""
    return await page(request, "places/edit.html", **_new_facts())


async def add(request: web.Request) -> web.Response:
    """Add a place and show it."""
    try:
        details = await _read_details(request)
        place = await add_place(request[DB], request[ACTOR], details, now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(
            request, "places/edit.html", problem, await typed(request), **_new_facts()
        )
    return see_other(f"/places/{place.id}", done="place-added")


async def edit_place(request: web.Request) -> web.Response:
    """Show the form with what is kept."""
    place = await place_by_id(request[DB], request[ACTOR], read_id(request))
    return await page(request, "places/edit.html", **await _edit_facts(request, place))


async def change(request: web.Request) -> web.Response:
    """Change what is kept and show it; guests are told of another name or address."""
    place = await place_by_id(request[DB], request[ACTOR], read_id(request))
    shown = await _edit_facts(request, place)
    try:
        details = await _read_details(request)
        await change_place(request[DB], request[ACTOR], place.id, details, now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(request, "places/edit.html", problem, await typed(request), **shown)
    return see_other(f"/places/{place.id}", done="place-changed")


async def close(request: web.Request) -> web.Response:
    """Close a place, or open it again."""
    form = await read_form(request, Closing)
    is_closed = form.closed == "yes"
    place = await close_place(
        request[DB], request[ACTOR], read_id(request), is_closed=is_closed, now=request[NOW]
    )
    done = "place-closed" if is_closed else "place-opened"
    return see_other(f"/places/{place.id}", done=done)


def _today(request: web.Request) -> date:
    return on_wall(request[NOW], request[HOUSE].zone).local.date()


def _known(fact: PlaceFact, today: date) -> dict[str, object]:
    words = ""
    if fact.checked_on is not None:
        words = long_date(datetime.combine(fact.checked_on, time(12), UTC), "UTC")
    return {"fact": fact, "checked": words, "is_stale": is_stale(fact, today)}


def _new_facts() -> dict[str, Any]:
    usual = tuple(PlaceFact(word, is_so=False) for word in USUAL_FACTS)
    return {
        "title": "Add a place",
        "details": PlaceDetails(name=""),
        "rows": _rows(usual, is_new=True),
        "action": "/places/new",
        "back": "/places",
        "coming": 0,
    }


async def _edit_facts(request: web.Request, place: Place) -> dict[str, Any]:
    coming = await coming_at(request[DB], request[ACTOR], place.id, request[NOW])
    details = details_of(place)
    return {
        "title": f"Change {place.name}",
        "details": details,
        "rows": _rows(details.facts),
        "action": f"/places/{place.id}/edit",
        "back": f"/places/{place.id}",
        "coming": len(coming),
    }


def _rows(facts: Sequence[PlaceFact], *, is_new: bool = False) -> list[dict[str, object]]:
    """Give the rows of the form about facts, with spare ones at the end."""
    rows: list[dict[str, object]] = [
        {
            "word": fact.word,
            "so": "" if is_new else "yes" if fact.is_so else "no",
            "detail": fact.detail,
            "checked": fact.checked_on.isoformat() if fact.checked_on else "",
        }
        for fact in facts
    ]
    spare: dict[str, object] = {"word": "", "so": "yes", "detail": "", "checked": ""}
    return (rows + [spare] * SPARE_ROWS)[:MOST_FACTS]


async def _read_details(request: web.Request) -> PlaceDetails:
    """Read the form with its facts; raises Invalid with everything that is wrong."""
    problems: dict[str, str] = {}
    form, facts = PlaceForm(), tuple[PlaceFact, ...]()
    try:
        form = await read_form(request, PlaceForm)
    except Invalid as error:
        problems |= error.fields
    try:
        facts = tuple(_read_facts(await typed(request)))
    except Invalid as error:
        problems |= error.fields
    if problems:
        raise Invalid(problems)
    return PlaceDetails(
        name=form.name,
        address=form.address,
        directions=form.directions,
        room_limit=form.room_limit,
        outdoor_limit=form.outdoor_limit,
        facts=facts,
    )


def _read_facts(values: Mapping[str, Any]) -> Iterator[PlaceFact]:
    """Read the rows about facts; those without a word, or set to be left out, are passed over."""
    for number in range(1, MOST_FACTS + 1):
        word = clean(str(values.get(f"word_{number}", "")))
        so = str(values.get(f"so_{number}", ""))
        detail = clean(str(values.get(f"detail_{number}", "")))
        if so not in ("yes", "no") or not (word or detail):
            continue
        yield PlaceFact(word, so == "yes", detail, _checked(values, number))


def _checked(values: Mapping[str, Any], number: int) -> date | None:
    text = str(values.get(f"checked_{number}", "")).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid({f"checked_{number}": "not-a-date"}) from error
