"""All that the organisation owns; adding a thing, changing it, taking it out of use."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from accessibility.disclosure import Field
from accessibility.kit import KitKind, KitState, comes_back, must_be_wiped
from scheduling.time import long_date
from service.actions.lending.keeping import KitDetails, add_thing, change_thing, retire_thing
from service.errors import Invalid, Refused
from service.storage.kit import Loan
from service.storage.lending import (
    Thing,
    booked_for,
    loans_of,
    thing_by_id,
    things_of,
    today_here,
)
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.looking import note_shown
from service.web.pages.lending.words import (
    WITH_SOMEBODY,
    day_words,
    flag_of,
    kind_options,
    kind_word,
    row_of,
)
from service.web.reading import Form, Line, Lines, read_form, read_id, typed
from service.web.words import say

EDIT, SHOW = "kit/edit.html", "kit/show.html"
#: The order of the list: what waits for somebody first.
ORDER = (
    KitState.LATE,
    KitState.TO_WIPE,
    KitState.OUT,
    KitState.HERE,
    KitState.GIVEN,
    KitState.RETIRED,
)


class KitForm(Form):
    """What is typed about a thing."""

    name: Line = ""
    is_lendable: Line = ""
    notes: Lines = ""

    def details(self) -> KitDetails:
        """Give it as a value."""
        return KitDetails(self.name, self.is_lendable == "yes", self.notes)


class NewKitForm(KitForm):
    """What is typed about a new thing."""

    kind: KitKind


class Retiring(Form):
    """Whether a thing is taken out of use, or back into it."""

    retired: Line = ""


async def listing(request: web.Request) -> web.Response:
    """List everything: what is late or to be wiped first, then what is out, then what is here."""
    today = await today_here(request[DB], request[ACTOR], request[NOW])
    things = await things_of(request[DB], request[ACTOR])
    things = sorted(things, key=lambda each: ORDER.index(each.state(today)))
    rows = [row_of(each, today) for each in things]
    note_shown(request, Field.ATTENDANCE, count=sum(bool(row["person"]) for row in rows))
    return await page(request, "kit/list.html", title=say("kit.title"), rows=rows)


async def show(request: web.Request) -> web.Response:
    """Show one thing, who has or had it, and the sessions it is booked for."""
    return await page(request, SHOW, **await thing_facts(request))


async def thing_facts(request: web.Request) -> dict[str, Any]:
    """Gather what the page of one thing shows."""
    db, actor, kit_id = request[DB], request[ACTOR], read_id(request)
    thing = await thing_by_id(db, actor, kit_id)
    today = await today_here(db, actor, request[NOW])
    state, item = thing.state(today), thing.item
    last = thing.last if state in WITH_SOMEBODY else None
    if last is not None:
        note_shown(request, Field.ATTENDANCE, person_id=last.person_id)
    return {
        "title": item.name,
        "item": item,
        "kind": kind_word(item.kind),
        "flag": flag_of(state),
        "state": state.value,
        "comes_back": comes_back(item.kind),
        "holds_data": must_be_wiped(item.kind),
        "loan": last,
        "due": day_words(last.due_on) if last is not None else "",
        "due_on": last.due_on.isoformat() if last is not None else "",
        "history": [_past(each, request) for each in await loans_of(db, actor, kit_id)],
        "booked": [
            {
                "href": f"/sessions/{meeting.id}",
                "word": meeting.neutral_title,
                "day": long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else "",
            }
            for meeting, _ in await booked_for(db, actor, kit_id, request[NOW])
        ],
    }


async def new(request: web.Request) -> web.Response:
    """Show the empty form."""
    return await page(request, EDIT, **_new_facts())


async def add(request: web.Request) -> web.Response:
    """Add a thing, and show it."""
    try:
        form = await read_form(request, NewKitForm)
        details = form.details()
        item = await add_thing(request[DB], request[ACTOR], form.kind, details, now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(request, EDIT, problem, await typed(request), **_new_facts())
    return see_other(f"/kit/{item.id}", done="kit-added")


async def edit(request: web.Request) -> web.Response:
    """Show the form with what is kept."""
    thing = await thing_by_id(request[DB], request[ACTOR], read_id(request))
    return await page(request, EDIT, **_edit_facts(thing))


async def change(request: web.Request) -> web.Response:
    """Change what is kept."""
    thing = await thing_by_id(request[DB], request[ACTOR], read_id(request))
    facts = _edit_facts(thing)
    try:
        details = (await read_form(request, KitForm)).details()
        await change_thing(request[DB], request[ACTOR], thing.item.id, details, now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(request, EDIT, problem, await typed(request), **facts)
    return see_other(f"/kit/{thing.item.id}", done="kit-changed")


async def retire(request: web.Request) -> web.Response:
    """Take a thing out of use, or back into it."""
    is_retired = (await read_form(request, Retiring)).retired == "yes"
    try:
        await retire_thing(
            request[DB], request[ACTOR], read_id(request), is_retired=is_retired, now=request[NOW]
        )
    except Refused as problem:
        return await again(request, SHOW, problem, {}, **await thing_facts(request))
    done = "kit-retired" if is_retired else "kit-in-use"
    return see_other(f"/kit/{read_id(request)}", done=done)


def _past(loan: Loan, request: web.Request) -> Mapping[str, str]:
    zone = request[HOUSE].zone
    back = long_date(loan.returned_at, zone) if loan.returned_at else ""
    came = [say("kit.with-charger")] if loan.with_charger else []
    came += [say("kit.with-guide")] if loan.with_guide else []
    return {
        "name": loan.person.chosen_name,
        "since": long_date(loan.lent_at, zone),
        "until": back or say("kit.still"),
        "came": ", ".join(came),
    }


def _new_facts() -> dict[str, Any]:
    return {
        "title": say("kit.add"),
        "kinds": kind_options(),
        "item": None,
        "action": "/kit/new",
        "back": "/kit",
    }


def _edit_facts(thing: Thing) -> dict[str, Any]:
    item = thing.item
    return {
        "title": say("kit.change", {"name": item.name}),
        "kinds": [],
        "item": {
            "name": item.name,
            "notes": item.notes,
            "is_lendable": "yes" if item.is_lendable else "",
        },
        "action": f"/kit/{item.id}/edit",
        "back": f"/kit/{item.id}",
    }
