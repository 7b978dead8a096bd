"""Every request that was recorded from a real Prosody, and every sample of JaaS, is put to our handlers.

The clock stands where it stood, the rooms that were asked for are ours, and what we answer is what the
recorded server needs; where the stand-in that was recorded misbehaved, we must not.
"""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from sqlalchemy import func, select

from scheduling.online import ForeignRooms, KeyUse, ServerKind
from service.parts import Parts
from service.rooms.server import PublicKey
from service.storage.room_events import StoredEvent
from service.storage.servers import JitsiServer
from service.web.context import SERVERS
from tests.integration.conftest import Making, TestClock
from tests.integration.prosody import SECRET, make_server
from tests.people import Make
from tests.prosody_answers import Spoiled, Taken, prosody

FIXTURES = Path(__file__).parents[1] / "fixtures" / "jitsi"
FILES = sorted(FIXTURES.glob("*.json"))
#: Made by hand, not recorded: each has a replay of its own.
SAMPLES = {"jaas-events", "jaas-signature"}
#: Nothing reached the service in these, as their own words say.
SILENT = {"around_the_focus", "down.service_down"}
RECORDED = [path.stem for path in FILES if path.stem not in SAMPLES]
OUR_NAME = re.compile(r"[a-z0-9-]+")
MINUTE = timedelta(minutes=1)
KEY = "hub/1"


@dataclass(frozen=True)
class Staging:
    """How our house stands when a recording is played: when its meetings begin, how people come in."""

    begins: timedelta = -10 * MINUTE
    has_lobby: bool = False
    passcode: str = ""
    url: str = "https://meet.test"
    foreign: ForeignRooms = ForeignRooms.REFUSE
    kind: ServerKind = ServerKind.HS256
    status: int = 200


#: What is not as usual. `status` is what we answer to the question about a room of ours.
STAGED: Mapping[str, Staging] = {
    "denied": Staging(begins=60 * MINUTE, status=403),
    "denied_until": Staging(begins=60 * MINUTE, status=403),
    "started_long_ago": Staging(begins=-180 * MINUTE, status=403),
    "starts_tomorrow": Staging(begins=timedelta(days=1), status=403),
    "lobby": Staging(has_lobby=True),
    "lobby_affiliation.lobby_host": Staging(has_lobby=True),
    "lobby_bypass.lobby_host": Staging(has_lobby=True),
    "names": Staging(foreign=ForeignRooms.LET_BE),
    "password": Staging(passcode="432156"),
    "rs256.rs256": Staging(kind=ServerKind.RS256),
    "tenant": Staging(url="https://meet.test/charity"),
}


def scenario(name: str) -> dict[str, Any]:
    """Read a recording."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    return found


def asked_name(request: Mapping[str, Any]) -> str | None:
    """Give the room a recorded question is about, as Prosody named it."""
    names = parse_qs(request["body"]).get("name", [])
    return names[0] if names else None


def bare(name: str) -> str:
    """Take the tenant off."""
    return name.rpartition("]")[2]


def is_question(request: Mapping[str, Any]) -> bool:
    """Tell whether a request asks if a room may open."""
    return bool(request["method"] == "POST" and request["path"] == "/jitsi/conference")


def what_is_told(request: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell one event from the next: a visit by its connection, a run by the second in which it began."""
    told = request["body_parsed"]
    whose = told["occupant"]["occupant_jid"] if "occupant" in told else str(told["created_at"])
    return request["path"], told["room_jid"], whose


def begun_at(requests: Sequence[Mapping[str, Any]]) -> datetime:
    """Give the time at which a recording began, from what its first requests say."""
    for each in requests:
        if is_question(each):
            said = parse_qs(each["body"])["start_time"][0]
            at = datetime.strptime(said, "%Y-%m-%dT%H:%M:%S.%f%z")
            return at - timedelta(seconds=each["after_s"])
        if each["path"].endswith("/created"):
            created = datetime.fromtimestamp(each["body_parsed"]["created_at"], UTC)
            return created - timedelta(seconds=each["after_s"])
    raise AssertionError("nothing in it says when it was")


@dataclass(slots=True)
class Stage:
    """Our service with a house whose rooms are those of a recording."""

    client: TestClient[web.Request, web.Application]
    clock: TestClock
    row: JitsiServer
    staging: Staging
    key: PublicKey
    began: datetime
    ids: dict[str, str] = field(default_factory=dict)

    async def play(self, request: Mapping[str, Any]) -> None:
        """Send a recorded request at its time, byte for byte, and look at the answer."""
        self.clock.at = self.began + timedelta(seconds=request["after_s"])
        for pattern, check in CHECKS.items():
            if re.fullmatch(pattern, f"{request['method']} {request['path']}"):
                await check(self, request)
                return
        raise AssertionError(f"nobody answers {request['method']} {request['path']}")

    async def send(self, request: Mapping[str, Any], path: str) -> ClientResponse:
        """Send the bytes and headers of a recording, with our own secret and address."""
        headers = request["headers"] | {"Authorization": f"Bearer {SECRET}"}
        headers.pop("Host", None)
        return await self.client.request(
            request["method"],
            f"/jitsi/{self.row.slug}/{path}",
            data=request["body"].encode() if request["body"] else None,
            headers=headers,
        )


