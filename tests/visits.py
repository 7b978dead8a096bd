"""Which pages there are, and who looks at each with which example from the demonstration.

The list is made from the routes themselves: a page that nobody has an example for is named by the
tests that visit every page, so that no new page escapes them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from scheduling.ways import Way
from service.actions.permissions import ROLES_THAT_MAY
from service.actor import Role
from service.demonstration.links import DemoLinks
from service.keys import Keys
from service.storage.base import Base, Db
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting, Offer
from service.storage.needs import AccessRequest, Need
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
#: Whose own page is looked at, by the sort of page it is.
INVITED = (
    "soon yes phone", "soon yes online", "soon yes room", "soon no room", "soon unanswered online",
    "later unanswered", "later maybe online", "later yes phone", "later yes outdoors",
    "later yes phone ur", "cancelled yes online", "past yes room",
)  # fmt: skip
#: Whose page about what helps is looked at.
HELPED = (
    "soon yes room",
    "soon yes online",
    "later yes online",
    "past yes room",
    "later unanswered",
)
#: Requests a director was asked about.
DECIDED = ("cannot_meet",)
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
    invited: UUID | None
    people: dict[str, UUID]
    tasks: dict[str, UUID]
    requests: dict[str, UUID]
    needs: Sequence[tuple[UUID, UUID]]
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
    query = select(Invitation).where(Invitation.organisation_id == house.id)
    people_and_meetings = joinedload(Invitation.person), joinedload(Invitation.meeting)
    invitations = (await db.scalars(query.options(*people_and_meetings))).all()
    meetings = await _meetings(db, house.id, now)
    to_later = (each.id for each in invitations if each.meeting_id == meetings.get("later"))
    members = select(StaffMember.person_id).where(StaffMember.organisation_id == house.id)
    return Known(
        slug=house.slug,
        standing_link=urlsplit(links.staff[ADMIN]).path,
        guests=_guests(invitations, keys, now),
        meetings=meetings,
        invited=next(to_later, None),
        people=await _people(db, house.id),
        tasks=await _tasks(db, house.id),
        requests=await _requests(db, house.id),
        needs=await _needs(db, house.id),
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


async def _needs(db: Db, house: UUID) -> list[tuple[UUID, UUID]]:
    """Give person and need, those first who said something in their own words to their coordinator."""
    query = select(Need).join(Person).where(Need.organisation_id == house, Need.ended_at.is_(None))
    query = query.order_by(Person.coordinator_id.is_(None), Need.has_words.desc(), Need.id)
    return [(each.person_id, each.id) for each in await db.scalars(query)]


async def _ids(db: Db, table: type[Base], house: UUID) -> Sequence[UUID]:
    columns = table.__table__.c
    query = select(columns.id).where(columns.organisation_id == house).order_by(columns.id).limit(3)
    return list(await db.scalars(query))


async def fill_the_room(db: Db, known: Known) -> None:
    """Make the room of the next session full, so that its waiting list can be looked at."""
    full = update(Offer).where(Offer.meeting_id == known.meetings["later"], Offer.way == Way.ROOM)
    await db.execute(full.values(taken=Offer.places, seats=Offer.places))


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


def _draft(*rests: str) -> Callable[[Known], Sequence[Visit]]:
    """Look at pages of a draft."""

    def made(known: Known) -> Sequence[Visit]:
        draft = known.meetings.get("draft")
        return _at(COORDINATOR, *(f"/sessions/{draft}{rest}" for rest in rests)) if draft else []

    return made


def _session(rest: str, *who: str) -> Callable[[Known], Sequence[Visit]]:
    """Look at a page of a session to come."""

    def made(known: Known) -> Sequence[Visit]:
        later = known.meetings.get("later")
        return [Visit(each, f"/sessions/{later}{rest}") for each in who or (COORDINATOR,) if later]

    return made


EXAMPLES: dict[str, Callable[[Known], Sequence[Visit]]] = {
    "/about/{text}": lambda _: _at(NOBODY, "/about/privacy", "/about/accessibility"),
    "/about/{slug}/{text}": lambda known: _at(
        NOBODY,
        *(f"/about/{known.slug}/{text}" for text in ("privacy", "accessibility", "complaints")),
    ),
    "/sign-in/{request_link}": lambda known: _at(NOBODY, known.standing_link),
    "/i/{link}": lambda known: _at(NOBODY, *(known.guests[sort] for sort in INVITED)),
    "/i/{link}/company": _guest_page("/company"),
    "/i/{link}/calendar.ics": _guest_page("/calendar.ics"),
    "/i/{link}/details": _guest_page("/details"),
    "/i/{link}/waiting/{way}": _guest_page("/waiting/room"),
    "/link-again/{slug}": lambda known: _at(NOBODY, f"/link-again/{known.slug}"),
    "/sessions/{id}": lambda known: [
        *_at(COORDINATOR, *(f"/sessions/{meeting}" for meeting in known.meetings.values())),
        *_session("", FACILITATOR, DIRECTOR)(known),
    ],
    "/sessions/{id}/plan/kind": _draft("/plan/kind"),
    "/sessions/{id}/plan/people": _draft("/plan/people", "/plan/people?q=a"),
    "/sessions/{id}/plan/check": _draft("/plan/check"),
    "/sessions/{id}/plan/{part}": _draft("/plan/time", "/plan/ways", "/plan/hosts", "/plan/words"),
    "/sessions/{id}/throw-away": _draft("/throw-away"),
    "/sessions/{id}/change/{part}": lambda known: [
        visit
        for part in ("time", "ways", "hosts", "words")
        for visit in _session(f"/change/{part}")(known)
    ],
    "/sessions/{id}/people": _session("/people"),
    "/sessions/{id}/people/{invitation}/remove": lambda known: _at(
        COORDINATOR, f"/sessions/{known.meetings['later']}/people/{known.invited}/remove"
    ),
    "/sessions/{id}/message": _session("/message"),
    "/sessions/{id}/cancel": _session("/cancel"),
    "/people/{id}": lambda known: _at(
        COORDINATOR, *(f"/people/{person}" for person in known.people.values())
    ),
    "/people/{id}/edit": lambda known: _at(
        COORDINATOR, *(f"/people/{person}/edit" for person in list(known.people.values())[:1])
    ),
    "/people/{id}/left": lambda known: _at(
        COORDINATOR, *(f"/people/{person}/left" for person in list(known.people.values())[:1])
    ),
    "/desk/{id}": lambda known: _at(COORDINATOR, f"/desk/{known.invited}"),
    "/groups/{id}": lambda known: [
        *_at(COORDINATOR, *(f"/groups/{group}" for group in known.groups)),
        *_at(COORDINATOR, *(f"/groups/{group}?q=a" for group in known.groups[:1])),
    ],
    "/places/{id}": lambda known: _at(COORDINATOR, *(f"/places/{place}" for place in known.places)),
    "/places/{id}/edit": lambda known: _at(
        COORDINATOR, *(f"/places/{place}/edit" for place in known.places[:1])
    ),
    "/kinds/{id}/edit": lambda known: _at(
        COORDINATOR, *(f"/kinds/{kind}/edit" for kind in known.kinds[:1])
    ),
    "/tasks/{id}": lambda known: _at(
        COORDINATOR, *(f"/tasks/{task}" for task in known.tasks.values())
    ),
    "/letters/{id}": lambda known: _at(
        COORDINATOR, *(f"/letters/{task}" for kind, task in known.tasks.items() if kind == "post")
    ),
    "/i/{link}/help": lambda known: _at(NOBODY, *(f"{known.guests[sort]}/help" for sort in HELPED)),
    "/i/{link}/help/consent": _guest_page("/help/consent"),
    "/i/{link}/help/tell": _guest_page("/help/tell"),
    "/people/{id}/needs": lambda known: _at(
        COORDINATOR,
        *(f"/people/{person}/needs" for person, _ in known.needs[:1]),
        *(f"/people/{person}/needs" for person in list(known.people.values())[:1]),
    ),
    "/people/{id}/needs/tell": lambda known: _at(
        COORDINATOR, *(f"/people/{person}/needs/tell" for person, _ in known.needs[:1])
    ),
    "/people/{id}/needs/{need}/words": lambda known: _at(
        COORDINATOR, *(f"/people/{person}/needs/{need}/words" for person, need in known.needs[:1])
    ),
    "/requests/{id}": lambda known: [
        *_at(COORDINATOR, *(f"/requests/{request}" for request in known.requests.values())),
        *_at(DIRECTOR, *(f"/requests/{known.requests[state]}" for state in DECIDED)),
    ],
    "/sessions/{id}/help": _session("/help", FACILITATOR),
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
