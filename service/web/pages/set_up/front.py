"""The page that "Set up" leads to: links, each only for who may follow it."""

from dataclasses import dataclass

from aiohttp import web

from service.actions.permissions import Permission, may
from service.web.answers import page
from service.web.context import ACTOR, IS_DEMO


@dataclass(frozen=True, slots=True)
class Door:
    """One link with a line that says what is behind it."""

    href: str
    word: str
    line: str
    permission: Permission


DOORS = (
    Door(
        "/places",
        "Places",
        "Rooms and open air, and what is known of them.",
        Permission.KEEP_PLACES,
    ),
    Door(
        "/kinds", "Kinds of session", "How long, which ways, how many hosts.", Permission.KEEP_KINDS
    ),
    Door(
        "/set-up/dates",
        "Dates to keep in mind",
        "School breaks and local customs.",
        Permission.KEEP_DATES,
    ),
    Door("/kit", "Kit", "What you own, lend and bring to sessions.", Permission.KEEP_KIT),
    Door("/groups", "Groups", "People you often invite together.", Permission.KEEP_GROUPS),
    Door("/people/import", "Import people", "From a spreadsheet.", Permission.MOVE_PEOPLE),
    Door(
        "/set-up/organisation",
        "Organisation",
        "Name, phone, mail address.",
        Permission.SET_UP,
    ),
    Door(
        "/set-up/times",
        "Times",
        "How soon people hear from us when they ask for something.",
        Permission.SET_UP,
    ),
    Door(
        "/set-up/money",
        "Money people ask for",
        "How much you pay for a mile, for childcare and for care.",
        Permission.SET_UP,
    ),
    Door(
        "/set-up/rooms",
        "Online rooms",
        "Where they are, what they can do, what they cost.",
        Permission.SET_UP,
    ),
    Door(
        "/set-up/servers",
        "Jitsi servers",
        "For every organisation here: what online rooms run on.",
        Permission.KEEP_SERVERS,
    ),
    Door(
        "/set-up/public",
        "Public page",
        "What everybody may see, without signing in.",
        Permission.SET_UP,
    ),
    Door("/set-up/mail", "Mail server", "How letters leave the house.", Permission.SET_UP),
    Door(
        "/set-up/texts",
        "Texts",
        "Privacy, accessibility, how to complain.",
        Permission.SET_UP,
    ),
    Door("/set-up/staff", "Staff", "Who may sign in, and what they do.", Permission.SET_UP),
    Door("/set-up/tokens", "Programs", "Tokens for other software.", Permission.SET_UP),
    Door(
        "/set-up/changes",
        "Changes and looks",
        "Who changed what, who looked, and when.",
        Permission.SET_UP,
    ),
    Door(
        "/set-up/kept",
        "What we keep, and how long",
        "What goes tonight, and what went before.",
        Permission.SEE_KEPT,
    ),
)


async def front(request: web.Request) -> web.Response:
    """Show the links this person may follow."""
    doors = [door for door in DOORS if may(request[ACTOR], door.permission)]
    return await page(
        request,
        "set_up/front.html",
        title="Set up",
        doors=doors,
        has_tray=request.app[IS_DEMO],
    )