async def check_question(stage: Stage, request: Mapping[str, Any]) -> None:
    """A room of ours opens until its true end; what Prosody cannot open is refused in words."""
    name = asked_name(request)
    response = await stage.send(request, "conference")
    text = await response.text()

    if name is None:
        assert 400 == response.status
    elif re.search("[A-Z]", name):
        assert 403 == response.status
    elif OUR_NAME.fullmatch(bare(name)) or stage.staging.foreign is ForeignRooms.REFUSE:
        assert stage.staging.status == response.status
    else:
        assert 200 == response.status
    if response.status != 200:
        assert re.match("(This|We) .*[.]", json.loads(text)["message"])
        return
    assert name is not None
    taken = prosody(name, text)
    assert taken.expires_at > stage.clock.at
    assert stage.staging.has_lobby == taken.has_lobby
    assert taken.max_occupants is None or taken.max_occupants >= 12
    assert (stage.staging.passcode or None) == taken.password
    stage.ids[name] = json.loads(text)["id"]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", stage.ids[name])


async def check_booking(stage: Stage, request: Mapping[str, Any]) -> None:
    """A booking can be looked at by the id we gave, and ended any number of times."""
    name = request["path"].rpartition("/bk-")[2]
    ours = stage.ids.get(name, "never-booked")

    for _ in range(2):
        response = await stage.send(request, f"conference/{ours}")
        assert 200 == response.status
        if request["method"] == "GET":
            assert isinstance(prosody(name, await response.text()), Taken)


async def check_event(stage: Stage, request: Mapping[str, Any]) -> None:
    """Whatever is told is taken, also where the recorded service was out of order."""
    response = await stage.send(request, request["path"].removeprefix("/jitsi/"))

    assert 200 <= response.status < 300


async def check_key(stage: Stage, request: Mapping[str, Any]) -> None:
    """The key that signs is given by the hash of its name; one that nobody knows is not."""
    is_known = request["answered"]["status"] == 200
    file = stage.key.file if is_known else request["path"].rpartition("/")[2]
    response = await stage.send(request, f"keys/{file}")

    assert request["answered"]["status"] == response.status
    assert is_known == (stage.key.pem.strip() == (await response.text()).strip())


CHECKS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Awaitable[None]]] = {
    "POST /jitsi/conference": check_question,
    "(GET|DELETE) /jitsi/conference/.+": check_booking,
    "POST /jitsi/events/(room|occupant)/[a-z]+": check_event,
    "GET /jitsi/keys/[0-9a-f]{64}[.]pem": check_key,
}


@asynccontextmanager
async def staged(
    name: str, making: Making, server: TestServer, clock: TestClock
) -> AsyncIterator[Stage]:
    """Make the house of a recording."""
    staging, requests = STAGED.get(name, Staging()), scenario(name)["requests"]
    clock.at = began = begun_at(requests)
    names = {asked_name(each) for each in requests if is_question(each)} - {None}
    told = {each["body_parsed"]["room_name"] for each in requests if "/events/" in each["path"]}
    rooms = {bare(each) for each in (*names, *told) if each is not None}
    async with making() as make:
        make.now = began
        row = await make_server(
            make, kind=staging.kind, url=staging.url, foreign_rooms=staging.foreign
        )
        key = await make_key(make, row)
        house = await make.organisation(server_id=row.id)
        kind = await make.kind(house)
        for room in rooms:
            if OUR_NAME.fullmatch(room):
                await make.meeting(
                    house,
                    kind,
                    hosts=[],
                    starts_in=staging.begins,
                    room_name=room,
                    waits_in_lobby=staging.has_lobby,
                    passcode=staging.passcode,
                )
    await server.app[SERVERS].refresh()
    client = TestClient(server)
    yield Stage(client, clock, row, staging, key, began)
    await client.session.close()


async def make_key(make: Make, row: JitsiServer) -> PublicKey:
    """Give a server of ours a key to sign with, if it is one that asks for keys."""
    if row.kind is not ServerKind.RS256:
        return PublicKey("", "")
    private = generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    values = {"name": KEY, "public_pem": public.decode()}
    await make.server_key(row, KeyUse.SIGNING, secret.decode(), **values)
    return PublicKey(KEY, public.decode())


@pytest.mark.parametrize("name", [each for each in RECORDED if each not in SILENT])
async def test_what_was_recorded_gets_the_answers_a_real_server_needs(
    name: str, making: Making, server: TestServer, clock: TestClock, parts: Parts
) -> None:
    requests = scenario(name)["requests"]
    told = {what_is_told(each) for each in requests if "/events/" in each["path"]}

    async with staged(name, making, server, clock) as stage:
        for request in requests:
            await stage.play(request)
        for request in reversed(requests):
            await stage.play(request)

    async with parts.database.reading() as db:
        assert len(told) == await db.scalar(select(func.count()).select_from(StoredEvent))


@pytest.mark.parametrize("name", sorted(SILENT))
def test_where_nothing_was_asked_there_is_nothing_to_answer(name: str) -> None:
    assert [] == scenario(name)["requests"]


def test_no_recording_is_left_out_and_none_is_made_up() -> None:
    assert {*RECORDED, *SAMPLES} == {path.stem for path in FILES}
    assert set(RECORDED) >= set(STAGED) | SILENT
    assert all(scenario(name)["requests"] for name in RECORDED if name not in SILENT)
    assert {path.suffix for path in FIXTURES.iterdir()} == {".json"}


def test_the_oracle_takes_and_refuses_what_the_recorded_server_did() -> None:
    refused = set()
    for name in RECORDED:
        for each in scenario(name)["requests"]:
            status, room = (each["answered"] or {}).get("status"), asked_name(each)
            if is_question(each) and status in (200, 201) and room is not None:
                try:
                    prosody(room, each["answered"]["body"])
                except Spoiled:
                    refused.add(room)

    assert {"bad-one", "ok-UPPER"} == refused
