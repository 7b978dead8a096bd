"""The coordinator's queue of requests, and the list of what waits for a director."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web

from accessibility.disclosure import shown_count
from accessibility.requests import RequestState
from service.actions.permissions import Permission, may
from service.actions.request_telling import TO_DIRECTOR
from service.actor import Actor
from service.storage.base import Db
from service.storage.needs import open_requests
from service.storage.requests import request_counts, requests_by_ids
from service.storage.tasks import Task, TaskKind, open_tasks
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW
from service.web.pages.requests.rows import Row, also_words, arranged_count, row_of
from service.web.reading import EmptyIsNone, Form, read_query
from service.web.words import say


class Filters(Form):
    """What the queue is narrowed to."""

    mine: str = ""
    late: str = ""
    state: Annotated[RequestState | None, EmptyIsNone] = None
    session: Annotated[UUID | None, EmptyIsNone] = None

    def fits(self, row: Row, actor: Actor) -> bool:
        """Tell whether a row is wanted."""
        return (
            (not self.mine or row.owner_id == actor.person_id)
            and (not self.late or row.is_late)
            and (self.state is None or row.state is self.state)
            and (self.session is None or row.meeting_id == self.session)
        )


async def queue(request: web.Request) -> web.Response:
    """Show the queue to coordinators, and to directors what waits for them."""
    actor = request[ACTOR]
    decisions = await _decisions(request[DB], actor, request[NOW])
    if not may(actor, Permission.ARRANGE):
        counts = await request_counts(request[DB], actor)
        return await page(
            request,
            "requests/decisions.html",
            title=say("requests.decide"),
            decisions=decisions,
            counts=_shown_counts(counts),
        )
    filters = read_query(request, Filters)
    found = await open_requests(request[DB], actor, request[NOW])
    everything = sorted(
        (
            row_of(each, request[NOW], owner=each.owner.chosen_name if each.owner else "")
            for each in found
        ),
        key=lambda row: row.order,
    )
    rows = [row for row in everything if filters.fits(row, actor)]
    return await page(
        request,
        "requests/queue.html",
        title=say("requests.title"),
        rows=rows,
        has_any=bool(everything),
        count=arranged_count(rows),
        also=also_words(rows),
        filters=filters,
        states=_states(everything),
        sessions=_sessions(everything),
        decisions=decisions,
    )


async def _decisions(db: Db, actor: Actor, now: datetime) -> Sequence[Mapping[str, Any]]:
    """Give what waits for a director, for whoever may decide; without anybody's name."""
    if not may(actor, Permission.DECIDE_CANNOT):
        return []
    tasks = await decisions_waiting(db, actor)
    requests = await requests_by_ids(db, actor, list(tasks))
    return [{"row": row_of(each, now), "tried": tasks[each.id].words} for each in requests]


async def decisions_waiting(db: Db, actor: Actor) -> Mapping[UUID, Task]:
    """Give the open tasks for directors by the request they are about."""
    tasks = await open_tasks(db, actor, kinds=[TaskKind.DECIDE])
    return {
        task.subject_id: task
        for task in tasks
        if task.about == TO_DIRECTOR and task.subject_id is not None
    }


def _shown_counts(counts: Mapping[RequestState, int]) -> Sequence[Mapping[str, str]]:
    return [
        {
            "term": say(f"state.{state}"),
            "value": str(shown_count(counts[state]) or say("requests.few")),
        }
        for state in RequestState
        if counts.get(state)
    ]


def _states(rows: Sequence[Row]) -> Sequence[Mapping[str, str]]:
    present = {row.state for row in rows}
    return [
        {"value": "", "word": "Any"},
        *(
            {"value": state.value, "word": say(f"state.{state}")}
            for state in RequestState
            if state in present
        ),
    ]


def _sessions(rows: Sequence[Row]) -> Sequence[Mapping[str, str]]:
    """Give the sessions that have requests, in the order of their days."""
    by_id = {str(row.meeting_id): f"{row.session}, {row.day}" for row in rows}
    return [
        {"value": "", "word": "All sessions"},
        *({"value": value, "word": word} for value, word in by_id.items()),
    ]
