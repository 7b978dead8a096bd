"""The person's own page after a session: could you take part as you wanted?"""

from typing import Any

from aiohttp import web

from service.actions.after_session import is_over_for
from service.errors import Invalid
from service.storage.feedback import TookPart, feedback_on
from service.storage.invitations import Invitation
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.pages.after.saying import answer_words, asking_facts, keep
from service.web.pages.guest.opening import own_invitation, path_of
from service.web.pages.guest.words import when_of
from service.web.reading import typed
from service.web.words import say

PAGE = "after/own.html"


async def show(request: web.Request) -> web.Response:
    """Ask how it was, or say what they said; before the session is over, their own page is shown."""
    invitation = own_invitation(request)
    if not is_over_for(invitation, request[NOW]):
        return see_other(path_of(request))
    return await page(request, PAGE, **await _facts(request, invitation))


async def answer(request: web.Request) -> web.Response:
    """Keep what they say, anew or in the place of what they said before."""
    invitation = own_invitation(request)
    try:
        await keep(request, invitation, is_own=True)
    except Invalid as problem:
        facts = await _facts(request, invitation)
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other(path_of(request, "after"), done="after-said")


async def _facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    kept = await feedback_on(request[DB], request[ACTOR], invitation.id)
    said = say("after.said", {"answer": answer_words(kept.answer)}) if kept else ""
    happy = kept is not None and kept.answer is TookPart.YES
    return {
        "title": say("after.title"),
        "session": invitation.meeting.neutral_title,
        "when": when_of(invitation, request[HOUSE].zone),
        "base": path_of(request),
        "said": said,
        "reply": say("after.glad" if happy else "after.sorry") if kept else "",
        "tone": "leaf" if happy else "honey",
        "print_size": invitation.person.print_size,
        **await asking_facts(request, invitation, kept),
    }
