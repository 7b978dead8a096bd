"""A guest's page about a series: be counted in each time, stop that, and the dates to come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import web

from scheduling.answers import Answer
from scheduling.rule_words import rule_words
from scheduling.ways import EASE
from service.actions.series.joining import Standing, count_in, stop_counting
from service.errors import Invalid, NotFound, Refused
from service.storage.invitations import Invitation
from service.storage.series import Series
from service.storage.series_guests import coming_of_guest, my_series
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, KEYS, NOW
from service.web.pages.guest.opening import open_invitation, path_of
from service.web.pages.guest.words import by_words, stated_briefly, when_of
from service.web.pages.series.forms import StandingForm
from service.web.reading import read_form, typed
from service.web.words import say

PAGE, ONE_DATE = "series/each_time.html", "series/one_date.html"
TITLE = "Come each time"
#: So many dates are shown at once; the others are folded away.
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Date:
    """One date of the series as the guest sees it: when, its answer, and the page to answer on."""

    when: str
    answer: str
    is_answered: bool
    href: str = field(repr=False)


async def show(request: web.Request) -> web.Response:
    """Show whether the person is counted in each time, and the dates to come.

    Who is invited to this date only reads whom to ring.
    """
    invitation = open_invitation(request)
    try:
        facts = await _facts(request, invitation)
    except NotFound:
        series_of(invitation)
        return await page(request, ONE_DATE, title=TITLE, base=path_of(request))
    return await page(request, PAGE, **facts)


async def join(request: web.Request) -> web.Response:
    """Count the person in each time, by the way they chose."""
    invitation = open_invitation(request)
    try:
        form = await read_form(request, StandingForm)
        standing = Standing(form.way, form.supporters, form.supporter_name)
        db, actor, now = request[DB], request[ACTOR], request[NOW]
        await count_in(db, actor, series_of(invitation), invitation.person_id, standing, now=now)
    except (Invalid, Refused) as problem:
        facts = await _facts(request, invitation)
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other(path_of(request, "each-time"))


async def stop(request: web.Request) -> web.Response:
    """Stop counting the person in each time."""
    invitation = open_invitation(request)
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    await stop_counting(db, actor, series_of(invitation), invitation.person_id, now=now)
    return see_other(path_of(request, "each-time"), done="counting-stopped")


def series_of(invitation: Invitation) -> UUID:
    """Give the series the invitation's session belongs to; raises NotFound if there is none."""
    if invitation.meeting.series_id is None:
        raise NotFound
    return invitation.meeting.series_id


async def _facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    series, guest = await my_series(db, actor, series_of(invitation))
    coming = await coming_of_guest(db, actor, series.id, invitation.person_id, now)
    chosen = guest.way or invitation.way or invitation.person.usual_way
    return {
        "title": TITLE,
        "name": series.real_title.strip() or series.neutral_title,
        "often": often_words(series),
        "base": path_of(request),
        "is_every_time": guest.is_every_time,
        "by": by_words(guest.way),
        "lines": counted_lines("you", coming),
        "ways": way_options(series),
        "chosen": chosen.value if chosen else "",
        "supporters": guest.supporters,
        "supporter_name": guest.supporter_name,
        "dates": [_date(request, each) for each in coming[:SHOWN]],
        "later": [_date(request, each) for each in coming[SHOWN:]],
        "print_size": invitation.person.print_size,
    }


def often_words(series: Series) -> str:
    """Say how often a series comes, as a sentence begins."""
    if series.rule is None or series.starts_local is None:
        return ""
    words = rule_words(series.rule, series.starts_local.date())
    return f"{words[:1].upper()}{words[1:]}"


def counted_lines(who: str, coming: Sequence[Invitation]) -> list[str]:
    """Say what being counted in has done: on how many dates there is a place, on how many not yet."""
    answers = [each.answer for each in coming]
    counts = (
        ("yes", answers.count(Answer.YES)),
        ("waiting", answers.count(Answer.WAITING)),
        ("no", answers.count(Answer.NO)),
    )
    return [
        say(f"series.counted.{who}.{answer}.{_number(count)}", {"count": count})
        for answer, count in counts
        if count
    ]


def _number(count: int) -> str:
    return "one" if count == 1 else "many"


def way_options(series: Series) -> list[dict[str, str]]:
    """Give the ways a series offers as large choices, the easiest first."""
    return [
        {"value": way.value, "word": say(f"guest.way.{way}"), "icon": way.value}
        for way in EASE
        if way.value in series.limits
    ]


def _date(request: web.Request, invitation: Invitation) -> Date:
    keys = request.app[KEYS]
    return Date(
        when=when_of(invitation, request[HOUSE].zone),
        answer=stated_briefly(invitation),
        is_answered=invitation.answer.is_given,
        href=f"/i/{keys.link_for('invitation', invitation.id, invitation.link_generation)}",
    )
