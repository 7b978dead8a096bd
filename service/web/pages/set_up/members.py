"""Staff: who may sign in, with which roles; inviting somebody; ending it and handing sessions over."""

from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from service.actions import staffing
from service.actions.handing_over import meetings_of_host
from service.actions.planning import possible_hosts
from service.actions.staffing import Newcomer
from service.actor import Role
from service.errors import Invalid, Refused
from service.storage.meetings import Meeting
from service.storage.staff import StaffMember, staff_member_by_id, staff_of
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.reading import EmptyIsNone, Form, Line, read_form, read_id, typed
from service.web.words import say


class NewcomerForm(Form):
    """Who is to join."""

    name: Annotated[Line, Field(max_length=200)] = ""
    email: Annotated[Line, Field(max_length=254)] = ""
    roles: tuple[Role, ...] = ()


class RolesForm(Form):
    """What a member of staff does."""

    roles: tuple[Role, ...] = ()


class StopForm(Form):
    """Who takes the sessions over."""

    successor_id: Annotated[UUID | None, EmptyIsNone] = None


async def members(request: web.Request) -> web.Response:
    """List the staff, those who may sign in first."""
    found = await staff_of(request[DB], request[ACTOR])
    rows = [_row(member) for member in sorted(found, key=lambda each: bool(each.disabled_at))]
    return await page(request, "set_up/staff.html", title="Staff", rows=rows)


async def new(request: web.Request) -> web.Response:
    """Ask who is to join."""
    return await page(
        request, "set_up/new_member.html", title="Invite somebody", role_options=role_options()
    )


async def invite(request: web.Request) -> web.Response:
    """Invite somebody."""
    try:
        form = await read_form(request, NewcomerForm)
        newcomer = Newcomer(form.name, form.email, frozenset(form.roles))
        await staffing.invite_staff(request[DB], request[ACTOR], newcomer, now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(
            request,
            "set_up/new_member.html",
            problem,
            await typed(request),
            title="Invite somebody",
            role_options=role_options(),
        )
    return see_other("/set-up/staff", done="staff-invited")


async def member(request: web.Request) -> web.Response:
    """Show one member of staff and their roles."""
    return await page(request, "set_up/member.html", **await _member_facts(request))


async def change_roles(request: web.Request) -> web.Response:
    """Change somebody's roles."""
    person_id = read_id(request)
    try:
        form = await read_form(request, RolesForm)
        await staffing.change_roles(
            request[DB], request[ACTOR], person_id, form.roles, now=request[NOW]
        )
    except (Invalid, Refused) as problem:
        facts = await _member_facts(request)
        return await again(request, "set_up/member.html", problem, await typed(request), **facts)
    return see_other("/set-up/staff", done="setting-kept")


async def stop(request: web.Request) -> web.Response:
    """Ask who takes the sessions over before somebody's signing in ends."""
    return await page(request, "set_up/stop.html", **await _stop_facts(request))


async def disable(request: web.Request) -> web.Response:
    """End that somebody may sign in."""
    person_id = read_id(request)
    try:
        form = await read_form(request, StopForm)
        await staffing.disable_staff(
            request[DB], request[ACTOR], person_id, form.successor_id, now=request[NOW]
        )
    except (Invalid, Refused) as problem:
        facts = await _stop_facts(request)
        return await again(request, "set_up/stop.html", problem, await typed(request), **facts)
    return see_other("/set-up/staff", done="staff-disabled")


async def enable(request: web.Request) -> web.Response:
    """Let somebody sign in again."""
    await staffing.enable_staff(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/set-up/staff", done="staff-enabled")


def role_options() -> list[dict[str, str]]:
    """Give the roles as choices, each with what it does; operators are made by the command alone."""
    return [
        {
            "value": role.value,
            "word": say(f"staff-role.{role}"),
            "hint": say(f"staff-role.{role}.hint"),
        }
        for role in Role
        if role is not Role.OPERATOR
    ]


def _row(member: StaffMember) -> dict[str, Any]:
    held = {each.role for each in member.roles}
    return {
        "id": member.person_id,
        "name": member.person.chosen_name,
        "email": member.person.email,
        "roles": ", ".join(say(f"staff-role.{role}") for role in Role if role in held),
        "held": [role.value for role in Role if role in held],
        "is_operator": Role.OPERATOR in held,
        "is_disabled": member.disabled_at is not None,
    }


async def _member_facts(request: web.Request) -> dict[str, Any]:
    row = _row(await staff_member_by_id(request[DB], request[ACTOR], read_id(request)))
    return {"title": row["name"], "row": row, "role_options": role_options()}


async def _stop_facts(request: web.Request) -> dict[str, Any]:
    db, actor = request[DB], request[ACTOR]
    found = await staff_member_by_id(db, actor, read_id(request))
    meetings = await meetings_of_host(db, actor, found.person, now=request[NOW])
    hosts = await possible_hosts(db, actor) if meetings else []
    options = [
        {"value": str(host.id), "word": host.chosen_name}
        for host in hosts
        if host.id != found.person_id
    ]
    return {
        "title": f"Stop {found.person.chosen_name} signing in",
        "row": _row(found),
        "meetings": [_meeting_row(meeting) for meeting in meetings],
        "host_options": [{"value": "", "word": "Choose"}, *options],
    }


def _meeting_row(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.id,
        "title": meeting.real_title or meeting.neutral_title or "A draft without a title",
        "starts_at": meeting.starts_at,
        "zone": meeting.zone,
    }
