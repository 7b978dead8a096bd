"""Whom a series is for: people and groups, invited to every date; later, adding and taking off."""

from typing import Any

from aiohttp import web

from scheduling.series import SeriesState
from service.actions.inviting import Outcome
from service.actions.permissions import Permission, may, require
from service.actions.series.guests import (
    add_guests,
    choose_guests,
    drop_guest,
    foresee_adding,
    foresee_taking_off,
    take_off_guest,
)
from service.errors import Refused
from service.storage.people import groups_with_counts
from service.storage.series import Series, series_by_id
from service.storage.series_guests import guests_of_series, people_to_add
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.issuing import issuer_of
from service.web.pages.meetings.forms import PeopleForm
from service.web.pages.meetings.inviting import group_options
from service.web.pages.meetings.words import WAY_WORDS, people, told_lines
from service.web.pages.people.naming import named, second_names
from service.web.pages.series.forms import GuestForm
from service.web.pages.series.parts import ORDER, STEPS, SeriesPart
from service.web.pages.series.planning import comes_from_check, next_path, plan_path, way_round
from service.web.pages.series.words import dates, name_of
from service.web.reading import read_form, read_id, read_query

FOUND, SHOWN = 20, 40


async def show(request: web.Request) -> web.Response:
    """Show who is on the list, and ways to add more."""
    db, actor = request[DB], request[ACTOR]
    series = await _their_series(request)
    words = read_query(request, PeopleForm).q
    listed = await guests_of_series(db, actor, series.id)
    found = await people_to_add(db, actor, series.id, words, limit=FOUND) if words else []
    seconds = second_names([*found, *(each.person for each in listed)])
    return await page(
        request,
        "series/people.html",
        title="Whom do you want to invite?" if _is_draft(series) else "People of this series",
        series=series,
        is_draft=_is_draft(series),
        listed=listed,
        q=words,
        found=[{"value": str(each.id), "word": named(each, seconds)} for each in found],
        found_more=len(found) == FOUND,
        seconds=seconds,
        groups=group_options(await groups_with_counts(db, actor)),
        way_words=WAY_WORDS,
        may_answer=may(actor, Permission.ANSWER_FOR),
        base=people_path(series),
        suffix="?then=check" if comes_from_check(request) else "",
        **_round(request, series),
    )


async def add(request: web.Request) -> web.Response:
    """Put people on the list: of a draft at once, of a running series after a look at what is sent."""
    series = await _their_series(request)
    form = await read_form(request, PeopleForm)
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    if _is_draft(series):
        count = await choose_guests(db, actor, series.id, form.choice, now=now)
        return see_other(_here(request, series), done="people-chosen" if count else "nobody-new")
    if not form.agreed:
        return await _ask_before_adding(request, series, form)
    outcome = await add_guests(db, actor, issuer_of(request), series.id, form.choice, now=now)
    is_done = outcome is Outcome.DONE
    return see_other(people_path(series), done="guests-added" if is_done else "series-ask-first")


async def go_on(request: web.Request) -> web.Response:
    """Add who is ticked to a draft, and go on to the next page."""
    series = await _their_series(request)
    form = await read_form(request, PeopleForm)
    await choose_guests(request[DB], request[ACTOR], series.id, form.choice, now=request[NOW])
    return see_other(next_path(request, series, SeriesPart.PEOPLE))


async def remove(request: web.Request) -> web.Response:
    """Take a person off the list of a draft."""
    series = await _their_series(request)
    form = await read_form(request, GuestForm)
    await drop_guest(request[DB], request[ACTOR], series.id, form.person, now=request[NOW])
    return see_other(_here(request, series), done="person-dropped")


async def ask_to_take_off(request: web.Request) -> web.Response:
    """Say from how many dates a person would be taken off, and how they would be told."""
    guest, left, forecast = await foresee_taking_off(
        request[DB], request[ACTOR], read_id(request), read_id(request, "person"), now=request[NOW]
    )
    base = f"/series/{guest.series_id}/people"
    return await page(
        request,
        "series/take_off.html",
        title=f"Take {guest.person.chosen_name} off the list?",
        left=dates(left),
        told=told_lines(forecast),
        base=base,
        action=f"{base}/{guest.person_id}/remove",
    )


async def take_off(request: web.Request) -> web.Response:
    """Take a person off a running series, and off its dates to come."""
    db, actor, id_ = request[DB], request[ACTOR], read_id(request)
    await take_off_guest(db, actor, id_, read_id(request, "person"), now=request[NOW])
    return see_other(f"/series/{id_}/people", done="guest-taken-off")


async def _ask_before_adding(
    request: web.Request, series: Series, form: PeopleForm
) -> web.Response:
    chosen, forecast = await foresee_adding(
        request[DB], request[ACTOR], series.id, form.choice, now=request[NOW]
    )
    if not chosen:
        return see_other(people_path(series), done="nobody-new")
    return await page(
        request,
        "series/add.html",
        title=f"Invite {people(len(chosen))} to every date?",
        series=series,
        name=name_of(series),
        chosen=chosen[:SHOWN],
        others=max(0, len(chosen) - SHOWN),
        told=told_lines(forecast),
        form_values=form,
        base=people_path(series),
    )


def people_path(series: Series) -> str:
    """Give the address of the list: a page of the plan, or a page of the series."""
    if _is_draft(series):
        return plan_path(series, SeriesPart.PEOPLE)
    return f"/series/{series.id}/people"


def _here(request: web.Request, series: Series) -> str:
    return people_path(series) + ("?then=check" if comes_from_check(request) else "")


def _round(request: web.Request, series: Series) -> dict[str, Any]:
    if not _is_draft(series):
        return {"step": 0, "steps": STEPS, "back": f"/series/{series.id}"}
    around = way_round(request, series, SeriesPart.PEOPLE)
    return {"step": ORDER.index(SeriesPart.PEOPLE) + 1, "steps": STEPS, "back": around["back"]}


async def _their_series(request: web.Request) -> Series:
    """Give the series, unless it has ended, if this person may plan it."""
    require(request[ACTOR], Permission.PLAN_MEETINGS)
    series = await series_by_id(request[DB], request[ACTOR], read_id(request))
    if series.state is SeriesState.ENDED:
        raise Refused("is-ended")
    return series


def _is_draft(series: Series) -> bool:
    return series.state is SeriesState.DRAFT
