"""The participant page, with all middlewares, against what no page could do without."""

import asyncio
import gzip
import re
import time

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event
from sqlalchemy.engine import Engine

from scheduling.answers import Answer
from scheduling.ways import Way
from service.app import make_app
from service.parts import Parts
from tests.bench.measuring import Case, Cost, Report, side_by_side
from tests.bench.processes import HOST, running
from tests.people import Make

CONNECTIONS = 8
REQUESTS = 240
NOT_QUERIES = ("BEGIN", "SET ")
OFFERS: dict[Way, int | None] = {Way.ROOM: 12, Way.ONLINE: 12, Way.PHONE: 4}


@pytest.mark.bench
async def test_participant_page(parts: Parts, database_kind: str, report: Report) -> None:
    path = await an_invitation(parts)
    queries = await queries_of(parts, path)
    url = parts.database.url.render_as_string(hide_password=False)
    async with running("tests.bench.serving", url, str(parts.settings.home)) as port:
        body = await get(port, path)
        rendering, selects = "its template alone", f"{queries} selects by the plain driver"
        cases = {
            "participant page": asking(port, path),
            "a bare handler": asking(port, f"/bench/bare/{len(body)}"),
            rendering: asking(port, "/bench/rendering"),
            selects: asking(port, f"/bench/selects/{queries}"),
        }

        costs = await side_by_side(cases)

    baselines = ["a bare handler", rendering, selects]
    report.compare("participant page", database_kind, costs, baselines=baselines)
    report.note("participant page: queries", database_kind, str(queries))
    report.note("participant page: bytes", database_kind, str(len(body)))
    zipped = len(gzip.compress(body))
    report.note("participant page: bytes gzipped, without CSS", database_kind, str(zipped))


async def an_invitation(parts: Parts) -> str:
    """Make a session with twelve guests and give the path to the page of one of them, who said yes."""
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        house = await make.organisation()
        hosts = [await make.person(house, name) for name in ("Ada", "Ben")]
        place = await make.place(house)
        kind = await make.kind(house)
        meeting = await make.meeting(house, kind, hosts=hosts, offers=OFFERS, place_id=place.id)
        guests = [await make.person(house, f"Guest {number}") for number in range(12)]
        given = {"answer": Answer.YES, "way": Way.ONLINE}
        invited = [await make.invitation(meeting, guest, **given) for guest in guests]
        return make.link(invited[0])


async def queries_of(parts: Parts, path: str) -> int:
    """Count the queries of one request."""
    statements: list[str] = []

    def heard(*told: object) -> None:
        statements.append(str(told[2]))

    async with TestClient(TestServer(make_app(parts))) as client:
        event.listen(Engine, "before_cursor_execute", heard)
        response = await client.get(path)
        event.remove(Engine, "before_cursor_execute", heard)
    assert response.status == 200
    return sum(not statement.startswith(NOT_QUERIES) for statement in statements)


def asking(port: int, path: str) -> Case:
    """Make the case of asking for a path many times over several connections."""

    async def case() -> Cost:
        cpu, began = float(await get(port, "/bench/cpu")), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(get(port, path, times=REQUESTS // CONNECTIONS))
        elapsed = time.perf_counter() - began
        used = float(await get(port, "/bench/cpu")) - cpu
        return Cost(used / REQUESTS, elapsed / REQUESTS)

    return case


async def get(port: int, path: str, *, times: int = 1) -> bytes:
    """Ask for a path so many times over one connection, and give the last body."""
    reader, writer = await asyncio.open_connection(HOST, port)
    body = b""
    for _ in range(times):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert head.startswith(b"HTTP/1.1 200") and length, head
        body = await reader.readexactly(int(length[1]))
    writer.close()
    await writer.wait_closed()
    return body
