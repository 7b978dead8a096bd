"""A Prosody as our service hears it: asks before a room opens, and tells when one has ended."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from scheduling.online import Ability, KeyUse, ServerKind
from service.storage.servers import JitsiServer
from tests.people import Make

SECRET = "what-prosody-knows"


@dataclass(slots=True)
class Answer:
    """What came back: the status, the JSON, and the message a person would read."""

    status: int
    facts: dict[str, Any]

    @property
    def message(self) -> str:
        """Give the text that Jitsi shows."""
        return str(self.facts.get("message", ""))


@dataclass(slots=True)
class Prosody:
    """One server of the installation, with the secret it was given."""

    client: TestClient[web.Request, web.Application]
    slug: str
    secret: str = SECRET

    async def asks(self, room: str) -> Answer:
        """Ask whether a room may open, as `mod_reservations` does."""
        fields = {
            "start_time": "2027-01-12T09:00:00.000Z",
            "name": room,
            "mail_owner": "0c1b@meet.test",
        }
        return await self.posts(urlencode(fields).encode())

    async def posts(self, body: bytes) -> Answer:
        """Send a form as it is."""
        return await self.sends("POST", "conference", body)

    async def sends(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Send anything under this server's address."""
        headers = {
            "Authorization": f"Bearer {self.secret}",
            "User-Agent": "Prosody (0.12.3; posix)",
        }
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        response = await self.client.request(
            method, f"/jitsi/{self.slug}/{path}", data=body or None, headers=headers
        )
        return await answer_of(response)


async def answer_of(response: ClientResponse) -> Answer:
    """Read an answer, which is JSON whatever happened."""
    assert "application/json" == response.content_type, response.status
    return Answer(response.status, await response.json())


async def make_server(make: Make, **given: Any) -> JitsiServer:
    """Make a server with tokens that asks us with SECRET, and can do everything."""
    values = {"kind": ServerKind.HS256, "abilities": list(Ability)}
    server = await make.server(**values | given)
    await make.server_key(server, KeyUse.INBOUND, SECRET)
    return server


def prosody_at(server: TestServer, row: JitsiServer, secret: str = SECRET) -> Prosody:
    """Give the Prosody of a server; whoever asks closes its client."""
    return Prosody(TestClient(server), row.slug, secret)
