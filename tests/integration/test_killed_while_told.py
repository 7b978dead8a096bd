"""The web process is killed in the middle of events; what it said yes to is there (kin of experiment E2).

And callers that stop in the middle, or never read, hold nobody up (kin of experiment E5).
"""

import asyncio
import random
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from itertools import count
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from aiohttp.test_utils import BaseTestServer, TestServer
from sqlalchemy import select

from scheduling.online import ServerKind
from service.clock import Clock
from service.parts import Parts
from service.storage.room_events import StoredEvent
from service.web.jitsi.events import SIGNATURE
from tests.bench.processes import HOST
from tests.integration.conftest import Making
from tests.integration.events_scene import (
    APP,
    INBOUND,
    Told,
    a_server,
    bearer,
    jaas_events,
    signature,
    stored,
    written,
)

CLIENTS = 8
KILLS, MANY_KILLS = 2, 40
#: So many answers at most before the process is killed.
ANSWERS = 120

Event = tuple[str, bytes, dict[str, str]]


@pytest.fixture
async def jaas(making: Making, server: TestServer) -> AsyncIterator[Told]:
    """Give a JaaS server; it tells all three dialects here, which no real one does."""
    told = await a_server(making, server, ServerKind.JAAS, app_id=APP, url="https://8x8.vc")
    yield told
    await told.client.session.close()


def maker(told: Told) -> Callable[[], tuple[str, Event]]:
    """Give what makes events of all dialects by turns, each with an occupant that is its own."""
    joined, numbers, clock = jaas_events()[3], count(1), Clock()

    def made() -> tuple[str, Event]:
        number = next(numbers)
        who = f"occupant-{number}"
        match number % 3:
            case 0:
                data = joined["data"] | {"participantJid": who}
                body = written(joined | {"idempotencyKey": who, "data": data})
                return who, (f"/jaas/{told.slug}", body, {SIGNATURE: signature(body, clock.now())})
            case 1:
                occupant: object = {"occupant_jid": who, "joined_at": 1795155155}
                event: dict[str, object] = {
                    "room_name": "tea",
                    "room_jid": "tea@muc",
                    "occupant": occupant,
                }
                path = f"/jitsi/{told.slug}/events/occupant/joined"
            case _:
                event = {"event": "left", "room": "tea", "at": 1795155155, "occupant": who}
                path = f"/jitsi/{told.slug}/events"
        return who, (path, written(event), bearer(INBOUND))

    return made


@asynccontextmanager
async def serving(
    parts: Parts, manner: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run the service in a process of its own; kill it at the end if nobody did."""
    url = parts.database.url.render_as_string(hide_password=False)
    arguments = ("tests.integration.web_process", url, str(parts.settings.home), manner)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            yield process, int(await process.stdout.readline())
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def told_until_killed(parts: Parts, made: Callable[[], Any], manner: str) -> set[str]:
    """Tell events from several clients until the process is killed; give whom it said yes to."""
    said_yes: set[str] = set()
    enough = random.randint(ANSWERS // 3, ANSWERS)
    async with serving(parts, manner) as (process, port):

        async def one_client(session: ClientSession) -> None:
            with suppress(ClientError, ConnectionError):
                while process.returncode is None:
                    who, (path, body, headers) = made()
                    async with session.post(
                        f"http://{HOST}:{port}{path}", data=body, headers=headers
                    ) as response:
                        if response.status == 200:
                            said_yes.add(who)
                    if len(said_yes) >= enough and process.returncode is None:
                        process.kill()

        async with (
            ClientSession(timeout=ClientTimeout(30)) as session,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(CLIENTS):
                group.create_task(one_client(session))
    return said_yes


async def lost_by(parts: Parts, told: Told, manner: str, kills: int) -> set[str]:
    """Kill the process so often in the middle of events, and give what it said yes to and lost."""
    made, said_yes = maker(told), set[str]()
    for _ in range(kills):
        said_yes |= await told_until_killed(parts, made, manner)
    assert len(said_yes) >= kills * ANSWERS // 3
    found = await stored(parts)
    assert len(found) == len({event.occupant for event in found})
    return said_yes - {event.occupant for event in found}


async def test_no_event_that_was_answered_is_lost_by_a_kill(parts: Parts, jaas: Told) -> None:
    assert set() == await lost_by(parts, jaas, "careful", KILLS)
    if parts.database.is_sqlite:
        with closing(sqlite3.connect(parts.database.url.database or "")) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()


@pytest.mark.soak
async def test_no_event_that_was_answered_is_lost_by_many_kills(parts: Parts, jaas: Told) -> None:
    assert set() == await lost_by(parts, jaas, "careful", MANY_KILLS)


async def test_answering_before_storing_would_have_lost_some(parts: Parts, jaas: Told) -> None:
    """The control: the same kills find out who answers before anything is durable."""
    assert await lost_by(parts, jaas, "careless", 1)


@pytest.mark.parametrize("stuck", ["in its body", "never reading"])
async def test_a_caller_that_hangs_holds_nobody_up(
    stuck: str, jaas: Told, server: TestServer, parts: Parts
) -> None:
    path, body, headers = maker(jaas)()[1]
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    whole = head.encode() + body
    sent = whole[:-5] if stuck == "in its body" else whole * 20
    async with hanging(server, sent, 20), asyncio.timeout(15):
        statuses = {(await jaas.own(own_event(number))).status for number in range(20)}

    assert {200} == statuses
    async with parts.database.reading() as db:
        assert len((await db.scalars(select(StoredEvent.key))).all()) >= 20


async def test_a_handler_that_reads_while_others_wait_would_have_been_found_out() -> None:
    """The control: whoever reads a body while it holds what the others need holds them up."""
    turn = asyncio.Lock()

    async def careless(request: web.Request) -> web.Response:
        async with turn:
            await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post("/", careless)
    async with TestServer(app) as server, ClientSession() as session:
        half = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"
        async with hanging(server, half, 1):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await session.post(server.make_url("/"), data=b"whole")


def own_event(number: int) -> dict[str, object]:
    """Make an event of our own dialect."""
    return {"event": "joined", "room": "tea", "at": 1795155155, "occupant": f"honest-{number}"}


@asynccontextmanager
async def hanging(server: BaseTestServer, sent: bytes, callers: int) -> AsyncIterator[None]:
    """Let so many callers send this, and do nothing more while the block runs."""
    opened = [await asyncio.open_connection(server.host, server.port) for _ in range(callers)]
    for _, writer in opened:
        writer.write(sent)
    await asyncio.sleep(0)
    try:
        yield
    finally:
        for _, writer in opened:
            writer.transport.abort()
