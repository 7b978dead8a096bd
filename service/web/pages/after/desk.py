"""The desk after a session: what somebody said when they were asked, written down for them."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field as Box

from accessibility.disclosure import Field
from scheduling.time import long_date
from service.actions.after_session import is_over_for, open_said_words, said_words_to_open
from service.actions.needs import LONGEST_REASON, CannotOpen, may_open_words
from service.errors import Invalid, NotFound
from service.storage.feedback import Feedback, feedback_on
from service.storage.invitations import Invitation, invitation_by_id
from service.web.answers import NOT_USABLE, again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW, SEALER
from service.web.looking import note_shown
from service.web.pages.after.saying import answer_words, asking_facts, channels, keep
from service.web.pages.guest.words import when_of
from service.web.reading import Form, Line, read_form, read_id, typed
from service.web.words import say

PAGE = "after/desk.html"


class Reason(Form):
    """Why somebody needs to open what was written."""

    reason: Annotated[Line, Box(max_length=LONGEST_REASON)]


async def show(request: web.Request) -> web.Response:
    """Show what they said, and the question to ask them."""
    invitation = await _invitation(request)
    note_shown(request, Field.ATTENDANCE, person_id=invitation.person_id)
    return await page(request, PAGE, **await _facts(request, invitation))


async def write_down(request: web.Request) -> web.Response:
    """Keep what they said, and who wrote it down."""
    invitation = await _invitation(request)
    try:
        await keep(request, invitation, is_own=False)
    except Invalid as problem:
        facts = await _facts(request, invitation)
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other(f"/after/{invitation.id}", done="after-written")


async def ask_why(request: web.Request) -> web.Response:
    """Ask why the words must be opened."""
    invitation = await _invitation(request)
    await said_words_to_open(request[DB], request[ACTOR], invitation)
    return await page(request, "requests/why.html", title=say("words.why"), **_words(invitation))


async def open_words(request: web.Request) -> web.Response:
    """Open the words and show them this once."""
    invitation = await _invitation(request)
    facts, db, actor = _words(invitation), request[DB], request[ACTOR]
    try:
        given = await read_form(request, Reason)
        words = await open_said_words(
            db, actor, request.app[SEALER], invitation, given.reason, now=request[NOW]
        )
    except Invalid as problem:
        shown = await typed(request)
        return await again(
            request, "requests/why.html", problem, shown, title=say("words.why"), **facts
        )
    except CannotOpen:
        closed, title = "requests/cannot_open.html", say("cannot-open.title")
        return await page(request, closed, status=NOT_USABLE, title=title, **facts)
    said = {say("after.title"): words}
    return await page(request, "requests/words.html", title=say("words.title"), words=said, **facts)


async def _invitation(request: web.Request) -> Invitation:
    invitation = await invitation_by_id(request[DB], request[ACTOR], read_id(request))
    if not is_over_for(invitation, request[NOW]):
        raise NotFound
    return invitation


async def _facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    kept = await feedback_on(request[DB], request[ACTOR], invitation.id)
    person = invitation.person
    return {
        "title": say("after.desk-title", {"name": person.chosen_name}),
        "invitation_id": invitation.id,
        "person": person,
        "session": invitation.meeting.neutral_title,
        "when": when_of(invitation, request[HOUSE].zone),
        "channels": channels(),
        "before": _before(kept, invitation) if kept else "",
        "may_open": may_open_words(request[ACTOR], person),
        **await asking_facts(request, invitation, kept),
    }


def _before(kept: Feedback, invitation: Invitation) -> str:
    said = {
        "answer": answer_words(kept.answer),
        "how": say(f"after.how.{kept.channel}"),
        "day": long_date(kept.at, invitation.meeting.zone),
    }
    return say("after.desk-before", said)


def _words(invitation: Invitation) -> dict[str, Any]:
    return {"label": say("after.label"), "back": f"/after/{invitation.id}"}
