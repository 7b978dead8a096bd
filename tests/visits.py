"""Which pages there are, and who looks at each with which example from the demonstration.

The list is made from the routes themselves: a page that nobody has an example for is named by the
tests that visit every page, so that no new page escapes them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from service.actions.permissions import ROLES_THAT_MAY
from service.actor import Role
from service.demonstration.links import DemoLinks
from service.keys import Keys
from service.storage.base import Base, Db
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.organisations import Organisation
from service.storage.people import Group, Person
from service.storage.places import Place
from service.storage.staff import SignInRequest, StaffMember
from service.storage.tasks import Task, TaskState
from service.web.guards import Entry, Route
from service.web.routes import ROUTES

#: Who looks at a page when several may: the first of these.
LOOKERS = (Role.COORDINATOR, Role.FACILITATOR, Role.ADMIN, Role.DIRECTOR)
NOBODY = "nobody"
FACILITATOR, COORDINATOR = Role.FACILITATOR.value, Role.COORDINATOR.value
DIRECTOR, ADMIN = Role.DIRECTOR.value, Role.ADMIN.value


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page: `who` is a role of the demonstration's staff, or nobody."""

    who: str
    path: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What the demonstration holds that addresses are made of: identifiers by what they show."""

    slug: str
    standing_link: str
    guests: dict[str, str]
    meetings: dict[str, UUID]
    people: dict[str, UUID]
    tasks: dict[str, UUID]
    requests: dict[str, UUID]
    staff: Sequence[UUID]
    places: Sequence[UUID]
    kinds: Sequence[UUID]
    groups: Sequence[UUID]
    letters: Sequence[str]


async def known_in(
    db: Db, keys: Keys, links: DemoLinks, *, letters: Sequence[str], now: datetime
) -> Known:
    """Look up one example of each sort in a database the demonstration was laid out in."""
    house = await db.scalar(
        select(Organisation)
        .join(SignInRequest, SignInRequest.organisation_id == Organisation.id)
        .where(SignInRequest.is_standing.is_(True))
    )
    assert house is not None
    invitations = await db.scalars(
        select(Invitation)
        .where(Invitation.organisation_id == house.id)
        .options(joinedload(Invitation.person), joinedload(Invitation.meeting))
    )
    members = select(StaffMember.person_id).where(StaffMember.organisation_id == house.id)
    return Known(
        slug=house.slug,
        standing_link=urlsplit(links.staff[ADMIN]).path,
        guests=_guests(invitations, keys, now),
        meetings=await _meetings(db, house.id, now),
        people=await _people(db, house.id),
        tasks=await _tasks(db, house.id),
        requests=await _requests(db, house.id),
        staff=list(await db.scalars(members)),
        places=await _ids(db, Place, house.id),
        kinds=await _ids(db, Kind, house.id),
        groups=await _ids(db, Group, house.id),
        letters=letters,
    )


def _guests(invitations: Iterable[Invitation], keys: Keys, now: datetime) -> dict[str, str]:
    """Give one link for each sort of page: by the session, the answer, the way and the language."""
    found: dict[str, str] = {}
    for each in invitations:
        if each.meeting.published_at is None:
            continue
        marks = [when(each.meeting, now), each.answer.value]
        marks += [each.way.value] if each.way else []
        marks += [each.person.language] if each.person.language != "en" else []
        marks += ["removed"] if each.removed_at else []
        link = keys.link_for("invitation", each.id, each.link_generation)
        found.setdefault(" ".join(marks), f"/i/{link}")
    return found


def when(meeting: Meeting, now: datetime) -> str:
    """Name where a session stands: its state, or for a published one how far off it is."""
    if meeting.state.value != "published" or meeting.starts_at is None or meeting.ends_at is None:
        return meeting.state.value
    if meeting.ends_at < now:
        return "past"
    return "soon" if meeting.starts_at < now + timedelta(hours=1) else "later"


async def _meetings(db: Db, house: UUID, now: datetime) -> dict[str, UUID]:
    query = select(Meeting).where(Meeting.organisation_id == house).order_by(Meeting.starts_at)
    found: dict[str, UUID] = {}
    for each in await db.scalars(query):
        found.setdefault(when(each, now), each.id)
    return found


async def _people(db: Db, house: UUID) -> dict[str, UUID]:
    query = select(Person).where(Person.organisation_id == house, Person.left_at.is_(None))
    found: dict[str, UUID] = {}
    for each in await db.scalars(query.order_by(Person.name_key)):
        found.setdefault(each.channels[0] if each.channels else "unreachable", each.id)
    return found


async def _tasks(db: Db, house: UUID) -> dict[str, UUID]:
    query = select(Task).where(Task.organisation_id == house, Task.state == TaskState.OPEN)
    return {each.kind.value: each.id for each in await db.scalars(query)}


async def _requests(db: Db, house: UUID) -> dict[str, UUID]:
    query = select(AccessRequest).where(AccessRequest.organisation_id == house)
    return {each.state.value: each.id for each in await db.scalars(query)}


async def _ids(db: Db, table: type[Base], house: UUID) -> Sequence[UUID]:
    columns = table.__table__.c
    query = select(columns.id).where(columns.organisation_id == house).order_by(columns.id).limit(3)
    return list(await db.scalars(query))


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
    if route.path in EXAMPLES:
        found = list(EXAMPLES[route.path](known))
    elif "{" not in route.path:
        found = [Visit(looker(route), route.path)]
    else:
        found = []
    if not found:
        raise LookupError(f"tests/visits.py has no example of {route.name}: {route.path}")
    return found


def looker(route: Route) -> str:
    """Name somebody who may look at the page."""
    if route.guard.entry is Entry.DEMONSTRATION:
        return COORDINATOR
    if route.guard.entry is not Entry.STAFF:
        return NOBODY
    permission = route.guard.permission
    roles = LOOKERS if permission is None else ROLES_THAT_MAY[permission]
    return next(role.value for role in LOOKERS if role in roles)


def _at(who: str, *paths: str) -> list[Visit]:
    return [Visit(who, path) for path in paths]


def _guest_page(rest: str) -> Callable[[Known], Sequence[Visit]]:
    """Look at a page of somebody whose session is still to come."""

    def made(known: Known) -> Sequence[Visit]:
        coming = [link for sort, link in known.guests.items() if sort.startswith("later yes")]
        return _at(NOBODY, *(f"{link}{rest}" for link in coming[:1]))

    return made


EXAMPLES: dict[str, Callable[[Known], Sequence[Visit]]] = {
    "/about/{text}": lambda _: _at(NOBODY, "/about/privacy", "/about/accessibility"),
    "/about/{slug}/{text}": lambda known: _at(
        NOBODY,
        *(f"/about/{known.slug}/{text}" for text in ("privacy", "accessibility", "complaints")),
    ),
    "/sign-in/{request_link}": lambda known: _at(NOBODY, known.standing_link),
    "/i/{link}": lambda known: _at(NOBODY, *known.guests.values()),
    "/i/{link}/company": _guest_page("/company"),
    "/i/{link}/calendar.ics": _guest_page("/calendar.ics"),
    "/i/{link}/details": _guest_page("/details"),
    "/i/{link}/waiting/{way}": _guest_page("/waiting/room"),
    "/link-again/{slug}": lambda known: _at(NOBODY, f"/link-again/{known.slug}"),
    "/set-up/texts/{text}": lambda _: _at(ADMIN, "/set-up/texts/privacy"),
    "/set-up/staff/{id}": lambda known: _at(ADMIN, f"/set-up/staff/{known.staff[0]}"),
    "/set-up/staff/{id}/stop": lambda known: _at(ADMIN, f"/set-up/staff/{known.staff[0]}/stop"),
    "/post-tray/{name}": lambda known: _at(NOBODY, f"/post-tray/{known.letters[0]}"),
    "/post-tray/{name}/looks": lambda known: _at(NOBODY, f"/post-tray/{known.letters[0]}/looks"),
}

#: Pages that say no.
REFUSALS = (
    Visit(NOBODY, "/nowhere", status=404),
    Visit(NOBODY, "/sign-in/none-such", status=404),
    Visit(NOBODY, "/i/23456789abcd", status=404),
    Visit(FACILITATOR, "/people", status=403),
    Visit(COORDINATOR, "/nowhere", status=404),
)
