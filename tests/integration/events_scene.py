"""Jitsi servers as they speak to us, for tests: what they send, signed or with their secret."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from scheduling.online import Ability, KeyUse, ServerKind
from scheduling.room_events import RoomEvent
from service.parts import Parts
from service.storage.room_events import StoredEvent, event_of
from service.web.context import SERVERS
from service.web.jitsi.events import SIGNATURE
from tests.integration.conftest import Making

FIXTURES = Path(__file__).parents[1] / "fixtures" / "jitsi"
APP = "vpaas-magic-cookie-00000000000000000000000000000abc"
INBOUND = "a-secret-that-prosody-knows"
WEBHOOK = "whsec_000102030405060708090a0b0c0d0e0f"
EVERYTHING = [each.value for each in Ability]

Client = TestClient[web.Request, web.Application]


@dataclass(frozen=True, slots=True)
class Told:
    """A server that tells us things, and what it tells them with."""

    id: UUID
    slug: str
    client: Client

    async def prosody(self, path: str, body: object, secret: str = INBOUND) -> ClientResponse:
        """Tell an event as event_sync does: `path` is "room/created"."""
        return await self.post(f"/jitsi/{self.slug}/events/{path}", written(body), bearer(secret))

    async def own(self, body: object, secret: str = INBOUND) -> ClientResponse:
        """Tell events in our own dialect."""
        return await self.post(f"/jitsi/{self.slug}/events", written(body), bearer(secret))

    async def jaas(
        self, body: object, at: datetime, secret: str = WEBHOOK, path: str = ""
    ) -> ClientResponse:
        """Tell an event as JaaS does, signed."""
        raw = written(body)
        headers = {SIGNATURE: signature(raw, at, secret)}
        return await self.post(f"/jaas/{self.slug}{path}", raw, headers)

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> ClientResponse:
        """Send bytes."""
        headers = {"Content-Type": "application/json", **headers}
        return await self.client.post(path, data=BytesIO(body), headers=headers)


async def a_server(
    making: Making, server: TestServer, kind: ServerKind = ServerKind.HS256, **given: Any
) -> Told:
    """Make a server with secrets for what it tells us."""
    async with making() as make:
        row = await make.server(kind=kind, **{"abilities": EVERYTHING} | given)
        await make.server_key(row, KeyUse.INBOUND, INBOUND)
        await make.server_key(row, KeyUse.WEBHOOK, WEBHOOK)
    app: web.Application = server.app
    await app[SERVERS].refresh()
    return Told(row.id, row.slug, TestClient(server))


def bearer(secret: str) -> dict[str, str]:
    """Give the header that Prosody is set up with."""
    return {"Authorization": f"Bearer {secret}"}


def signature(body: bytes, at: datetime, secret: str = WEBHOOK) -> str:
    """Sign a body as 8x8 does."""
    seconds = int(at.timestamp())
    made = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).digest()
    return f"t={seconds},v1={base64.b64encode(made).decode()}"


def written(body: object) -> bytes:
    """Write a body as JSON, unless it is bytes already."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def jaas_events() -> list[dict[str, Any]]:
    """Give one sample of each type of JaaS webhook."""
    found: list[dict[str, Any]] = json.loads((FIXTURES / "jaas-events.json").read_text("utf-8"))[
        "events"
    ]
    return found


def recorded(scenario: str) -> list[tuple[str, bytes]]:
    """Give what a real Prosody told in a scenario, in its order: the end of the path and the body."""
    found = json.loads((FIXTURES / f"{scenario}.json").read_text("utf-8"))["requests"]
    return [
        (each["path"].partition("/events/")[2], each["body"].encode())
        for each in found
        if "/events/" in each["path"]
    ]


def scenarios() -> Sequence[str]:
    """Name every recorded scenario in which something was told."""
    paths = sorted(FIXTURES.glob("*.json"))
    names = [path.stem for path in paths if not path.stem.startswith("jaas-")]
    return [name for name in names if recorded(name)]


async def stored(parts: Parts) -> list[RoomEvent]:
    """Give everything that is stored, as the events it was, by key."""
    async with parts.database.reading() as db:
        rows = (await db.scalars(select(StoredEvent).order_by(StoredEvent.key))).all()
    return [event_of(row) for row in rows]


async def count_stored(parts: Parts) -> int:
    """Count what is stored."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(func.count()).select_from(StoredEvent))).one()
