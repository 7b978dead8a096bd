"""Who comes by a link in a mail to colleagues, and what every wrong link costs."""

from aiohttp import web

from service.actions.rota.asking import LINK
from service.actor import Actor, Door
from service.errors import NotFound
from service.keys import readable_link
from service.storage.organisations import only_organisation, organisation_by_id
from service.storage.step_ins import StepInAsked, asked_by_link
from service.web.context import ACTOR, ASKED, DB, HOUSE, KEYS, LIMITS, NOW, house_of
from service.web.proxies import address_of

#: The part of a path that is the link by which a colleague says whether they can take a part.
ASK_LINK = "ask_link"


async def find_colleague(request: web.Request) -> StepInAsked:
    """Find who was asked to take a part, and let them act for themselves; raises NotFound."""
    hashed = request.app[KEYS].hashed(LINK, readable_link(request.match_info[ASK_LINK]))
    asked = await asked_by_link(request[DB], hashed)
    if asked is None:
        await count_unknown_link(request)
        raise NotFound
    request[ASKED] = asked
    request[ACTOR] = Actor(
        organisation_id=asked.organisation_id,
        door=Door.GUEST,
        person_id=asked.person_id,
        name=asked.person.chosen_name,
    )
    request[HOUSE] = house_of(await organisation_by_id(request[DB], asked.organisation_id))
    return asked


async def count_unknown_link(request: web.Request) -> None:
    """Count a link that is nobody's against the address it came from; raises TooManyAttempts.

    The page about it says whom to ring, where that can only be one organisation.
    """
    limits, address, now = request.app[LIMITS], address_of(request), request[NOW]
    limits.by_address.check(address, now)
    limits.by_address.failed(address, now)
    organisation = await only_organisation(request[DB])
    if organisation is not None:
        request[HOUSE] = house_of(organisation)
