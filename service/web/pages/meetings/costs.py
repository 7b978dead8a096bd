"""What it costs to leave nobody out: the cost card of the cheapest arrangement, and what else there is.

Whoever plans sees what the whole comes to; coordinators and directors see what it is made of. Nobody sees a
name, nor what one person costs.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from accessibility.arranging.answer import OutOfReach
from accessibility.costs import Estimate
from accessibility.disclosure import shown_count
from accessibility.money import pounds
from scheduling.meeting import MeetingState
from scheduling.time import date_words
from service.actions.cheapest.card import Card, CardLine, Category, Joining
from service.actions.cheapest.finding import MOST_DAYS, CheapestFound, find_cheapest
from service.actions.permissions import Permission, may
from service.errors import Invalid
from service.storage.meetings import Meeting, meeting_by_id
from service.web.answers import again, page
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.words import WAY_WORDS, day_of, name_of, people
from service.web.reading import Day, EmptyIsNone, Form, read_id, read_query, shown_again
from service.web.words import say

#: Over this much the card is shown in whole pounds: nobody knows such sums to the penny.
_ROUGH = 1_000
_POUND = 100


class OtherDays(Form):
    """Other days to look at, typed by the planner."""

    also: Annotated[
        list[Annotated[Day | None, EmptyIsNone]], Field(default_factory=list, max_length=MOST_DAYS)
    ]


async def show(request: web.Request) -> web.Response:
    """Show what it costs to leave nobody out, on the day of the plan or on another."""
    meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    try:
        days = _other_days(request)
    except Invalid as problem:
        return await again(
            request,
            "meetings/costs.html",
            problem,
            shown_again(request.query),
            **await _facts(request, meeting, []),
        )
    return await page(request, "meetings/costs.html", **await _facts(request, meeting, days))


def _other_days(request: web.Request) -> list[date]:
    days = sorted({day for day in read_query(request, OtherDays).also if day})
    if len(days) >= MOST_DAYS:
        raise Invalid({"also": "too-long"})
    return days


async def _facts(request: web.Request, meeting: Meeting, days: list[date]) -> dict[str, Any]:
    """Give all that the page shows."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    found = await find_cheapest(db, actor, meeting, days, now=now)
    is_planner = may(actor, Permission.PLAN_MEETINGS)
    sees_parts = may(actor, Permission.SEE_REQUESTS)
    own_page = f"/sessions/{meeting.id}"
    is_draft = meeting.state is MeetingState.DRAFT
    out = found.answer.out_of_reach
    return {
        "title": say("cheapest.title"),
        "name": name_of(meeting),
        "day": day_of(meeting),
        "here": f"{own_page}/costs",
        "back": f"{own_page}/plan/check" if is_draft and is_planner else own_page,
        "invite": f"{own_page}/plan/people" if is_draft else f"{own_page}/people",
        "impact": f"{own_page}/impact" if is_planner else "",
        "is_planner": is_planner,
        "count": found.people,
        "invited": _number(found.people, exact=is_planner),
        "days": [(day.isoformat(), date_words(day)) for day in days],
        "may_add": len(days) < MOST_DAYS - 1,
        "cards": [_card(card, found, at, exact=is_planner) for at, card in enumerate(found.cards)],
        "lines": [_line(line, now.date()) for line in (found.cards[0].lines if found.cards else ())]
        if sees_parts
        else [],
        "far": _far(found),
        "without": list(_without(out, exact=is_planner)) if out else [],
        "gives": [say(f"cheapest.give.{give}") for give in out.gives] if out else [],
    }


def _card(card: Card, found: CheapestFound, at: int, *, exact: bool) -> dict[str, Any]:
    """Give one arrangement: when, by which ways, what it comes to, what for, and whom it serves better."""
    shown = [category for category in Category if card.sum_of(category).high != 0]
    most = max((card.sum_of(category).typical for category in shown), default=0) or 1
    return {
        "sum": _about(card.cost.typical),
        "between": _between(card.cost),
        "day": date_words(card.plan.starts_at.date()),
        "ways": [_way(each, exact=exact) for each in card.ways],
        "bars": [
            {
                "word": say(f"cheapest.part.{category}"),
                "share": 100 * card.sum_of(category).typical / most,
                "figure": _about(card.sum_of(category).typical),
            }
            for category in shown
            if len(shown) > 1
        ],
        "each": say(
            "cheapest.each", {"sum": _about(card.per_head), "hours": str(card.staff_hours)}
        ),
        "more": _more(card, found, at, exact=exact) if at else [],
    }


def _way(each: Joining, *, exact: bool) -> str:
    there = {"way": WAY_WORDS[each.way], "place": each.place}
    way = say("cheapest.way-at", there) if each.place else there["way"]
    if not each.people:
        return say("cheapest.way-choice", {"way": way})
    return say("cheapest.way", {"way": way, "people": _number(each.people, exact=exact)})


def _more(card: Card, found: CheapestFound, at: int, *, exact: bool) -> list[str]:
    """Say what an alternative costs more than the cheapest, and how many people it serves better."""
    dearer = card.cost.typical - found.cards[0].cost.typical
    better = found.better[at - 1]
    return [
        say("cheapest.dearer", {"sum": _about(dearer)}) if dearer else say("cheapest.as-dear"),
        say("cheapest.better", {"people": _number(better, exact=exact)}),
    ]


def _number(count: int, *, exact: bool) -> str:
    """Say how many people; small numbers only to those who plan, as they must act on them."""
    if exact or shown_count(count) is not None:
        return people(count)
    return say("cheapest.few")


def _line(line: CardLine, today: date) -> dict[str, Any]:
    """Give one price of the card: what it comes to, who says so, and since when."""
    return {
        "name": line.price.name,
        "what_for": say(f"cheapest.part.{line.category}"),
        "sum": _about(line.cost.typical),
        "between": _between(line.cost),
        "note": line.price.note,
        "source": line.price.source,
        "seen": say("cheapest.seen", {"day": date_words(line.price.seen_on)}),
        "is_old": line.price.is_old(today),
        "is_estimate": line.price.is_estimate,
    }


def _far(found: CheapestFound) -> str:
    """Say how far the best found may be from the cheapest, where that is not proven."""
    answer = found.answer
    if answer.is_exact or answer.out_of_reach is not None or not found.people:
        return ""
    if answer.best is None:
        return say("cheapest.not-ready")
    return say("cheapest.far", {"sum": _about(answer.too_much_at_most)})


def _without(out: OutOfReach, *, exact: bool) -> Iterator[str]:
    """Say how many would be left out at best, and why."""
    for why, count in sorted(Counter(each.why for each in out.left_out).items()):
        yield say(f"cheapest.why.{why}", {"people": _number(count, exact=exact)})


def _between(cost: Estimate) -> str:
    if cost.high is None:
        return say("cheapest.upwards", {"low": _about(cost.low)})
    if cost.low == cost.high:
        return ""
    return say("cheapest.between", {"low": _about(cost.low), "high": _about(cost.high)})


def _about(pence: int) -> str:
    """Write a sum; from ten pounds on in whole pounds."""
    return pounds(pence if pence < _ROUGH else round(pence / _POUND) * _POUND)
