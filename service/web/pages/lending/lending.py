"""Lending a thing: to whom, until when, with what; taking it back, wiping it, lending it for longer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiohttp import web
from aiohttp.typedefs import Handler

from accessibility.disclosure import Field
from accessibility.kit import comes_back
from service.actions.lending.out import (
    Lending,
    lend,
    lend_longer,
    mark_wiped,
    take_back_thing,
)
from service.errors import Invalid, Refused
from service.storage.lending import asking_for_kit, thing_by_id, today_here
from service.storage.people import Person, search_people
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.lending.keeping import SHOW, thing_facts
from service.web.pages.people.naming import second_names
from service.web.reading import Day, Form, Line, read_form, read_id, read_query, typed
from service.web.words import say

LEND = "kit/lend.html"
USUAL = timedelta(days=28)
SHOWN = 20


class Search(Form):
    """Who is looked for."""

    q: Line = ""


class LendForm(Search):
    """To whom, until when, with what."""

    person: UUID
    due_on: Day | None = None
    with_charger: Line = ""
    with_guide: Line = ""


class GiveForm(Search):
    """To whom something is given for good."""

    person: UUID


class Longer(Form):
    """Until when they may have it."""

    due_on: Day


class Back(Form):
    """Whether it is wiped."""

    wiped: Line = ""


def kept_on_page(handler: Handler) -> Handler:
    """Show the thing again, with what is wrong and what was typed, if the handler refuses."""

    async def shown(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Invalid, Refused) as problem:
            facts = await thing_facts(request)
            return await again(request, SHOW, problem, await typed(request), **facts)

    return shown


async def ask(request: web.Request) -> web.Response:
    """Ask to whom: those who asked for something like it, or whoever is looked for."""
    asked = read_query(request, Search)
    return await page(request, LEND, **await _facts(request, asked.q))


async def lent(request: web.Request) -> web.Response:
    """Lend it."""
    kit_id, words = read_id(request), (await read_form(request, Search)).q
    try:
        lending = await _lending(request, kit_id)
        await lend(request[DB], request[ACTOR], kit_id, lending, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _facts(request, words)
        return await again(request, LEND, problem, await typed(request), **facts)
    return see_other(f"/kit/{kit_id}", done="kit-lent")


@kept_on_page
async def returned(request: web.Request) -> web.StreamResponse:
    """Write down that it is back."""
    is_wiped = (await read_form(request, Back)).wiped == "yes"
    await take_back_thing(
        request[DB], request[ACTOR], read_id(request), is_wiped=is_wiped, now=request[NOW]
    )
    return see_other(f"/kit/{read_id(request)}", done="kit-back")


@kept_on_page
async def wiped(request: web.Request) -> web.StreamResponse:
    """Write down that it is wiped."""
    await mark_wiped(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other(f"/kit/{read_id(request)}", done="kit-wiped")


@kept_on_page
async def longer(request: web.Request) -> web.StreamResponse:
    """Let them have it for longer."""
    due_on = (await read_form(request, Longer)).due_on
    await lend_longer(request[DB], request[ACTOR], read_id(request), due_on, now=request[NOW])
    return see_other(f"/kit/{read_id(request)}", done="kit-longer")


async def _lending(request: web.Request, kit_id: UUID) -> Lending:
    thing = await thing_by_id(request[DB], request[ACTOR], kit_id)
    if not comes_back(thing.item.kind):
        given = await read_form(request, GiveForm)
        today = await today_here(request[DB], request[ACTOR], request[NOW])
        return Lending(given.person, today)
    form = await read_form(request, LendForm)
    if form.due_on is None:
        raise Invalid({"due_on": "needed"})
    return Lending(
        form.person,
        form.due_on,
        with_charger=form.with_charger == "yes",
        with_guide=form.with_guide == "yes",
    )


async def _facts(request: web.Request, words: str) -> dict[str, Any]:
    db, actor = request[DB], request[ACTOR]
    thing = await thing_by_id(db, actor, read_id(request))
    today = await today_here(db, actor, request[NOW])
    people = await _people(request, words)
    note_shown(request, Field.ATTENDANCE, count=len(people))
    seconds = second_names(people)
    is_lent = comes_back(thing.item.kind)
    return {
        "title": say("kit.lend" if is_lent else "kit.give", {"name": thing.item.name}),
        "item": thing.item,
        "q": words,
        "is_lent": is_lent,
        "people": [
            {
                "value": str(person.id),
                "word": person.chosen_name,
                "hint": seconds.get(person.id, ""),
            }
            for person in people
        ],
        "due_on": (today + USUAL).isoformat(),
    }


async def _people(request: web.Request, words: str) -> Sequence[Person]:
    """Give whoever is looked for; where nobody is, those who asked to borrow something."""
    if words:
        return await search_people(request[DB], request[ACTOR], words, limit=SHOWN)
    asking = await asking_for_kit(request[DB], request[ACTOR], request[NOW])
    found = {each.person_id: each.person for each in asking}
    return list(found.values())[:SHOWN]
