"""Pressing "Join now": one look and one token, against a bare handler and one that reads a single row."""

import asyncio
import re
import time
from datetime import timedelta
from statistics import median
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from scheduling.answers import Answer
from scheduling.online import ServerKind
from scheduling.ways import Way
from service.parts import Parts
from tests.bench.measuring import Case, Cost, Report, side_by_side
from tests.bench.processes import HOST, running
from tests.bench.test_page import get
from tests.jitsi_servers import a_server_with_keys
from tests.people import Make

CONNECTIONS = 16
REQUESTS = 800
OFFERS: dict[Way, int | None] = {Way.ONLINE: 12, Way.PHONE: 4}
BARE, SELECT = "a bare handler", "a handler that reads one row by its key"
SIGNATURE = "a handler that signs once"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.bench
async def test_pressing_join(parts: Parts, database_kind: str, report: Report) -> None:
    paths = {kind: await somebody_to_join(parts, kind) for kind in TOKENS}
    url = parts.database.url.render_as_string(hide_password=False)
    async with running("tests.bench.serving", url, str(parts.settings.home)) as port:
        for kind, (path, body) in paths.items():
            assert await leads_to_a_room(port, path, body), kind
        cases = {
            f"join press, {TOKENS[kind]}": asking(port, post(path, body))
            for kind, (path, body) in paths.items()
        }
        cases |= {
            SELECT: asking(port, ask("/bench/selects/1")),
            BARE: asking(port, ask("/bench/bare/1")),
            SIGNATURE: asking(port, ask("/bench/signing")),
        }

        costs = await side_by_side(cases)

    for name in TOKENS.values():
        report.compare(f"join press, {name}", database_kind, costs, baselines=[SELECT, BARE])
    for baseline in (SELECT, BARE):
        pairs = zip(costs[baseline], costs["join press, HS256"], strict=True)
        reached = median(base.cpu / ours.cpu for base, ours in pairs)
        report.note(
            f"join press, HS256: of the rate of {baseline}", database_kind, f"{reached:.2f}"
        )
    names = ("join press, RS256", "join press, HS256", SIGNATURE, BARE)
    rounds = zip(*(costs[name] for name in names), strict=True)
    extra = median((rs.cpu - hs.cpu) / (one.cpu - none.cpu) for rs, hs, one, none in rounds)
    report.note("join press, RS256: signatures on top of HS256", database_kind, f"{extra:.2f}")


TOKENS = {ServerKind.PLAIN: "no token", ServerKind.HS256: "HS256", ServerKind.RS256: "RS256"}


async def somebody_to_join(parts: Parts, kind: ServerKind) -> tuple[str, str]:
    """Make a session that begins soon, and give where one of its guests presses, and what is sent."""
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        private = PRIVATE if kind is ServerKind.RS256 else None
        server = await a_server_with_keys(make, kind, private=private)
        house = await make.organisation(f"House {kind}", server_id=server.id)
        hosts = [await make.person(house, name) for name in ("Ada", "Ben")]
        meeting = await make.meeting(
            house,
            await make.kind(house),
            hosts=hosts,
            offers=OFFERS,
            starts_in=timedelta(minutes=10),
        )
        guests = [await make.person(house, f"Guest {number}") for number in range(12)]
        given = {"answer": Answer.YES, "way": Way.ONLINE}
        invited = [await make.invitation(meeting, guest, **given) for guest in guests]
        token = parts.keys.form_token(f"guest|{invited[0].link_hash}")
        return f"{make.link(invited[0])}/join", f"csrf={token}&how="


def ask(path: str) -> bytes:
    """Write a question."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


def post(path: str, body: str) -> bytes:
    """Write a press as a browser sends it."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def leads_to_a_room(port: int, path: str, body: str) -> bool:
    """Press once, and tell whether it leads to a room."""
    found = re.search(rb"\r\nLocation: (\S+)\r\n", await send(port, post(path, body), times=1))
    return found is not None and urlsplit(found[1].decode()).hostname == "meet.example.org"


async def send(port: int, request: bytes, *, times: int) -> bytes:
    """Send a request so many times over one connection, as browsers do; gives the last answer's head."""
    reader, writer = await asyncio.open_connection(HOST, port)
    head = b""
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
    writer.close()
    await writer.wait_closed()
    return head


def asking(port: int, request: bytes) -> Case:
    """Make the case of sending a request many times over several connections."""

    async def case() -> Cost:
        cpu, began = float(await get(port, "/bench/cpu")), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(send(port, request, times=REQUESTS // CONNECTIONS))
        elapsed = time.perf_counter() - began
        used = float(await get(port, "/bench/cpu")) - cpu
        return Cost(used / REQUESTS, elapsed / REQUESTS)

    return case
