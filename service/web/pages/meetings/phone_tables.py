"""Phone tables of a session: adding and taking them away, who sits where, and opening one."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from scheduling.joining import may_join
from scheduling.time import clock_words, long_date
from service.actions.phone_tables import (
    Tables,
    add_table,
    choose_tables,
    open_table,
    phone_tables,
    remove_table,
)
from service.errors import Invalid, Refused
from service.outbound.numbers import phone_words
from service.storage.side_rooms import SideRoom
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW, SERVERS
from service.web.leading import lead_to_rooms
from service.web.pages.meetings.opening_room import why_not
from service.web.pages.meetings.words import day_of, name_of, time_of
from service.web.reading import EmptyIsNone, Form, Line, read_form, read_id, typed

TEMPLATE = "meetings/phone_tables.html"
FIELD = "table-"


class TableForm(Form):
    """A new table: what it is called, and who hosts it."""

    title: Annotated[Line, Field(max_length=80)] = ""
    host: Annotated[UUID | None, EmptyIsNone] = None


async def show(request: web.Request) -> web.Response:
    """Show the tables, who hosts them and who sits there."""
    return await page(request, TEMPLATE, **await _facts(request))


async def add(request: web.Request) -> web.Response:
    """Add a table."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    meeting_id = read_id(request)
    try:
        form = await read_form(request, TableForm)
        await add_table(db, actor, meeting_id, form.title, form.host, now=now)
    except (Invalid, Refused) as problem:
        facts = await _facts(request)
        return await again(request, TEMPLATE, problem, await typed(request), **facts)
    return see_other(f"/sessions/{meeting_id}/tables", done="table-added")


async def remove(request: web.Request) -> web.Response:
    """Take a table away."""
    meeting_id, table_id = read_id(request), read_id(request, "table")
    await remove_table(request[DB], request[ACTOR], meeting_id, table_id, now=request[NOW])
    return see_other(f"/sessions/{meeting_id}/tables", done="table-removed")


async def seat(request: web.Request) -> web.Response:
    """Keep who sits where."""
    meeting_id = read_id(request)
    try:
        choices = _choices(await request.post())
        await choose_tables(request[DB], request[ACTOR], meeting_id, choices, now=request[NOW])
    except Invalid as problem:
        facts = await _facts(request)
        return await again(request, TEMPLATE, problem, await typed(request), **facts)
    return see_other(f"/sessions/{meeting_id}/tables", done="tables-chosen")


async def open_one(request: web.Request) -> web.Response:
    """Lead a host to their table as its moderator, or back to the page, which says why not."""
    where = read_id(request), read_id(request, "table")
    try:
        link = await open_table(
            request[DB], request[ACTOR], request.app[SERVERS], where, now=request[NOW]
        )
    except Refused as refusal:
        return why_not(where[0], refusal, "tables")
    return web.Response(status=303, headers={"Location": link})


def _choices(form: Mapping[str, Any]) -> dict[UUID, UUID]:
    """Read who was put where; raises Invalid for what names no table."""
    found: dict[UUID, UUID] = {}
    for name, value in form.items():
        if name.startswith(FIELD):
            try:
                found[UUID(name.removeprefix(FIELD))] = UUID(str(value))
            except ValueError as error:
                raise Invalid({name: "not-a-choice"}) from error
    return found


async def _facts(request: web.Request) -> dict[str, Any]:
    found = await phone_tables(request[DB], request[ACTOR], read_id(request))
    meeting = found.meeting
    time = may_join(found.slot, request[NOW], is_host=True)
    return {
        "title": "Phone tables",
        "meeting": meeting,
        "name": name_of(meeting),
        "day": day_of(meeting),
        "time": time_of(meeting),
        "number": phone_words(meeting.dial_number),
        "can_be": found.can_be,
        "may_change": found.may_change,
        "tables": [_table(each, found) for each in found.tables],
        "people": [
            {
                "id": each.id,
                "name": each.person.chosen_name,
                "at": str(found.at.get(each.id, "")),
            }
            for each in found.joiners
        ],
        "table_options": [{"value": str(each.id), "word": each.title} for each in found.tables],
        "host_options": [
            {"value": "", "word": "Choose a host"},
            *({"value": str(id_), "word": name} for id_, name in found.may_host.items()),
        ],
        "has_room": bool(found.opens) and await lead_to_rooms(request),
        "is_open": time.is_open,
        "opens_at": clock_words(time.opens_at, meeting.zone),
        "opens_on": long_date(time.opens_at, meeting.zone),
    }


def _table(table: SideRoom, found: Tables) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": table.title,
        "host": table.host.chosen_name if table.host else "",
        "pin": table.pin or "",
        "names": [
            each.person.chosen_name for each in found.joiners if found.at.get(each.id) == table.id
        ],
        "is_mine": table.id in found.opens,
    }
