"""Is anything different this time? Asked once of who says that they may come, and told us before what helps."""

from aiohttp import web

from service.actions.confirming import confirm_needs, kept_needs
from service.vocabulary import vocabulary
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.guest.opening import path_of
from service.web.pages.helping.asking import STRENGTH_WORDS
from service.web.pages.helping.taking_back import told_details
from service.web.pages.helping.whose import day_words, guest_whose, is_coming_up
from service.web.words import say


async def show(request: web.Request) -> web.Response:
    """Show what they told us before, and ask the one question; without any of it, their page is shown."""
    whose = await guest_whose(request)
    kept = await kept_needs(request[DB], request[ACTOR], whose.person.id, request[NOW])
    if not kept or not is_coming_up(whose.own_invitation, request[NOW]):
        return see_other(whose.base)
    lines = [
        {
            "label": (term := vocabulary().term(need.code)).label,
            "strength": STRENGTH_WORDS[need.strength],
            "details": told_details(term, need.details),
        }
        for need in kept
    ]
    return await page(
        request,
        "helping/this_time.html",
        title=say("this-time.title"),
        needs=lines,
        has_words=any(need.has_words for need in kept),
        day=day_words(whose.own_invitation),
        **whose.facts,
    )


async def same(request: web.Request) -> web.Response:
    """Keep that nothing is different."""
    whose = await guest_whose(request)
    await confirm_needs(request[DB], request[ACTOR], whose.person.id, now=request[NOW])
    return see_other(path_of(request), done="this-time-same")
