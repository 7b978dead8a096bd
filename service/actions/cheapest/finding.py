"""Find what it costs to leave nobody out of a draft or session: load, then work it out off the event loop."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Final

from accessibility.arranging.answer import Answer
from accessibility.arranging.search import cheapest
from service.actions.cheapest.card import Card, card_of
from service.actions.cheapest.making import Scene, make_problem
from service.actions.impact.loading import day_of_plan, ground_of
from service.actions.permissions import Permission, require
from service.actions.plans import details_of
from service.actor import Actor
from service.prices import prices
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.places import places_of
from service.storage.profiles import invited_with_needs

#: Seconds after which the best so far is shown, with how far it may be from the cheapest.
LONGEST: Final = 2.0
#: Days looked at, the meeting's own among them.
MOST_DAYS: Final = 8
_MIDDAY: Final = time(12)


@dataclass(frozen=True, slots=True)
class CheapestFound:
    """What came out: the cards, the best first, and the answer they were made from.

    `better` counts for each further card the people it serves better than the first does.
    """

    people: int
    answer: Answer
    cards: Sequence[Card]
    better: Sequence[int]


async def find_cheapest(
    db: Db, actor: Actor, meeting: Meeting, also: Sequence[date], *, now: datetime
) -> CheapestFound:
    """Find the cheapest arrangement of a meeting (loaded whole), on its day or one of the others."""
    require(actor, Permission.SEE_COST_CARD)
    details = details_of(meeting)
    own_day = day_of_plan(details, now)
    hour = details.starts_local.time() if details.starts_local else _MIDDAY
    days = sorted({own_day, *also})[:MOST_DAYS]
    places = await places_of(db, actor)
    ground = await ground_of(db, actor, [place.id for place in places], days, now=now)
    scene = Scene(
        starts=[datetime.combine(day, hour) for day in days],
        length=timedelta(minutes=details.minutes),
        limits={way: limit for way, limit in details.limits.items() if way.is_remote},
        places=places,
        rows=await invited_with_needs(db, actor.organisation_id, [meeting.id]),
        ground=ground,
        costs=prices(),
    )
    answer, cards = await asyncio.to_thread(_work_out, scene)
    return CheapestFound(
        len(scene.rows),
        answer,
        cards,
        [len(other.better_for) for other in answer.others],
    )


def _work_out(scene: Scene) -> tuple[Answer, list[Card]]:
    ends = monotonic() + LONGEST
    problem, made = make_problem(scene)
    answer = cheapest(problem, lambda: monotonic() < ends)
    plans = [answer.best, *(other.plan for other in answer.others)]
    cards = [card_of(plan, made, scene.costs, scene.length) for plan in plans if plan]
    return answer, cards
