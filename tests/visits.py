"""Which pages there are, and who looks at each with which example from the demonstration.

The list is made from the routes themselves: a page that nobody has an example for is named by the
tests that visit every page, so that no new page escapes them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accessibility.claims import ClaimKind
from scheduling.online import ServerKind
from service.actions.permissions import ROLES_THAT_MAY
from service.actor import Role
from service.web.entry import Entry, Route
from service.web.routes import ROUTES
from tests.known import Known

#: Who looks at a page when several may: the first of these.
LOOKERS = (Role.COORDINATOR, Role.FACILITATOR, Role.ADMIN, Role.DIRECTOR, Role.SAFEGUARDING)
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
#: Who cannot come into the online room just now, each for a reason of their own.
SHUT_OUT = ("later yes online", "soon yes phone", "soon yes room", "later unanswered")
#: Requests a director was asked about.
DECIDED = ("cannot_meet",)
#: Requests that something can be booked for.
TO_BOOK = ("acknowledged", "arranging")
#: The demonstration's Jitsi servers: one of its own, a plain link, and one at 8x8 that is not joined yet.
SERVERS = ("meet", "room-links", "8x8")
FACILITATOR, COORDINATOR = Role.FACILITATOR.value, Role.COORDINATOR.value
DIRECTOR, ADMIN = Role.DIRECTOR.value, Role.ADMIN.value
SAFEGUARDING = Role.SAFEGUARDING.value


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page: `who` is a role of the demonstration's staff, or nobody."""

    who: str
    path: str
    status: int = 200


