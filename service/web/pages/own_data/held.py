"""For the safeguarding lead, after somebody was erased: does anything still protect others?"""

from typing import Any

from aiohttp import web

from service.actions.held_back import one_held, read_held, settle_held
from service.actions.needs import CannotOpen
from service.storage.tasks import Task
from service.web.answers import NOT_USABLE, page, see_other
from service.web.context import ACTOR, DB, NOW, SEALER
from service.web.reading import Form, read_form, read_id
from service.web.words import say

HELD = "own_data/held.html"


class Looked(Form):
    """Whether nobody needs to be kept apart from them any more."""

    ends_pairs: bool = False


async def show(request: web.Request) -> web.Response:
    """Show that somebody was erased, and when; reading who is a press, which is kept."""
    task = await one_held(request[DB], request[ACTOR], read_id(request))
    return await page(request, HELD, **_facts(task))


async def read(request: web.Request) -> web.Response:
    """Show who it was, and whom they must not meet."""
    db, actor, sealer = request[DB], request[ACTOR], request.app[SEALER]
    try:
        task, name, others = await read_held(db, actor, sealer, read_id(request), now=request[NOW])
    except CannotOpen:
        facts = {"title": say("cannot-open.title"), "back": "/safeguarding"}
        return await page(request, "requests/cannot_open.html", status=NOT_USABLE, **facts)
    shown = {"name": name, "others": [each.chosen_name for each in others]}
    return await page(request, HELD, **_facts(task) | shown)


async def settle(request: web.Request) -> web.Response:
    """Say that the lead has looked: the name is gone from now on."""
    looked = await read_form(request, Looked)
    db, actor, sealer, task_id = request[DB], request[ACTOR], request.app[SEALER], read_id(request)
    now, ends_pairs = request[NOW], looked.ends_pairs
    await settle_held(db, actor, sealer, task_id, ends_pairs=ends_pairs, now=now)
    return see_other("/safeguarding", done="erased-held")


def _facts(task: Task) -> dict[str, Any]:
    return {"title": say("own-data.title.held"), "task": task, "at": task.created_at, "name": ""}
