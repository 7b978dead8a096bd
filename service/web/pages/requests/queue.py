"""The coordinator's queue over all sessions, the most pressing first; and what waits for a director."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import Field as Within

from accessibility.disclosure import Field
from accessibility.requests import OPEN_STATES, RequestState
from accessibility.service_times import read_times
from accessibility.slack import last_day_within
from scheduling.recurrence import instant_of
from scheduling.time import WallTime, long_date
from scheduling.ways import Way
from service.actions.permissions import Permission, may
from service.actions.requests import must_be_arranged
from service.actor import Actor
from service.storage.base import Db
from service.storage.queue import (
    TO_DIRECTOR,
    Days,
    Look,
    OfMeeting,
    Order,
    Pressing,
    Waiting,
    queue_by_meeting,
    queue_page,
)
from service.storage.requests import requests_by_ids
from service.storage.tasks import Task, TaskKind, open_tasks
from service.vocabulary import vocabulary
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW, ORGANISATION
from service.web.looking import note_shown
from service.web.pages.requests.rows import row_of
from service.web.reading import EmptyIsNone, Form, read_query
from service.web.words import say
from service.working_days import HouseDay, house_day

PAGE_SIZE: Final = 25
#: Sessions that are listed with how their requests stand, and those that can be chosen: the soonest.
MOST_SESSIONS: Final = 20
MOST_CHOICES: Final = 100
MINE, NOBODY = "mine", "nobody"


class Filters(Form):
    """What the queue is narrowed to, its order, and which page of it."""

    owner: str = ""
    pressing: Annotated[Pressing | None, EmptyIsNone] = None
    session: Annotated[UUID | None, EmptyIsNone] = None
    term: Annotated[str, Within(max_length=40)] = ""
    state: Annotated[RequestState | None, EmptyIsNone] = None
    waiting: Annotated[Waiting | None, EmptyIsNone] = None
    sort: Order = Order.SLACK
    page: Annotated[int, Within(ge=1, le=10_000)] = 1

    def look(self, actor: Actor) -> Look:
        """Say what to ask the database for."""
        return Look(
            owner_id=actor.person_id if self.owner == MINE else None,
            is_nobodys=self.owner == NOBODY,
            pressing=self.pressing,
            meeting_id=self.session,
            code=self.term,
            state=self.state,
            waiting=self.waiting,
            order=self.sort,
            skip=(self.page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )

    def href(self, **other: object) -> str:
        """Give the address of the same queue, but for what is other; the first page of it."""
        values = self.model_dump() | {"page": 1} | other
        kept = {name: str(value) for name, value in values.items() if value}
        plain = {"page": "1", "sort": Order.SLACK.value}
        query = urlencode({name: value for name, value in kept.items() if plain.get(name) != value})
        return f"/requests?{query}" if query else "/requests"

    @property
    def is_narrowed(self) -> bool:
        """Say whether something is left out."""
        values = self.model_dump(exclude={"sort", "page"})
        return any(values.values())


async def queue(request: web.Request) -> web.Response:
    """Show the queue to coordinators, and to directors what waits for them."""
    if not may(request[ACTOR], Permission.ARRANGE):
        return await _decisions_page(request)
    db, actor = request[DB], request[ACTOR]
    filters, here = read_query(request, Filters), today_at(request)
    days = _days(request, here)
    found = await queue_page(db, actor, filters.look(actor), days)
    sessions = await queue_by_meeting(db, actor, days)
    chosen = [each for each in sessions if each.meeting_id == filters.session]
    note_shown(request, Field.ACTION_LINES, count=len(found[:PAGE_SIZE]))
    return await page(
        request,
        "requests/queue.html",
        title=say("requests.title"),
        rows=[
            row_of(each, request[NOW], here, owner=each.owner.chosen_name if each.owner else "")
            for each in found[:PAGE_SIZE]
        ],
        line=line_of(chosen or sessions),
        sessions=_lines(sessions[:MOST_SESSIONS], filters),
        filters=filters,
        orders=_orders(filters),
        choices=_choices([*chosen, *sessions[:MOST_CHOICES]]),
        next_href=filters.href(page=filters.page + 1) if len(found) > PAGE_SIZE else "",
        previous_href=filters.href(page=filters.page - 1) if filters.page > 1 else "",
        can_decide=may(actor, Permission.DECIDE_CANNOT),
        sees_claims=may(actor, Permission.KEEP_CLAIMS),
    )


def today_at(request: web.Request) -> HouseDay:
    """Say which day it is at the organisation, without asking the database."""
    house = request[ORGANISATION]
    day = house_day(house.zone, house.region, request[NOW])
    return replace(day, times=read_times(house.access_settings))


async def decisions_waiting(db: Db, actor: Actor) -> Mapping[UUID, Task]:
    """Give the open tasks for directors by the request they are about."""
    tasks = await open_tasks(db, actor, kinds=[TaskKind.DECIDE])
    return {
        task.subject_id: task
        for task in tasks
        if task.about == TO_DIRECTOR and task.subject_id is not None
    }


async def _decisions_page(request: web.Request) -> web.Response:
    """Show what waits for a director; without anybody's name."""
    db, actor, here = request[DB], request[ACTOR], today_at(request)
    tasks = await decisions_waiting(db, actor)
    found = await requests_by_ids(db, actor, list(tasks))
    return await page(
        request,
        "requests/decisions.html",
        title=say("requests.decide"),
        decisions=[
            {"row": row_of(each, request[NOW], here), "tried": tasks[each.id].words}
            for each in found
        ],
    )


