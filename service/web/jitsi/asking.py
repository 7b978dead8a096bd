"""Who asks at the addresses for Jitsi servers, what they send, and how they are answered: in JSON.

The handlers have no transaction and find out by themselves who asks. Nothing of what was asked is ever
written into a log: a room's name lets people in.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Final

from aiohttp import web

from scheduling.online import Ability
from service.errors import NotFound
from service.rooms.server import Secret, Server
from service.web.context import CLOCK, SERVERS
from service.web.entry import NotSignedIn

#: The part of a path that names the server.
SERVER: Final = "server"
#: Where machines ask; whatever goes wrong there is said in JSON as well.
MACHINES: Final = ("/jitsi/", "/jaas/", "/phone/")
#: What a server tells; all else it asks.
EVENTS_PATH: Final = "/events"


async def server_of(request: web.Request) -> Server:
    """Give the server the address names; raises NotFound, or Busy if it cannot be looked for.

    One that nobody has heard of is looked for in the database, a few times a second at most.
    """
    server = await request.app[SERVERS].called(request.match_info[SERVER])
    if server is None:
        raise NotFound
    return server


def check_bearer(request: web.Request, server: Server) -> None:
    """Let in who knows a secret of the server: `Authorization: Bearer X`, or X alone. Raises NotSignedIn."""
    now = request.app[CLOCK].now()
    good = [each for each in server.inbound if each.is_good(now)]
    if not is_one_of(bearer_of(request), good):
        raise NotSignedIn
    what = Ability.EVENTS if EVENTS_PATH in request.path else Ability.RESERVATIONS
    request.app[SERVERS].heard(server.id, what, now)


def bearer_of(request: web.Request) -> str:
    """Give the secret a request comes with: what stands behind "Bearer", or the bare value."""
    given = request.headers.get("Authorization", "")
    scheme, _, rest = given.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else given.strip()


def is_one_of(given: str, secrets: Iterable[Secret]) -> bool:
    """Compare with every secret, in a time that tells nothing of them; the empty text is never one."""
    value = given.encode(errors="surrogateescape")
    found = [hmac.compare_digest(value, each.value) for each in secrets]
    return bool(value) and any(found)


def answer(facts: Mapping[str, object], *, status: int = 200) -> web.Response:
    """Answer with these facts as JSON, in plain ASCII."""
    return web.Response(
        text=json.dumps(facts, separators=(",", ":")),
        status=status,
        content_type="application/json",
    )


def refusal(status: int, message: str) -> web.Response:
    """Answer that it will not be; Jitsi shows the message to the person who wanted in."""
    response = answer({"message": message}, status=status)
    if status == web.HTTPUnauthorized.status_code:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
