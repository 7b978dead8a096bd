"""Who does what at one session: its parts, who could take each, asking around, giving and taking."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from aiohttp.typedefs import Handler

from scheduling.meeting import MeetingState
from scheduling.roles import MeetingRole
from scheduling.rota import Candidate
from service.actions.permissions import Permission, may
from service.actions.rota.asking import (
    Asking,
    ask_around,
    may_ask,
    take_back,
    write_down_no,
)
from service.actions.rota.giving import Choice, give_part, take_off, take_part
from service.actions.rota.viewing import OnRota, one_on_rota
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.outbound.rota import ROLE_LINES, ROLE_WORDS
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, KEYS, NOW
from service.web.pages.meetings.words import day_of, time_of
from service.web.pages.rota.words import (
    candidate_options,
    is_among,
    part_lines,
    title_for,
    usual_choice,
    worry_words,
)
from service.web.reading import EmptyIsNone, Form, Line, read_form, read_id, typed

PAGE = "rota/part.html"
MaybeId = Annotated[UUID | None, EmptyIsNone]


class GiveForm(Form):
    """Who gets a part, and who had it when the page was shown."""

    person_id: MaybeId = None
    was: MaybeId = None
    every_time: Line = ""


class AskForm(Form):
    """Who is asked."""

    people: tuple[UUID, ...] = ()


class NoForm(Form):
    """Who said no."""

    asked: MaybeId = None


async def session(request: web.Request) -> web.Response:
    """Show all parts of one session."""
    actor = request[ACTOR]
    here, _ = await one_on_rota(request[DB], actor, read_id(request))
    return await page(
        request,
        "rota/session.html",
        title="Who does what",
        lines=part_lines(here, actor),
        worries=[worry_words(each) for each in here.worries],
        **_head(here, actor),
    )


async def part(request: web.Request) -> web.Response:
    """Show one part: who has it, who is asked, who could take it."""
    return await page(request, PAGE, **await _facts(request))


def _kept_on_page(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    """Show the part again, with what is wrong and what was chosen, if the handler refuses."""

    async def shown(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Invalid, Refused) as problem:
            facts = await _facts(request)
            return await again(request, PAGE, problem, await typed(request), **facts)

    return shown


@_kept_on_page
async def give(request: web.Request) -> web.Response:
    """Give a part to a colleague."""
    form = await read_form(request, GiveForm)
    choice = Choice(form.person_id, form.was, form.every_time == "yes")
    db, actor, id_ = request[DB], request[ACTOR], read_id(request)
    await give_part(db, actor, id_, _role(request), choice, now=request[NOW])
    return see_other(f"/sessions/{id_}/rota", done="part-given")


@_kept_on_page
async def remove(request: web.Request) -> web.Response:
    """Take a part from whoever has it."""
    form, id_ = await read_form(request, GiveForm), read_id(request)
    await take_off(request[DB], request[ACTOR], id_, _role(request), form.was, now=request[NOW])
    return see_other(f"/sessions/{id_}/rota", done="part-free")


@_kept_on_page
async def take(request: web.Request) -> web.Response:
    """Take a part oneself."""
    id_ = read_id(request)
    await take_part(request[DB], request[ACTOR], id_, _role(request), now=request[NOW])
    return see_other(f"/sessions/{id_}/rota", done="part-yours")


@_kept_on_page
async def ask(request: web.Request) -> web.Response:
    """Ask colleagues whether they can take a part."""
    form, id_, role = await read_form(request, AskForm), read_id(request), _role(request)
    asking = Asking(id_, role, frozenset(form.people))
    await ask_around(request[DB], request[ACTOR], request.app[KEYS], asking, now=request[NOW])
    return see_other(f"/sessions/{id_}/rota/{role}", done="part-asked")


async def ask_no_longer(request: web.Request) -> web.Response:
    """Take the question back."""
    id_, role = read_id(request), _role(request)
    await take_back(request[DB], request[ACTOR], id_, role, now=request[NOW])
    return see_other(f"/sessions/{id_}/rota/{role}", done="part-ask-ended")


async def said_no(request: web.Request) -> web.Response:
    """Write down that somebody who was asked by voice cannot."""
    form, id_, role = await read_form(request, NoForm), read_id(request), _role(request)
    await write_down_no(request[DB], request[ACTOR], form.asked, now=request[NOW])
    return see_other(f"/sessions/{id_}/rota/{role}", done="part-no")


def _role(request: web.Request) -> MeetingRole:
    try:
        return MeetingRole(request.match_info["role"])
    except ValueError as error:
        raise NotFound from error


def _head(here: OnRota, actor: Actor) -> dict[str, Any]:
    """Give what both pages say of the session."""
    return {
        "meeting": here.meeting,
        "name": title_for(here, actor),
        "day": day_of(here.meeting),
        "time": time_of(here.meeting),
        "is_open": here.is_open_to(actor),
    }


async def _facts(request: web.Request) -> dict[str, Any]:
    """Gather what the page of one part shows: four queries beside those of every page."""
    db, actor, role = request[DB], request[ACTOR], _role(request)
    here, rota = await one_on_rota(db, actor, read_id(request))
    lines = {line.role: line for line in part_lines(here, actor)}
    if role not in lines:
        raise NotFound
    is_coming = here.meeting.state is MeetingState.PUBLISHED
    is_coming = is_coming and here.gathering.slot.ends_at > request[NOW]
    candidates = rota.candidates_for(here, role) if is_coming else ()
    return {
        "title": ROLE_WORDS[role],
        "role_line": ROLE_LINES[role],
        "role": role,
        "line": lines[role],
        "to": f"/sessions/{here.meeting.id}/rota/{role}",
        "was": here.holder_id(role) or "",
        **_head(here, actor),
        **_giving(here, actor, role, candidates),
        **_asking(here, actor, role, candidates),
        "can_take": _can_take(here, actor, role, candidates),
        "is_coming": is_coming,
        "worries": [worry_words(each) for each in here.worries],
    }


def _giving(
    here: OnRota, actor: Actor, role: MeetingRole, candidates: tuple[Candidate, ...]
) -> dict[str, Any]:
    """Give what is needed to choose somebody: hosts are changed with the plan, other parts here."""
    may_plan = may(actor, Permission.PLAN_MEETINGS) and here.is_open_to(actor)
    keeps = may(actor, Permission.KEEP_ROTA)
    return {
        "chooses": bool(candidates) and (may_plan if role.is_hosting else keeps),
        "keeps": keeps,
        "is_hosting": role.is_hosting,
        "options": candidate_options(candidates),
        "is_series": here.meeting.series_id is not None,
        "host_field": "lead_id" if role is MeetingRole.LEAD else "second_id",
        "other_field": "second_id" if role is MeetingRole.LEAD else "lead_id",
        "other_host": _other_host(here, role),
    }


def _other_host(here: OnRota, role: MeetingRole) -> UUID | str:
    meeting = here.meeting
    return (meeting.second_id if role is MeetingRole.LEAD else meeting.lead_id) or ""


def _asking(
    here: OnRota, actor: Actor, role: MeetingRole, candidates: tuple[Candidate, ...]
) -> dict[str, Any]:
    """Give who is asked, and who may be asked yet."""
    asked = here.asked.get(role, ())
    done = {each.person_id for each in asked}
    free = [each for each in candidates if each.is_free and each.colleague.id not in done]
    own = [each for each in free if each.colleague.id != actor.person_id]
    return {
        "asked": [
            {
                "id": each.id,
                "person_id": each.person_id,
                "name": each.person.chosen_name,
                "has_said_no": each.said_no_at is not None,
            }
            for each in asked
        ],
        "may_ask": may_ask(actor, here, role),
        "ask_options": candidate_options(own),
        "ask_ticked": usual_choice(own),
    }


def _can_take(
    here: OnRota, actor: Actor, role: MeetingRole, candidates: tuple[Candidate, ...]
) -> bool:
    is_offered = role in here.gathering.gaps or role in here.asked
    return is_offered and is_among(actor.person_id, candidates)
