"""Names of rooms and tenants that are made to lead astray (E22): into a path, a log, or another room."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs
from yarl import URL

from scheduling.online import ForeignRooms
from tests.integration.conftest import Making
from tests.integration.prosody import Answer, Prosody, make_server, prosody_at

OURS = "circle-4f1c"
WICKED = (
    *("../admin", "..", ".", "a/../b", "a/b", "/etc/passwd", "a%2fb", "%2e%2e%2f", "a\\b", "a?b=c"),
    *(
        "a#b",
        "a;b",
        "a&name=b",
        "a=b",
        "//evil.example",
        "https://evil.example",
        "user@evil.example",
    ),
    *("a\0b", "a\r\nX-Evil: 1", "a\tb", "\u202egnp.exe", "a\u2028b", "a\x7fb", "\ufeffa", "\ud7ff"),
    *("'; DROP TABLE meetings;--", "{0}", "%s", "${jndi:ldap://evil.example}", "<script>alert(1)"),
    *(
        "[",
        "]",
        "[]",
        "[[a]]b",
        "[a]",
        "[a][b]c",
        "[..]a",
        "[a/b]c",
        "[\0]a",
        "a" * 10_000,
        "b" * 20_000,
    ),
    *("é" * 512, "[" + "t" * 10_000 + "]a", f"[evil]{OURS}", f"[]{OURS}", f"{OURS}/", f" {OURS}"),
    *(f"{OURS}\0", OURS.upper(), "circle\u20104f1c", f"{OURS}%00", f"{OURS}.", f"[{OURS}]{OURS}"),
)
SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")


@dataclass(slots=True)
class Scene:
    """Two servers, one of which lets rooms of others be, and a meeting that is under way on both."""

    strict: Prosody
    lenient: Prosody


@pytest.fixture
async def scene(making: Making, server: TestServer) -> AsyncIterator[Scene]:
    """Make both servers, and a room of ours on each of them."""
    async with making() as make:
        rows = [await make_server(make, foreign_rooms=foreign) for foreign in ForeignRooms]
        for number, row in enumerate(rows):
            house = await make.organisation(f"House {number}", server_id=row.id)
            await make.meeting(
                house,
                await make.kind(house),
                hosts=[],
                starts_in=timedelta(0),
                room_name=OURS if number else f"{OURS}-0",
            )
    strict, lenient = (prosody_at(server, row) for row in rows)
    yield Scene(strict, lenient)
    await strict.client.session.close()
    await lenient.client.session.close()


def flaws(name: str, answer: Answer) -> list[str]:
    """Say what is wrong with an answer to a wicked name; an honest one has no flaw."""
    facts: dict[str, Any] = answer.facts
    if answer.status not in (200, 201):
        return ["echo"] if name in json.dumps(facts, ensure_ascii=False) and len(name) > 3 else []
    found = []
    if not SAFE_ID.fullmatch(str(facts.get("id"))):
        found.append("id")
    if facts.get("id") == OURS or facts.get("name") == OURS:
        found.append("ours")
    if facts.get("name") != name or re.search(r"[A-Z]", name):
        found.append("name")
    if not name.isprintable() or len(name.encode()) > 1023:
        found.append("no name in XMPP")
    return found


async def test_the_honest_name_opens_its_room(scene: Scene) -> None:
    answer = await scene.lenient.asks(OURS)

    assert (200, OURS) == (answer.status, answer.facts["id"])


async def test_no_wicked_name_opens_anything_where_others_are_refused(scene: Scene) -> None:
    for name in WICKED:
        answer = await scene.strict.posts(b"name=" + quote_plus(name).encode())
        assert answer.status in (400, 403, 413), name
        assert [] == flaws(name, answer), name


async def test_where_others_are_let_be_a_wicked_name_gets_a_room_of_its_own_or_none(
    scene: Scene,
) -> None:
    statuses = set()
    for name in WICKED:
        answer = await scene.lenient.posts(b"name=" + quote_plus(name).encode())
        assert [] == flaws(name, answer), name
        assert answer.status in (200, 400, 403, 413), name
        statuses.add(answer.status)

    assert {200, 400, 403, 413} == statuses


async def test_control_a_careless_answer_is_found_out() -> None:
    """Answer as simple services do, with the name in the id: the check must see it."""

    def careless(name: str) -> Answer:
        return Answer(
            200,
            {"id": f"bk-{name}", "name": name.rsplit("]", maxsplit=1)[-1].strip(" []\0/").lower()},
        )

    found = {name for name in WICKED if flaws(name, careless(name))}

    assert set(WICKED) == found


async def test_wicked_ids_and_servers_in_an_address_are_harmless(scene: Scene) -> None:
    known = scene.strict.slug
    for name in (each for each in WICKED if len(each) < 1000):
        # Dots as well: what a browser or a library would resolve by itself is not what is tried here.
        path = quote(name, safe="").replace(".", "%2e")
        for method, address in (
            ("GET", f"/jitsi/{known}/conference/{path}"),
            ("DELETE", f"/jitsi/{known}/conference/{path}"),
            ("POST", f"/jitsi/{path}/conference"),
            ("GET", f"/jitsi/{path}/conference/{path}"),
        ):
            response = await scene.strict.client.request(
                method,
                URL(address, encoded=True),
                headers={"Authorization": f"Bearer {scene.strict.secret}"},
                allow_redirects=False,
            )
            assert response.status in ({200, 404, 405} if method == "DELETE" else {404, 405}), name
            assert "Location" not in response.headers, name


async def test_nothing_wicked_is_written_into_logs(scene: Scene) -> None:
    with capture_logs() as logs:
        for name in WICKED:
            await scene.lenient.posts(b"name=" + quote_plus(name).encode())

    written = {value for line in logs for value in map(str, line.values())}
    assert len(WICKED) == len(logs)
    assert {"request", "info", "POST", "jitsi-conference"} <= written
    assert not {value for value in written for name in WICKED if name in value and len(name) > 3}
