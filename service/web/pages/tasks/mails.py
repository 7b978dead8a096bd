"""Finishing tasks about mail: an answer that somebody gave in words, an address that is right after all."""

from aiohttp import web

from service.actions.mail_tasks import accept_mailed_answer, address_works
from service.errors import NotFound
from service.storage.tasks import TaskKind, task_by_id
from service.web.answers import see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.tasks.doing import Said, kept_on_page
from service.web.reading import read_form, read_id


@kept_on_page
async def mail_answered(request: web.Request) -> web.StreamResponse:
    """Write down what somebody answered in a mail."""
    reply = (await read_form(request, Said)).given()
    came_to = await accept_mailed_answer(
        request[DB], request[ACTOR], read_id(request), reply, now=request[NOW]
    )
    return see_other("/today", done=f"answered-{came_to}")


@kept_on_page
async def address_is_right(request: web.Request) -> web.StreamResponse:
    """Write to a person's address again."""
    task = await task_by_id(request[DB], request[ACTOR], read_id(request))
    if task.kind is not TaskKind.ADDRESS_FAILED or task.person_id is None:
        raise NotFound
    await address_works(request[DB], request[ACTOR], task.person_id, now=request[NOW])
    return see_other("/today", done="address-works")
