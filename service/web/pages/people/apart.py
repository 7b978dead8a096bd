"""Whom somebody must not meet: kept by the coordinator who looks after them, told to nobody else."""

from typing import Any
from uuid import UUID

from aiohttp import web

from service.actions.apart import end_apart, keep_apart, person_to_keep_apart
from service.errors import Invalid, Refused
from service.storage.apart import people_apart_from
from service.storage.people import Person, search_people
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.people.naming import named, second_names
from service.web.reading import Form, Line, read_form, read_id, read_query, typed

MOST_FOUND = 20
PAGE = "people/apart.html"


class Search(Form):
    """Who is looked for."""

    q: Line = ""


class Other(Form):
    """The one they must not meet."""

    other: UUID


async def show(request: web.Request) -> web.Response:
    """Show whom somebody must not meet, and who was searched for."""
    return await page(request, PAGE, **await _facts(request))


async def keep(request: web.Request) -> web.Response:
    """Write down that two people must not meet."""
    person_id = read_id(request)
    try:
        form = await read_form(request, Other)
        await keep_apart(request[DB], request[ACTOR], person_id, form.other, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _facts(request)
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other(_path(person_id), done="apart-kept")


async def end(request: web.Request) -> web.Response:
    """Write down that they may meet again."""
    person_id, other_id = read_id(request), read_id(request, "other")
    await end_apart(request[DB], request[ACTOR], person_id, other_id, now=request[NOW])
    return see_other(_path(person_id), done="apart-ended")


async def _facts(request: web.Request) -> dict[str, Any]:
    db, actor = request[DB], request[ACTOR]
    person = await person_to_keep_apart(db, actor, read_id(request))
    others = await people_apart_from(db, actor, person.id)
    words = read_query(request, Search).q
    known = {person.id, *(other.id for other in others)}
    found = [
        each
        for each in (await search_people(db, actor, words, limit=MOST_FOUND) if words else [])
        if each.id not in known
    ]
    seconds = second_names([*others, *found])
    return {
        "title": f"Whom must {person.chosen_name} not meet?",
        "person": person,
        "others": [_row(other, named(other, seconds)) for other in others],
        "found": [_row(each, named(each, seconds)) for each in found],
        "q": words,
    }


def _row(person: Person, words: str) -> dict[str, str]:
    return {"value": str(person.id), "word": words}


def _path(person_id: UUID) -> str:
    return f"/people/{person_id}/apart"
