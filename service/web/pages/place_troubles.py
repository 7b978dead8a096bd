"""Something is wrong at a place for some days: writing it down, and taking it away again."""

from datetime import date
from enum import StrEnum
from typing import Any

from aiohttp import web

from scheduling.time import date_words, on_wall
from service.actions.place_troubles import TroubleDetails, end_trouble, report_trouble
from service.errors import Invalid
from service.storage.places import Place, place_by_id
from service.storage.special_dates import PlaceTrouble, troubles_between
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.reading import Day, Form, Line, read_form, read_id, typed

PAGE = "places/trouble.html"


class Extent(StrEnum):
    """How much of the place is out of use."""

    ALL = "all"
    PART = "part"


class TroubleForm(Form):
    """What is wrong, from when to when."""

    extent: Extent
    fact: Line = ""
    why: Line = ""
    first_on: Day
    last_on: Day

    def details(self) -> TroubleDetails:
        """Give what was typed as what is kept; raises Invalid if the thing is not named."""
        if self.extent is Extent.PART and not self.fact:
            raise Invalid({"fact": "needed"})
        fact = self.fact if self.extent is Extent.PART else ""
        return TroubleDetails(fact, self.why, self.first_on, self.last_on)


async def ask(request: web.Request) -> web.Response:
    """Ask what is wrong."""
    place = await place_by_id(request[DB], request[ACTOR], read_id(request))
    return await page(request, PAGE, **_facts(place))


async def write(request: web.Request) -> web.Response:
    """Write down what is wrong, and have the sessions there looked at."""
    place = await place_by_id(request[DB], request[ACTOR], read_id(request))
    try:
        details = (await read_form(request, TroubleForm)).details()
        await report_trouble(request[DB], request[ACTOR], place.id, details, now=request[NOW])
    except Invalid as problem:
        return await again(request, PAGE, problem, await typed(request), **_facts(place))
    return see_other(f"/places/{place.id}", done="trouble-kept")


async def end(request: web.Request) -> web.Response:
    """Take a trouble away."""
    trouble_id = read_id(request, "trouble")
    place_id = await end_trouble(request[DB], request[ACTOR], trouble_id, now=request[NOW])
    return see_other(f"/places/{place_id}", done="trouble-over")


async def troubles_of(request: web.Request, place: Place) -> list[dict[str, Any]]:
    """Give what is wrong at a place from today on, in words."""
    today = on_wall(request[NOW], request[HOUSE].zone).local.date()
    found = await troubles_between(request[DB], request[ACTOR], [place.id], today, date.max)
    return [{"trouble": each, "when": _when(each)} for each in found]


def _when(trouble: PlaceTrouble) -> str:
    first, last = date_words(trouble.first_on), date_words(trouble.last_on)
    return first if first == last else f"{first} to {last}"


def _facts(place: Place) -> dict[str, Any]:
    return {
        "title": f"Something is wrong at {place.name}",
        "place": place,
        "extents": [
            {"value": Extent.PART.value, "word": "One thing is broken or missing"},
            {"value": Extent.ALL.value, "word": "Nobody can meet there at all"},
        ],
    }
