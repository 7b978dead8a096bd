"""Which pages there are, and who looks at each with which example from the demonstration.

The list is made from the routes themselves: a page that nobody has an example for is named by the
tests that visit every page, so that no new page escapes them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.actions.permissions import ROLES_THAT_MAY
from service.actor import Role
from service.demonstration.links import DemoLinks
from service.storage.base import Db
from service.web.guards import Entry, Route
from service.web.routes import ROUTES

#: Who looks at a page when several may: the first of these.
LOOKERS = (Role.COORDINATOR, Role.FACILITATOR, Role.ADMIN, Role.DIRECTOR)
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page: `who` is a role of the demonstration's staff, or nobody."""

    who: str
    path: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What the demonstration holds that addresses are made of."""

    links: DemoLinks


async def known_in(db: Db, links: DemoLinks) -> Known:
    """Look up the examples in a database the demonstration was laid out in."""
    return Known(links)


def pages() -> list[Route]:
    """Give every route that people look at; what programs read is tested by its own description."""
    return [
        route
        for route in ROUTES
        if route.method == "GET"
        and route.guard.entry is not Entry.PROGRAM
        and not route.path.startswith("/api/")
    ]


def visits(route: Route, known: Known) -> list[Visit]:
    """Give who looks at the route's page and where; raises LookupError if there is no example."""
    make = EXAMPLES.get(route.name)
    if make is not None:
        found = list(make(known))
    elif "{" not in route.path:
        found = [Visit(looker(route), route.path)]
    else:
        found = []
    if not found:
        raise LookupError(f"tests/visits.py has no example of {route.name}: {route.path}")
    return found


def looker(route: Route) -> str:
    """Name somebody who may look at the page."""
    if route.guard.entry is not Entry.STAFF:
        return NOBODY
    permission = route.guard.permission
    roles = LOOKERS if permission is None else ROLES_THAT_MAY[permission]
    return next(role.value for role in LOOKERS if role in roles)


def _at(who: str, *paths: str) -> list[Visit]:
    return [Visit(who, path) for path in paths]


def _standing_link(known: Known) -> str:
    return known.links.staff[Role.ADMIN.value].removeprefix(known.links.base_url)


EXAMPLES: dict[str, Callable[[Known], Sequence[Visit]]] = {
    "about-installation": lambda _known: _at(NOBODY, "/about/privacy", "/about/accessibility"),
    "about": lambda _known: _at(
        NOBODY, "/about/kiln/privacy", "/about/kiln/accessibility", "/about/kiln/complaints"
    ),
    "sign_in_link": lambda known: _at(NOBODY, _standing_link(known)),
}

#: Pages that say no.
REFUSALS = (
    Visit(NOBODY, "/nowhere", status=404),
    Visit(NOBODY, "/sign-in/none-such", status=404),
    Visit(NOBODY, "/i/23456789abcd", status=404),
    Visit(Role.FACILITATOR.value, "/people", status=403),
    Visit(Role.COORDINATOR.value, "/nowhere", status=404),
)
