"""Dates to keep in mind: an organisation's school breaks and local customs, typed or out of a calendar file."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from aiohttp import web
from aiohttp.web_request import FileField
from multidict import MultiDict
from pydantic import Field

from scheduling.dates import DateKind
from scheduling.ical.days import LARGEST, MOST_EVENTS, NamedDays
from scheduling.time import date_words, on_wall
from service.actions import special_dates
from service.actions.special_dates import SpecialDetails, read_days
from service.errors import Invalid, Refused
from service.storage.special_dates import special_dates_between
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.reading import Day, Form, Line, parse, read_form, read_id, typed
from service.web.words import say

TITLE, FILE_TITLE = "Dates to keep in mind", "Dates from a file"
LIST, FILE, PREVIEW = "set_up/dates.html", "set_up/dates_file.html", "set_up/dates_preview.html"
#: A date that is over stays on the list for so long.
SHOWN_AFTER = timedelta(days=31)
KIND_OPTIONS = (
    {"value": DateKind.SCHOOL_BREAK.value, "word": "Schools are off"},
    {"value": DateKind.LOCAL.value, "word": "A local custom"},
)


class DateForm(Form):
    """One date, as it is typed; one day if the last is left empty."""

    kind: DateKind = DateKind.SCHOOL_BREAK
    name: Annotated[Line, Field(min_length=1)] = ""
    first_on: Day
    last_on: Day | None = None

    def details(self) -> SpecialDetails:
        """Give what was typed as what is kept."""
        return SpecialDetails(self.kind, self.name, self.first_on, self.last_on or self.first_on)


class TakeForm(Form):
    """Which rows of a file are kept, and as what."""

    kind: DateKind = DateKind.SCHOOL_BREAK
    take: list[int] = Field(default_factory=list, max_length=MOST_EVENTS)


async def dates(request: web.Request) -> web.Response:
    """List the dates to come, with a form for one more."""
    return await page(request, LIST, **await _facts(request))


async def add(request: web.Request) -> web.Response:
    """Keep one date."""
    try:
        details = (await read_form(request, DateForm)).details()
        await special_dates.add_special_date(request[DB], request[ACTOR], details, now=request[NOW])
    except Invalid as problem:
        return await again(request, LIST, problem, await typed(request), **await _facts(request))
    return see_other("/set-up/dates", done="date-added")


async def remove(request: web.Request) -> web.Response:
    """Forget one date."""
    id_ = read_id(request)
    await special_dates.remove_special_date(request[DB], request[ACTOR], id_, now=request[NOW])
    return see_other("/set-up/dates", done="date-removed")


async def choose_file(request: web.Request) -> web.Response:
    """Ask for a calendar file."""
    return await page(request, FILE, title=FILE_TITLE)


async def look_through(request: web.Request) -> web.Response:
    """Show what the file names, to be ticked; nothing is kept."""
    try:
        found = await read_days(request[ACTOR], await _content(request))
    except (Invalid, Refused) as problem:
        return await again(request, FILE, problem, {}, title=FILE_TITLE)
    return await page(request, PREVIEW, **_preview(found))


async def take(request: web.Request) -> web.Response:
    """Keep the rows that were ticked."""
    wanted = await read_form(request, TakeForm)
    form = await request.post()
    try:
        rows = [_row(form, number, wanted.kind) for number in wanted.take]
        await special_dates.add_from_file(request[DB], request[ACTOR], rows, now=request[NOW])
    except Invalid as problem:
        return await again(request, FILE, problem, {}, title=FILE_TITLE)
    return see_other("/set-up/dates", done="dates-imported")


async def _facts(request: web.Request) -> dict[str, Any]:
    today = on_wall(request[NOW], request[HOUSE].zone).local.date()
    kept = await special_dates_between(request[DB], request[ACTOR], today - SHOWN_AFTER, date.max)
    rows = [{"date": each, "when": _when(each.first_on, each.last_on)} for each in kept]
    return {"title": TITLE, "rows": rows, "kinds": KIND_OPTIONS}


async def _content(request: web.Request) -> bytes:
    """Give the file's bytes, one more than may be at most; raises Invalid if there is none."""
    file = (await request.post()).get("file")
    content = b""
    if isinstance(file, FileField):
        content = await asyncio.to_thread(file.file.read, LARGEST + 1)
    if not content:
        raise Invalid({"file": "no-file"})
    return content


def _preview(found: Sequence[NamedDays]) -> dict[str, Any]:
    good = [each for each in found if not each.trouble and each.first and each.last]
    return {
        "title": "What this file names",
        "kinds": KIND_OPTIONS,
        "rows": [
            {"number": number, "days": each, "when": _when(each.first, each.last)}
            for number, each in enumerate(good)
            if each.first and each.last
        ],
        "left_out": [
            {"name": each.name or "No name", "why": say(each.trouble)}
            for each in found
            if each.trouble
        ],
    }


def _row(form: Any, number: int, kind: DateKind) -> SpecialDetails:
    """Read one row of the preview, as it came back; raises Invalid."""
    row = {name: form.get(f"{name}_{number}", "") for name in ("name", "first_on", "last_on")}
    try:
        return parse(MultiDict({**row, "kind": kind}), DateForm).details()
    except Invalid as error:
        raise Invalid({"take": "not-usable"}) from error


def _when(first: date, last: date) -> str:
    return date_words(first) if first == last else f"{date_words(first)} to {date_words(last)}"
