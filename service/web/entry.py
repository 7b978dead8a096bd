"""What a route is, and who may pass it: a route without a guard cannot be written."""

from dataclasses import dataclass
from enum import StrEnum

from aiohttp.typedefs import Handler

from service.actions.permissions import Permission
from service.errors import NotAllowed

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Entry(StrEnum):
    """How one comes in."""

    EVERYONE = "everyone"
    GUEST = "guest"
    STAFF = "staff"
    PROGRAM = "program"
    STOPPING = "stopping"
    DEMONSTRATION = "demonstration"
    COLLEAGUE = "colleague"
    FEED = "feed"
    MACHINE = "machine"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may pass: by which entry, and with which permission or scope."""

    entry: Entry
    permission: Permission | None = None
    scope: str | None = None


EVERYONE = Guard(Entry.EVERYONE)
GUEST = Guard(Entry.GUEST, Permission.OWN_INVITATION)
#: By the link of a reminder, which stops reminders and opens nothing.
STOPPING = Guard(Entry.STOPPING, Permission.OWN_INVITATION)
ANY_STAFF = Guard(Entry.STAFF)
#: By the link in a mail that asks a colleague to take a part; it opens nothing else.
COLLEAGUE = Guard(Entry.COLLEAGUE, Permission.TAKE_PART)
DEMONSTRATION = Guard(Entry.DEMONSTRATION)
#: For calendar programs: the handler finds the feed by its address alone, and needs no transaction.
FEED = Guard(Entry.FEED)
#: For Jitsi servers and voice menus: the handler checks who asks, and keeps what it is told by itself.
MACHINE = Guard(Entry.MACHINE)

#: For "Join now": the handler finds the guest by their link in one look, and checks the form by itself.
JOIN = Guard(Entry.JOIN, Permission.OWN_INVITATION)


def staff(permission: Permission) -> Guard:
    """Guard for staff who may do this."""
    return Guard(Entry.STAFF, permission)


def program(scope: str) -> Guard:
    """Guard for programs whose token has the scope."""
    return Guard(Entry.PROGRAM, scope=scope)


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its guard stands beside it. `takes_file` allows a file to be uploaded (multipart).

    `largest` is the longest body it takes, where that is longer than the usual one.

    `waits` is for what asks somebody outside: the handler then has no transaction, and no `DB`.
    """

    method: str
    path: str
    handler: Handler
    guard: Guard
    name: str
    takes_file: bool = False
    largest: int = 0
    waits: bool = False

    @property
    def changes(self) -> bool:
        """Tell whether requests by this route may change anything."""
        return self.method not in SAFE_METHODS


#: Who sends no form of ours: programs, and mail services that press "unsubscribe" for somebody (RFC
#: 8058). Neither comes with a cookie, so no other site can make a browser do it in somebody's name.
WITHOUT_FORMS = frozenset({Entry.PROGRAM, Entry.STOPPING})


#: Whose handlers find out who asks without a transaction.
BY_THEMSELVES = frozenset({Entry.FEED, Entry.MACHINE, Entry.JOIN})


class NotSignedIn(NotAllowed):
    """Nobody is signed in on this browser."""

    code = "not-signed-in"
