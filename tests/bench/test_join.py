"""Pressing "Join now": one look and one token, against a bare handler and one that reads a single row."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from scheduling.answers import Answer
from scheduling.online import ServerKind
from scheduling.ways import Way
from service.parts import Parts
from tests.bench.clients import asked, asking
from tests.bench.measuring import Case, Report, part, side_by_side
from tests.bench.processes import HOST, running
from tests.jitsi_servers import a_server_with_keys
from tests.people import Make

CONNECTIONS = 16
#: Short rounds and many of them: neighbours then disturb all cases alike.
REQUESTS, ROUNDS = 320, 25
OFFERS: dict[Way, int | None] = {Way.ONLINE: 12, Way.PHONE: 4}
BARE, SELECT = "a bare handler", "a handler that reads one row by its key"
SIGNED = "join press, HS256, and one signature beside it"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.bench
async def test_pressing_join(parts: Parts, database_kind: str, report: Report) -> None:
    """Press with each kind of token; what RS256 costs is held against HS256 and one signature more.

    That is one ratio of two wholes. The difference of two, divided by the difference of two others, as it was
    measured before, swung by a third with whatever else the machine did.
    """
    paths = {kind: await somebody_to_join(parts, kind) for kind in TOKENS}
    url = parts.database.url.render_as_string(hide_password=False)
    async with running("tests.bench.serving", url, str(parts.settings.home)) as port:
        for kind, (path, body) in paths.items():
            assert await leads_to_a_room(port, path, body), kind
        by_hs256, body = paths[ServerKind.HS256]
        cases = {
            f"join press, {TOKENS[kind]}": pressing(port, post(path, body))
            for kind, (path, body) in paths.items()
        }
        cases |= {
            SELECT: pressing(port, ask("/bench/selects/1")),
            BARE: pressing(port, ask("/bench/bare/1")),
            SIGNED: pressing(port, post(f"/bench/signing{by_hs256}", body)),
        }

        costs = await side_by_side(cases, rounds=ROUNDS)

    for name in TOKENS.values():
        report.compare(f"join press, {name}", database_kind, costs, baselines=[SELECT, BARE])
    report.compare("join press, RS256", database_kind, costs, baselines=[SIGNED])
    for baseline in (SELECT, BARE):
        reached = part(costs, baseline, "join press, HS256")
        report.note(
            f"join press, HS256: of the rate of {baseline}", database_kind, f"{reached:.2f}"
        )


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
    found = re.search(rb"\r\nLocation: (\S+)", await asked(port, post(path, body)))
    return found is not None and urlsplit(found[1].decode()).hostname == "meet.example.org"


def pressing(port: int, request: bytes) -> Case:
    """Make the case of sending one request again and again."""
    return asking(port, lambda: request, times=REQUESTS, connections=CONNECTIONS)
