"""The same questions on paper: to be printed at a person's size, filled in by hand, and posted back.

What is filled in is written down at the desk, as told on paper. Things that keep somebody safe are not on
it: paper lies about.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from accessibility.consent import Purpose
from accessibility.contact import must_not_send_automatically
from accessibility.disclosure import Field
from accessibility.needs import OWN_WORDS_LIMIT
from accessibility.terms import Group, Param, ParamKind
from service.outbound.paper import PRINT_SIZES
from service.storage.needs import needs_of
from service.storage.organisations import organisation_by_id
from service.texts import Text, paragraphs
from service.vocabulary import vocabulary
from service.web.answers import page
from service.web.context import ACTOR, DB
from service.web.pages.helping.asking import STRENGTH_WORDS
from service.web.pages.helping.draft import terms_in
from service.web.pages.helping.taking_back import purpose_choices
from service.web.pages.helping.who import who_sees
from service.web.pages.helping.whose import SOMEBODY, desk_whose
from service.web.words import say


async def form(request: web.Request) -> web.Response:
    """Show the form as it is printed, at their size or at another that was asked for."""
    db, actor = request[DB], request[ACTOR]
    whose = await desk_whose(request)
    house = await organisation_by_id(db, actor.organisation_id)
    needs = await needs_of(db, actor, whose.person.id)
    facts = {
        **whose.facts,
        "title": say("paper.title"),
        "reference": whose.person.reference,
        "is_safe": must_not_send_automatically(need.code for need in needs),
        "groups": [shown for group in vocabulary().groups if (shown := _group(group))["rows"]],
        "strengths": list(STRENGTH_WORDS.values()),
        "limit": OWN_WORDS_LIMIT,
        "who": who_sees(Field.ACTION_LINES, SOMEBODY),
        "who_own": who_sees(Field.OWN_WORDS, SOMEBODY),
        "purposes": purpose_choices(Purpose),
        "address": paragraphs(
            Text.POST, house.texts.get(Text.POST, ""), name=house.name, phone=house.contact_phone
        ),
        "sizes": PRINT_SIZES,
        "print_size": _size(request, whose.person.print_size),
    }
    return await page(request, "helping/paper.html", **facts)


def _size(request: web.Request, usual: int) -> int:
    """Give the size that was asked for, if it is one of ours, or the person's own."""
    asked = request.query.get("size", "")
    sizes = {str(size): size for size in PRINT_SIZES}
    return sizes.get(asked, next((each for each in PRINT_SIZES if each >= usual), PRINT_SIZES[-1]))


def _group(group: Group) -> Mapping[str, Any]:
    rows = [
        {
            "label": term.label,
            "hint": term.what_we_do,
            "asks": [_ask(param) for param in term.params],
        }
        for term in terms_in(group)
        if not term.is_restricted
    ]
    return {"name": group.name, "rows": rows}


def _ask(param: Param) -> Mapping[str, str | Sequence[str]]:
    """Give a question with its choices to tick, or none where there is something to write."""
    is_choice = param.kind is ParamKind.CHOICE
    return {
        "ask": param.ask,
        "choices": [each.capitalize() for each in param.choices] if is_choice else [],
    }
