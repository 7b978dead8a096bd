"""Agreements and needs, shown and taken back: the same for the person and for the desk."""

from collections.abc import Iterable, Mapping, Sequence

from aiohttp import web

from accessibility.consent import WORDINGS, Purpose
from accessibility.terms import Term
from service.actions.helping import take_back_leave, take_back_need
from service.web.answers import see_other
from service.web.context import ACTOR, DB, NOW, SEALER
from service.web.pages.helping.whose import Whose
from service.web.reading import Form, read_form, read_id


class TakenBack(Form):
    """The purpose somebody takes their consent back for."""

    purpose: Purpose


async def end_agreement(request: web.Request, whose: Whose, path: str) -> web.Response:
    """Take the consent that the form names back, and go on to the path."""
    purpose = (await read_form(request, TakenBack)).purpose
    sealer, person = request.app[SEALER], whose.person
    await take_back_leave(request[DB], request[ACTOR], sealer, purpose, person.id, now=request[NOW])
    return see_other(path, done=f"taken-back-{purpose.replace('_', '-')}")


async def end_need(request: web.Request, whose: Whose) -> web.Response:
    """Take the need that the address names back, and go to the overview."""
    need_id, sealer = read_id(request, "need"), request.app[SEALER]
    await take_back_need(
        request[DB], request[ACTOR], sealer, need_id, whose.person.id, now=request[NOW]
    )
    return see_other(whose.base, done="need-taken-back")


def purpose_choices(purposes: Iterable[Purpose]) -> Sequence[Mapping[str, str]]:
    """Give purposes as boxes to tick, each in the words in use now."""
    return [{"value": each.value, "word": WORDINGS[each].text, "hint": ""} for each in purposes]


def told_details(term: Term, details: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Give the details that are not sealed, with the question each answers."""
    return [(param.ask, details[param.name]) for param in term.params if details.get(param.name)]
