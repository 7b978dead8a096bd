"""The desk: what somebody said by phone or on paper, written down for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from accessibility.consent import ConsentChannel, Purpose
from accessibility.disclosure import Reader
from service.actions.confirming import confirm_needs
from service.actions.consenting import agreed, give_consents, lasting
from service.actions.needs import coordinator_as
from service.errors import Invalid
from service.storage.needs import Need, consents_of
from service.vocabulary import vocabulary
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.helping.asking import STRENGTH_WORDS
from service.web.pages.helping.taking_back import (
    end_agreement,
    end_need,
    purpose_choices,
    told_details,
)
from service.web.pages.helping.telling import begin, go_on
from service.web.pages.helping.whose import (
    Whose,
    coordinator_name,
    desk_whose,
    fields_of,
    shown_needs,
)
from service.web.reading import Form, read_form, typed
from service.web.words import say

#: How somebody can have told the desk, with the code of its words.
CHANNELS = (
    (ConsentChannel.PHONE, "channel.phone"),
    (ConsentChannel.PAPER, "channel.paper"),
    (ConsentChannel.HELPER, "channel.helper"),
)


class Heard(Form):
    """The purposes somebody agreed to, and how they said so."""

    agree: tuple[Purpose, ...] = ()
    channel: ConsentChannel


async def overview(request: web.Request) -> web.Response:
    """Show what a person told us, what they agreed to, and the way to write down more."""
    whose = await desk_whose(request)
    return await page(request, "helping/desk.html", **await _facts(request, whose))


async def agree(request: web.Request) -> web.Response:
    """Write down what a person agreed to when it was read to them."""
    whose = await desk_whose(request)
    try:
        heard = await read_form(request, Heard)
        if not heard.agree:
            raise Invalid({"agree": "nothing-agreed"})
    except Invalid as problem:
        facts = await _facts(request, whose)
        return await again(request, "helping/desk.html", problem, await typed(request), **facts)
    await give_consents(
        request[DB],
        request[ACTOR],
        whose.person.id,
        heard.agree,
        channel=heard.channel,
        now=request[NOW],
    )
    return see_other(whose.base, done="agreed")


async def take_back_agreement(request: web.Request) -> web.Response:
    """Take a consent back for somebody who said so."""
    whose = await desk_whose(request)
    return await end_agreement(request, whose, whose.base)


async def tell_page(request: web.Request) -> web.Response:
    """Begin to write down what would help."""
    return await begin(request, await desk_whose(request))


async def tell(request: web.Request) -> web.Response:
    """Take one page of what would help."""
    return await go_on(request, await desk_whose(request))


async def take_back(request: web.Request) -> web.Response:
    """Take one need off for somebody who said so."""
    return await end_need(request, await desk_whose(request))


async def same(request: web.Request) -> web.Response:
    """Keep that nothing is different, for somebody who said so."""
    whose = await desk_whose(request)
    await confirm_needs(request[DB], request[ACTOR], whose.person.id, now=request[NOW])
    return see_other(whose.base, done="this-time-desk")


async def _facts(request: web.Request, whose: Whose) -> dict[str, Any]:
    db, actor = request[DB], request[ACTOR]
    consents = await consents_of(db, actor, whose.person.id)
    holding, for_long = agreed(consents, request[NOW]), lasting(consents, request[NOW])
    is_cover = coordinator_as(actor, whose.person) is Reader.COVER
    needs = await shown_needs(db, actor, whose)
    note_shown(request, *fields_of(needs), person_id=whose.person.id)
    return {
        **whose.facts,
        "title": say("help.title.desk", {"name": whose.person.chosen_name}),
        "needs": _rows(needs),
        "keeps": Purpose.KEEP in holding,
        "open_purposes": purpose_choices([each for each in Purpose if each not in for_long]),
        "held_purposes": purpose_choices([each for each in Purpose if each in holding]),
        "channels": [{"value": channel.value, "word": say(code)} for channel, code in CHANNELS],
        "ask": await coordinator_name(db, actor, whose.person) if is_cover else "",
    }


def _rows(needs: Sequence[Need]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "id": need.id,
            "label": vocabulary().term(need.code).label,
            "strength": STRENGTH_WORDS[need.strength],
            "details": told_details(vocabulary().term(need.code), need.details),
            "has_words": need.has_words,
        }
        for need in needs
    ]
