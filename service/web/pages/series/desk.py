"""At the desk: somebody rang and wants to be counted in each time, or no longer."""

from typing import Any

from aiohttp import web

from service.actions.series.joining import Standing, count_in, stop_counting
from service.errors import Invalid, NotFound, Refused
from service.storage.contacts import safe_contact_among
from service.storage.series import Series, series_by_id
from service.storage.series_guests import coming_of_guest, guest_of_series
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.words import day_of
from service.web.pages.people.choices import WAY_WORDS, answer_words
from service.web.pages.series.each_time import counted_lines, often_words, way_options
from service.web.pages.series.forms import StandingForm
from service.web.pages.series.words import dates
from service.web.reading import read_form, read_id, typed

PAGE = "series/desk.html"
SHOWN = 12


async def ask(request: web.Request) -> web.Response:
    """Show how one person comes to a series, and what they may want instead.

    Who is invited to single dates only is put on the list first.
    """
    series = await series_by_id(request[DB], request[ACTOR], read_id(request))
    try:
        return await page(request, PAGE, **await _facts(request, series))
    except NotFound:
        return see_other(f"/series/{series.id}/people", done="not-on-list")


async def enter(request: web.Request) -> web.Response:
    """Count the person in each time."""
    try:
        form = await read_form(request, StandingForm)
        standing = Standing(form.way, form.supporters, form.supporter_name)
        db, actor, now = request[DB], request[ACTOR], request[NOW]
        await count_in(db, actor, read_id(request), read_id(request, "person"), standing, now=now)
    except (Invalid, Refused) as problem:
        series = await series_by_id(request[DB], request[ACTOR], read_id(request))
        facts = await _facts(request, series)
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other(_path(request), done="counted-in")


async def stop(request: web.Request) -> web.Response:
    """Stop counting the person in each time."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    await stop_counting(db, actor, read_id(request), read_id(request, "person"), now=now)
    return see_other(_path(request), done="counting-them-stopped")


async def _facts(request: web.Request, series: Series) -> dict[str, Any]:
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    guest = await guest_of_series(db, actor, series.id, read_id(request, "person"))
    coming = await coming_of_guest(db, actor, series.id, guest.person_id, now)
    safe = await safe_contact_among(db, actor, [guest.person_id])
    return {
        "title": f"Does {guest.person.chosen_name} come each time?",
        "name": series.neutral_title or series.kind.name,
        "often": often_words(series),
        "guest": guest,
        "way_word": WAY_WORDS[guest.way].lower() if guest.way else "",
        "way": guest.way.value if guest.way else "",
        "ways": way_options(series),
        "is_safe": bool(safe),
        "lines": counted_lines("they", coming),
        "dates": [
            {
                "day": day_of(each.meeting),
                "answer": answer_words(each.answer, each.way),
                "id": each.id,
            }
            for each in coming[:SHOWN]
        ],
        "others": dates(len(coming) - SHOWN) if len(coming) > SHOWN else "",
        "action": _path(request),
        "back": f"/series/{series.id}/people",
    }


def _path(request: web.Request) -> str:
    return f"/series/{read_id(request)}/people/{read_id(request, 'person')}"
