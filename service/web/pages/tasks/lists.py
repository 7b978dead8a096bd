"""Lists of tasks: everything for today, who to ring, what to post."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from aiohttp import web

from accessibility.contact import must_not_send_automatically
from accessibility.disclosure import Field
from service.actions.permissions import Permission, may
from service.storage.needs import Need, needs_of_people
from service.storage.tasks import Task, TaskKind, open_tasks
from service.web.answers import page
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.looking import note_shown
from service.web.pages.people.naming import named, second_names
from service.web.pages.tasks.words import (
    When,
    about_words,
    due,
    session_words,
    title_of,
    tries_words,
)

CALL_ME = "CON-PHONE"
MOST = 200
NOBODY: Mapping[UUID, str] = {}
HEADINGS = {When.LATE: "Late", When.TODAY: "Today", When.SOON: "Soon"}


async def today(request: web.Request) -> web.Response:
    """Show everything there is to do for this person's roles, the soonest due first."""
    tasks = await open_tasks(request[DB], request[ACTOR], limit=MOST)
    seconds = second_names(task.person for task in tasks)
    rows = [_row(request, task, seconds) for task in tasks]
    parts = [
        {"heading": heading, "rows": [row for row in rows if row["when"] is when]}
        for when, heading in HEADINGS.items()
    ]
    return await page(
        request,
        "tasks/today.html",
        title="Today",
        parts_of_day=[part for part in parts if part["rows"]],
        is_cut=len(tasks) == MOST,
        sees_people=may(request[ACTOR], Permission.KEEP_PEOPLE),
    )


async def calls(request: web.Request) -> web.Response:
    """Show who is to be rung, each person once, with the number and when it suits them."""
    db, actor = request[DB], request[ACTOR]
    tasks = await open_tasks(db, actor, kinds=[TaskKind.RING], limit=MOST)
    ids = [task.person_id for task in tasks if task.person_id is not None]
    needs = _by_person(await needs_of_people(db, actor.organisation_id, ids))
    by_person: dict[UUID | None, list[Task]] = {}
    for task in tasks:
        by_person.setdefault(task.person_id, []).append(task)
    seconds = second_names(task.person for task in tasks)
    people = [
        _call(request, theirs, needs) | _named(theirs, seconds) for theirs in by_person.values()
    ]
    note_shown(request, Field.CONTACT, count=len(people))
    return await page(request, "tasks/calls.html", title="Calls", calls=people)


async def letters(request: web.Request) -> web.Response:
    """Show what is to be posted, and by when."""
    tasks = await open_tasks(request[DB], request[ACTOR], kinds=[TaskKind.POST], limit=MOST)
    seconds = second_names(task.person for task in tasks)
    rows = [_row(request, task, seconds) for task in tasks]
    return await page(request, "tasks/letters.html", title="Letters", rows=rows)


def _row(
    request: web.Request, task: Task, seconds: Mapping[UUID, str] = NOBODY
) -> dict[str, object]:
    urgency = due(task.due_at, request[NOW], request[HOUSE].zone)
    said = [session_words(task), about_words(task), tries_words(task.tries)]
    name = named(task.person, seconds) if task.person else "somebody"
    return {
        "task": task,
        "name": name,
        "when": urgency.when,
        "tone": urgency.tone,
        "left": urgency.words,
        "title": title_of(task, name),
        "line": ". ".join(words.rstrip(".") for words in said if words),
        "session": session_words(task),
        "about": about_words(task),
        "tries": tries_words(task.tries),
    }


def _call(
    request: web.Request, tasks: Sequence[Task], needs: Mapping[UUID, Sequence[Need]]
) -> dict[str, object]:
    """Give one person to ring, with everything there is to say to them; the most urgent first."""
    person = tasks[0].person
    theirs = needs.get(person.id, ()) if person else ()
    times = [need.details.get("times", "") for need in theirs if need.code == CALL_ME]
    return {
        "phone": person.phone if person else "",
        "is_safe": must_not_send_automatically(need.code for need in theirs),
        "times": next(filter(None, times), ""),
        "rows": [_row(request, task) for task in tasks],
    }


def _named(tasks: Sequence[Task], seconds: Mapping[UUID, str]) -> dict[str, object]:
    person = tasks[0].person
    return {"name": named(person, seconds) if person else "Somebody"}


def _by_person(needs: Sequence[Need]) -> dict[UUID, list[Need]]:
    found: dict[UUID, list[Need]] = {}
    for need in needs:
        found.setdefault(need.person_id, []).append(need)
    return found