def _days(request: web.Request, here: HouseDay) -> Days:
    ring_day = last_day_within(here.today, here.times.confirm, here.holidays) + timedelta(days=1)
    midnight = WallTime(datetime.combine(ring_day, datetime.min.time()), request[ORGANISATION].zone)
    return Days(
        now=request[NOW],
        red_until=last_day_within(here.today, here.times.red, here.holidays),
        amber_until=last_day_within(here.today, here.times.amber, here.holidays),
        ring_until=instant_of(midnight),
    )


def line_of(sessions: Sequence[OfMeeting]) -> str:
    """Say how requests stand, in one line: "7 of 9 arranged, 1 amber, 1 alternative"."""
    names = ("total", "arranged", "red", "amber", "alternative")
    sums = {name: sum(getattr(each, name) for each in sessions) for name in names}
    if not sums["total"]:
        return ""
    others = [say(f"requests.count-{name}", sums) for name in names[2:] if sums[name]]
    return ", ".join([say("requests.arranged", sums), *others])


def _lines(sessions: Sequence[OfMeeting], filters: Filters) -> list[Mapping[str, str]]:
    return [
        {
            "name": each.title,
            "day": _day(each),
            "line": line_of([each]),
            "href": filters.href(session=each.meeting_id),
        }
        for each in sessions
    ]


def _orders(filters: Filters) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "word": say(f"requests.sort-{order}"),
            "href": filters.href(sort=order),
            "is_current": order is filters.sort,
        }
        for order in Order
    ]


def _choices(sessions: Sequence[OfMeeting]) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Give what can be chosen in each box of the filter."""
    terms = [term.code for term in vocabulary().terms if must_be_arranged(term, list(Way))]
    states = [state for state in RequestState if state in OPEN_STATES]
    return {
        "owner": _options({MINE: say("requests.mine"), NOBODY: say("requests.nobodys")}),
        "pressing": _options({each: say(f"requests.pressing-{each}") for each in Pressing}),
        "session": _options(
            {str(each.meeting_id): f"{each.title}, {_day(each)}" for each in sessions}
        ),
        "term": _options({code: say(f"todo.{code}") for code in terms}),
        "state": _options({state: say(f"state.{state}") for state in states}),
        "waiting": _options({each: say(f"requests.waiting-{each}") for each in Waiting}),
    }


def _options(words: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    any_of_them = {"value": "", "word": say("requests.any")}
    return [any_of_them, *({"value": str(value), "word": word} for value, word in words.items())]


def _day(session: OfMeeting) -> str:
    return long_date(session.starts_at, session.zone) if session.starts_at else ""
