"""Finishing tasks: what somebody presses on a task's page."""

from datetime import date
from typing import Annotated

from aiohttp import web
from aiohttp.typedefs import Handler

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.actions.task_outcomes import Outcome
from service.actions.tasks import (
    Choice,
    answer_offer,
    finish_task,
    let_go,
    mark_posted,
    put_off,
    record_answer,
    send_again,
    spoken_links,
    wrong_number,
)
from service.errors import Invalid, Refused
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, KEYS, NOW
from service.web.pages.tasks.one import task_facts
from service.web.reading import EmptyIsNone, Form, Line, read_form, read_id, typed

#: Beside the answers: they were told, and will say later.
LATER = "later"


class Finished(Form):
    """How a task was finished."""

    outcome: Outcome


class Said(Form):
    """What somebody who was reached said."""

    answer: Line = ""
    way: Annotated[Way | None, EmptyIsNone] = None

    def reply(self) -> Reply | None:
        """Give the answer; None if they will say later. Raises Invalid if nothing was chosen."""
        return None if self.answer == LATER else self.given()

    def given(self) -> Reply:
        """Give the answer; raises Invalid if there is none."""
        if self.answer not in set(Answer):
            raise Invalid({"answer": "answer-needed"})
        return Reply(Answer(self.answer), self.way)


class Posted(Form):
    """When a letter was posted."""

    posted_on: date


class Address(Form):
    """The address to send to again."""

    email: Line = ""


class Offered(Form):
    """What somebody said to the place that is kept for them."""

    place: Choice


def kept_on_page(handler: Handler) -> Handler:
    """Show the task again, with what is wrong and what was typed, if the handler refuses."""

    async def shown(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Invalid, Refused) as problem:
            facts = await task_facts(request)
            return await again(request, "tasks/task.html", problem, await typed(request), **facts)

    return shown


@kept_on_page
async def done(request: web.Request) -> web.StreamResponse:
    """Finish a task that needs nothing but to be done."""
    form = await read_form(request, Finished)
    await finish_task(request[DB], request[ACTOR], read_id(request), form.outcome, now=request[NOW])
    return see_other("/today", done="task-done")


@kept_on_page
async def answered(request: web.Request) -> web.StreamResponse:
    """Write down what somebody on the phone answered."""
    task_id, reply = read_id(request), (await read_form(request, Said)).reply()
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    if reply is None:
        await finish_task(db, actor, task_id, Outcome.TOLD, now=now)
        return see_other("/calls", done="call-told")
    came_to = await record_answer(db, actor, task_id, reply, now=now)
    return see_other("/calls", done=f"answered-{came_to}")


@kept_on_page
async def not_reached(request: web.Request) -> web.StreamResponse:
    """Write down that nobody was reached; the task comes again tomorrow."""
    await put_off(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/today", done="call-tomorrow")


@kept_on_page
async def number_is_wrong(request: web.Request) -> web.StreamResponse:
    """Write down that the number is not theirs."""
    other = await wrong_number(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other(f"/tasks/{other.id}", done="call-wrong-number")


@kept_on_page
async def too_late(request: web.Request) -> web.StreamResponse:
    """Take a task about a session that is over off the list."""
    await let_go(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/today", done="task-let-go")


@kept_on_page
async def posted(request: web.Request) -> web.StreamResponse:
    """Write down that a letter was posted."""
    form = await read_form(request, Posted)
    await mark_posted(
        request[DB], request[ACTOR], read_id(request), form.posted_on, now=request[NOW]
    )
    return see_other("/letters", done="letter-posted")


@kept_on_page
async def mail_again(request: web.Request) -> web.StreamResponse:
    """Send a mail once more, to another address if one was typed."""
    form = await read_form(request, Address)
    await send_again(request[DB], request[ACTOR], read_id(request), form.email, now=request[NOW])
    return see_other("/today", done="mail-again")


@kept_on_page
async def place(request: web.Request) -> web.StreamResponse:
    """Write down what somebody said to the place that is kept for them."""
    form, task_id = await read_form(request, Offered), read_id(request)
    await answer_offer(request[DB], request[ACTOR], task_id, form.place, now=request[NOW])
    return see_other("/today", done=f"place-{form.place}")


@kept_on_page
async def read_out(request: web.Request) -> web.StreamResponse:
    """Show a person's links in groups of four letters, to be read out; that it was shown is kept."""
    task_id = read_id(request)
    links = await spoken_links(
        request[DB], request[ACTOR], request.app[KEYS], task_id, now=request[NOW]
    )
    facts = await task_facts(request)
    return await page(request, "tasks/task.html", **facts, links=links)