def pages() -> list[Route]:
    """Give every route that people look at; what programs and machines read has tests of its own.

    So has a stream of news, which never ends by itself.
    """
    return [
        route
        for route in ROUTES
        if route.method == "GET"
        and not route.path.endswith("/live")
        and route.guard.entry not in (Entry.PROGRAM, Entry.MACHINE)
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
    """Name somebody who may look at the page; the demonstration's admin is its operator as well."""
    if route.guard.entry is Entry.DEMONSTRATION:
        return COORDINATOR
    if route.guard.entry is not Entry.STAFF:
        return NOBODY
    permission = route.guard.permission
    roles = LOOKERS if permission is None else ROLES_THAT_MAY[permission]
    return next((role.value for role in LOOKERS if role in roles), ADMIN)


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


def _near(rest: str) -> Callable[[Known], Sequence[Visit]]:
    """Look at a page of sessions before, while and after they are on."""

    def made(known: Known) -> Sequence[Visit]:
        near = (known.meetings.get(when) for when in ("past", "soon", "later"))
        return _at(COORDINATOR, *(f"/sessions/{each}{rest}" for each in near if each))

    return made


def _servers(rest: str, *slugs: str) -> Callable[[Known], Sequence[Visit]]:
    """Look at a page of Jitsi servers of the demonstration."""
    return lambda _: _at(ADMIN, *(f"/set-up/servers/{slug}{rest}" for slug in slugs))


def _series(state: str, *rests: str) -> Callable[[Known], Sequence[Visit]]:
    """Look at pages of a series that runs, or of a draft."""

    def made(known: Known) -> Sequence[Visit]:
        found = known.series.get(state)
        return _at(COORDINATOR, *(f"/series/{found}{rest}" for rest in rests)) if found else []

    return made


def _series_guest(rest: str) -> Callable[[Known], Sequence[Visit]]:
    """Look at a page about somebody who comes each time, and about somebody who does not."""

    def made(known: Known) -> Sequence[Visit]:
        people = [*known.series_guests[:1], *known.series_guests[-1:]]
        rests = [f"/people/{person}{rest}" for person in people]
        return _series("running", *rests)(known)

    return made


EXAMPLES: dict[str, Callable[[Known], Sequence[Visit]]] = {
    "/about/{text}": lambda _: _at(NOBODY, "/about/privacy", "/about/accessibility"),
    "/o/{slug}": lambda known: _at(NOBODY, f"/o/{known.slug}"),
    "/o/{slug}/sessions/{id}": lambda known: _at(
        NOBODY, f"/o/{known.slug}/sessions/{known.public}"
    ),
    "/o/{slug}/sessions.json": lambda known: _at(NOBODY, f"/o/{known.slug}/sessions.json"),
    "/o/{slug}/sessions.rss": lambda known: _at(NOBODY, f"/o/{known.slug}/sessions.rss"),
    "/askings/{id}": lambda known: _at(COORDINATOR, f"/askings/{known.asking}"),
    "/about/{slug}/{text}": lambda known: _at(
        NOBODY,
        *(f"/about/{known.slug}/{text}" for text in ("privacy", "accessibility", "complaints")),
    ),
    "/sign-in/{request_link}": lambda known: _at(NOBODY, known.standing_link),
    "/i/{link}": lambda known: _at(
        NOBODY, *(known.guests[sort] for sort in INVITED), *known.waiting
    ),
    "/i/{link}/place": lambda known: _at(NOBODY, f"{list(known.waiting)[1]}/place"),
    "/i/{link}/join": lambda known: _at(
        NOBODY, *(f"{known.guests[sort]}/join" for sort in SHUT_OUT)
    ),
    "/i/{link}/practice": _guest_page("/practice"),
    "/i/{link}/company": _guest_page("/company"),
    "/i/{link}/calendar.ics": _guest_page("/calendar.ics"),
    "/i/{link}/calendar": _guest_page("/calendar"),
    "/i/{link}/calendar/{feed}": lambda known: _at(NOBODY, known.feed_pages[0]),
    "/sessions/calendar/{feed}": lambda known: _at(FACILITATOR, known.feed_pages[1]),
    "/feeds/{secret}.ics": lambda known: _at(NOBODY, known.feed),
    "/o/{slug}/sessions.ics": lambda known: _at(NOBODY, f"/o/{known.slug}/sessions.ics"),
    "/i/{link}/details": _guest_page("/details"),
    "/i/{link}/waiting/{way}": _guest_page("/waiting/room"),
    "/stop/{link}": lambda known: _at(NOBODY, known.stop_link),
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
    "/sessions/{id}/impact": lambda known: [
        *_draft("/impact")(known),
        *_session("/impact", COORDINATOR, FACILITATOR)(known),
        *_at(COORDINATOR, f"/sessions/{known.meetings['soon']}/impact"),
    ],
    "/sessions/{id}/costs": lambda known: [
        *_draft("/costs")(known),
        *_session("/costs", COORDINATOR, FACILITATOR, DIRECTOR)(known),
    ],
    "/sessions/{id}/people": _session("/people"),
    "/sessions/{id}/people/{invitation}/remove": lambda known: _at(
        COORDINATOR, f"/sessions/{known.meetings['later']}/people/{known.invited}/remove"
    ),
    "/sessions/{id}/message": _session("/message"),
    "/sessions/{id}/cancel": _session("/cancel"),
    "/sessions/{id}/ring-round": lambda known: _at(
        COORDINATOR, *(f"/sessions/{known.meetings[when]}/ring-round" for when in ("soon", "later"))
    ),
    "/sessions/{id}/tables": lambda known: [
        *_session("/tables")(known),
        *_at(COORDINATOR, f"/sessions/{known.with_tables}/tables"),
    ],
    "/sessions/{id}/rota": lambda known: [
        *_at(COORDINATOR, *(path.rpartition("/")[0] for path in known.parts)),
        *_at(FACILITATOR, known.parts[0].rpartition("/")[0]),
    ],
    "/sessions/{id}/rota/{role}": lambda known: [
        *_at(COORDINATOR, *known.parts),
        *_at(FACILITATOR, *known.parts),
    ],
    "/rota": lambda _: [
        *_at(COORDINATOR, "/rota", "/rota?span=month&show=gaps", "/rota?show=mine"),
        *_at(FACILITATOR, "/rota"),
    ],
    "/rota/take/{ask_link}": lambda known: _at(NOBODY, *known.ask_links),
    "/rota/times/{id}": lambda known: _at(
        COORDINATOR, *(f"/rota/times/{person}" for person in known.staff)
    ),
    "/series/{id}": lambda known: [
        *_series("running", "", "?month=2027-03", "?more=yes")(known),
        *_at(DIRECTOR, f"/series/{known.series['running']}"),
    ],
    "/series/{id}/plan/kind": _series("draft", "/plan/kind"),
    "/series/{id}/plan/else": _series("draft", "/plan/else"),
    "/series/{id}/plan/dates": _series(
        "draft", "/plan/dates", "/plan/dates?month=2027-03&more=yes"
    ),
    "/series/{id}/plan/dates/move": _series("draft", "/plan/dates/move?which=2027-03-29T10:00"),
    "/series/{id}/plan/people": _series("draft", "/plan/people", "/plan/people?q=a"),
    "/series/{id}/plan/check": _series("draft", "/plan/check"),
    "/series/{id}/plan/{part}": _series(
        "draft",
        *(
            f"/plan/{part}"
            for part in ("time", "rule", "rule?all=yes", "ways", "hosts", "words", "hear")
        ),
    ),
    "/series/{id}/throw-away": _series("draft", "/throw-away"),
    "/series/{id}/change/{part}": _series(
        "running",
        *(
            f"/change/{part}"
            for part in ("time", "rule", "dates", "ways", "hosts", "words", "hear")
        ),
    ),
    "/series/{id}/end": _series("running", "/end"),
    "/series/{id}/people": _series("running", "/people", "/people?q=a"),
    "/series/{id}/people/{person}": _series_guest(""),
    "/series/{id}/people/{person}/remove": _series_guest("/remove"),
    "/i/{link}/each-time": lambda known: _at(
        NOBODY,
        *(f"{link}/each-time" for sort, link in known.guests.items() if sort.endswith("series")),
    ),
    "/people/{id}": lambda known: _at(
        COORDINATOR, *(f"/people/{person}" for person in known.people.values())
    ),
    "/people/{id}/edit": lambda known: _at(
        COORDINATOR, *(f"/people/{person}/edit" for person in list(known.people.values())[:1])
    ),
    "/people/{id}/apart": lambda known: _at(
        COORDINATOR, *(f"/people/{person}/apart?q=a" for person in list(known.people.values())[:1])
    ),
    "/safeguarding/{id}": lambda known: _at(SAFEGUARDING, f"/safeguarding/{known.note}"),
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
    "/places/{id}/trouble": lambda known: _at(
        COORDINATOR, *(f"/places/{place}/trouble" for place in known.places[:1])
    ),
    "/kinds/{id}/edit": lambda known: _at(
        COORDINATOR, *(f"/kinds/{kind}/edit" for kind in known.kinds[:1])
    ),
    "/tasks/{id}": lambda known: _at(
        COORDINATOR, *(f"/tasks/{task}" for task in (*known.tasks.values(), known.offer_task))
    ),
    "/letters/{id}": lambda known: _at(
        COORDINATOR,
        *(f"/letters/{task}" for kind, task in known.tasks.items() if kind == "post"),
        f"/letters/{known.offer_task}",
    ),
    "/i/{link}/help": lambda known: _at(NOBODY, *(f"{known.guests[sort]}/help" for sort in HELPED)),
    "/i/{link}/help/consent": _guest_page("/help/consent"),
    "/i/{link}/help/tell": _guest_page("/help/tell"),
    "/i/{link}/help/this-time": lambda known: _at(
        NOBODY, *(f"{link}/help/this-time" for link in known.carried)
    ),
    "/i/{link}/after": lambda known: _at(NOBODY, f"{known.guests['past yes room']}/after"),
    "/after/{id}": lambda known: _at(COORDINATOR, f"/after/{known.over}"),
    "/after/{id}/words": lambda known: _at(COORDINATOR, f"/after/{known.over}/words"),
    "/people/{id}/needs/paper": lambda known: _at(
        COORDINATOR, *(f"/people/{person}/needs/paper?size=28" for person, _ in known.needs[:1])
    ),
    "/i/{link}/help/looked": _guest_page("/help/looked"),
    "/i/{link}/help/data": _guest_page("/help/data"),
    "/i/{link}/help/data/erase": _guest_page("/help/data/erase"),
    "/people/{id}/data": lambda known: _at(COORDINATOR, f"/people/{known.needs[0][0]}/data"),
    "/people/{id}/data/erase": lambda known: _at(
        COORDINATOR, f"/people/{known.needs[0][0]}/data/erase"
    ),
    "/safeguarding/erased/{id}": lambda known: _at(
        SAFEGUARDING, f"/safeguarding/erased/{known.held_task}"
    ),
    "/people/{id}/looked": lambda known: _at(COORDINATOR, f"/people/{known.needs[0][0]}/looked"),
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
    "/requests": lambda _: [
        *_at(
            COORDINATOR,
            "/requests",
            "/requests?page=2&sort=session",
            "/requests?pressing=amber&owner=nobody&waiting=us",
        ),
        *_at(DIRECTOR, "/requests"),
    ],
    "/requests/add": lambda _: _at(COORDINATOR, "/requests/add", "/requests/add?q=a"),
    "/requests/{id}/book": lambda known: _at(
        COORDINATOR,
        f"/requests/{known.booked}/book",
        *(f"/requests/{known.requests[state]}/book" for state in TO_BOOK),
    ),
    "/suppliers/{id}": lambda known: _at(
        COORDINATOR, *(f"/suppliers/{each}" for each in known.suppliers)
    ),
    "/suppliers/{id}/edit": lambda known: _at(
        COORDINATOR, *(f"/suppliers/{each}/edit" for each in known.suppliers[:1])
    ),
    "/arrangements/{id}": lambda known: _at(
        COORDINATOR, *(f"/arrangements/{each}" for each in known.arrangements)
    ),
    "/access-budget/{id}": lambda known: _at(
        DIRECTOR, *(f"/access-budget/{each}" for each in known.budgets)
    ),
    "/requests/{id}": lambda known: [
        *_at(COORDINATOR, *(f"/requests/{request}" for request in known.requests.values())),
        *_at(COORDINATOR, f"/requests/{known.booked}"),
        *_at(DIRECTOR, *(f"/requests/{known.requests[state]}" for state in DECIDED)),
    ],
    "/sessions/{id}/help": _session("/help", FACILITATOR),
    "/i/{link}/money": lambda known: _at(NOBODY, f"{known.claimed}/money"),
    "/i/{link}/money/ask/{kind}": lambda known: _at(
        NOBODY, *(f"{known.claimed}/money/ask/{kind.value}" for kind in ClaimKind)
    ),
    "/desk/{id}/money": lambda known: _at(COORDINATOR, f"/desk/{known.invited}/money"),
    "/desk/{id}/money/ask/{kind}": lambda known: _at(
        COORDINATOR, f"/desk/{known.coming}/money/ask/travel"
    ),
    "/claims": lambda known: _at(COORDINATOR, "/claims", f"/claims?session={known.with_cash}"),
    "/claims/{id}": lambda known: _at(
        COORDINATOR, *(f"/claims/{claim}" for claim in known.claims.values())
    ),
    "/sessions/{id}/cash": lambda known: [
        *_at(COORDINATOR, f"/sessions/{known.with_cash}/cash"),
        *_session("/cash")(known),
    ],
    "/sessions/{id}/ill": _near("/ill"),
    "/kit/{id}": lambda known: _at(COORDINATOR, *(f"/kit/{each}" for each in known.kit.values())),
    "/kit/{id}/edit": lambda known: _at(COORDINATOR, f"/kit/{known.kit['here']}/edit"),
    "/kit/{id}/lend": lambda known: [
        *_at(COORDINATOR, *(f"/kit/{each}/lend" for each in known.kit.values())),
        *_at(COORDINATOR, f"/kit/{known.kit['here']}/lend?q=a"),
    ],
    "/sessions/{id}/room": _near("/room"),
    "/sessions/{id}/attendance": _near("/attendance"),
    "/set-up/servers/new/{kind}": lambda _: _at(
        ADMIN, *(f"/set-up/servers/new/{kind.value}" for kind in ServerKind)
    ),
    "/set-up/servers/{server}": _servers("", *SERVERS),
    "/set-up/servers/{server}/address": _servers("/address", *SERVERS),
    "/set-up/servers/{server}/details": _servers("/details", "meet", "8x8"),
    "/set-up/servers/{server}/houses": _servers("/houses", "meet"),
    "/set-up/servers/{server}/lines": _servers("/lines", "meet", "8x8"),
    "/set-up/servers/{server}/keys": _servers("/keys", "meet", "8x8"),
    "/set-up/servers/{server}/keys/jaas": _servers("/keys/jaas", "8x8"),
    "/set-up/servers/{server}/keys/webhook": _servers("/keys/webhook", "8x8"),
    "/set-up/servers/{server}/numbers": _servers("/numbers", "meet"),
    "/set-up/servers/{server}/try": _servers("/try", "meet", "room-links"),
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
    Visit(NOBODY, "/rota/take/23456789abcd", status=404),
    Visit(FACILITATOR, "/people", status=403),
    Visit(COORDINATOR, "/nowhere", status=404),
)
