"""Groups of people who are often invited together: made, named, filled and emptied."""

from typing import Any
from uuid import UUID

from aiohttp import web

from service.actions.groups import (
    join_group,
    leave_group,
    make_group,
    remove_group,
    rename_group,
)
from service.errors import Invalid
from service.storage.people import (
    Group,
    group_by_id,
    groups_with_counts,
    members_of,
    search_people,
)
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.reading import Form, Line, read_form, read_id, read_query, typed

MOST_FOUND = 20


class GroupName(Form):
    """A group's name."""

    name: Line = ""


class Members(Form):
    """People to be put into a group."""

    person: tuple[UUID, ...] = ()


class Search(Form):
    """Whom to look for."""

    q: Line = ""


async def group_list(request: web.Request) -> web.Response:
    """List the groups with how many people each has."""
    return await page(request, "groups/list.html", **await _list_facts(request))


async def make(request: web.Request) -> web.Response:
    """Make a group and show it."""
    try:
        form = await read_form(request, GroupName)
        group = await make_group(request[DB], request[ACTOR], form.name, now=request[NOW])
    except Invalid as problem:
        facts = await _list_facts(request)
        return await again(request, "groups/list.html", problem, await typed(request), **facts)
    return see_other(f"/groups/{group.id}", done="group-made")


async def group_page(request: web.Request) -> web.Response:
    """Show who is in a group, and who was searched for to be put in."""
    group = await group_by_id(request[DB], request[ACTOR], read_id(request))
    return await page(request, "groups/group.html", **await _group_facts(request, group))


async def rename(request: web.Request) -> web.Response:
    """Give a group another name."""
    group = await group_by_id(request[DB], request[ACTOR], read_id(request))
    try:
        form = await read_form(request, GroupName)
        await rename_group(request[DB], request[ACTOR], group.id, form.name, now=request[NOW])
    except Invalid as problem:
        facts = await _group_facts(request, group)
        return await again(request, "groups/group.html", problem, await typed(request), **facts)
    return see_other(f"/groups/{group.id}", done="group-renamed")


async def remove(request: web.Request) -> web.Response:
    """Remove a group; the people in it stay."""
    await remove_group(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/groups", done="group-removed")


async def join(request: web.Request) -> web.Response:
    """Put people into a group."""
    group = await group_by_id(request[DB], request[ACTOR], read_id(request))
    try:
        form = await read_form(request, Members)
        if not form.person:
            raise Invalid({"person": "choose-somebody"})
        await join_group(request[DB], request[ACTOR], group.id, list(form.person), now=request[NOW])
    except Invalid as problem:
        facts = await _group_facts(request, group)
        return await again(request, "groups/group.html", problem, await typed(request), **facts)
    return see_other(f"/groups/{group.id}", done="group-joined")


async def leave(request: web.Request) -> web.Response:
    """Take somebody out of a group."""
    group_id, person_id = read_id(request), read_id(request, "person")
    await leave_group(request[DB], request[ACTOR], group_id, person_id, now=request[NOW])
    return see_other(f"/groups/{group_id}", done="group-left")


async def _list_facts(request: web.Request) -> dict[str, Any]:
    groups = await groups_with_counts(request[DB], request[ACTOR])
    return {
        "title": "Groups",
        "groups": [{"group": group, "people": people} for group, people in groups],
    }


async def _group_facts(request: web.Request, group: Group) -> dict[str, Any]:
    db, actor = request[DB], request[ACTOR]
    members = await members_of(db, actor, group.id)
    words = read_query(request, Search).q
    inside = {member.id for member in members}
    found = await search_people(db, actor, words, limit=MOST_FOUND) if words else []
    return {
        "title": group.name,
        "group": group,
        "members": members,
        "q": words,
        "found": [
            {"value": str(person.id), "word": person.chosen_name}
            for person in found
            if person.id not in inside
        ],
    }
