"""Tokens stand in the address a press leads to, and nowhere else: no page, letter, feed, row or log line."""

import re
from pathlib import Path

from sqlalchemy import select
from structlog.testing import capture_logs

from scheduling.online import ServerKind
from service.actor import Role
from service.storage.organisations import Organisation
from service.web.context import SERVERS
from tests.integration.attacks.ground import Ground
from tests.integration.conftest import Making
from tests.integration.joining_scene import WayIn, press_join
from tests.jitsi_servers import SECRET, a_server_with_keys
from tests.visits import NOBODY

#: How every token of this kind begins, as text and in the middle of anything ("{"alg":).
TOKEN = re.compile(r"eyJhbGciOi|eyJ0eXAiOi|[?&]jwt=")


async def test_a_token_stands_nowhere_but_where_it_leads(ground: Ground, making: Making) -> None:
    async with making() as make:
        server = await a_server_with_keys(make, ServerKind.HS256)
        for house in await make.db.scalars(select(Organisation)):
            house.server_id = server.id
    app = ground.browsers[NOBODY].client.app
    assert app is not None
    await app[SERVERS].refresh()
    seen: dict[str, str] = {}

    with capture_logs() as logs:
        tokens = await presses(ground)
        for _, visit in ground.looks():
            browser = ground.browsers[visit.who]
            response = await browser.get(visit.path)
            seen[visit.path] = f"{browser.page} {dict(response.headers)}"
    seen |= {table: "\n".join(rows) for table, rows in (await ground.rows()).items()}
    seen |= {str(path): path.read_text("utf-8", "replace") for path in letters(ground)}
    seen["log"] = repr(logs)

    assert all(tokens)
    assert logs
    assert [] == [where for where, text in seen.items() if TOKEN.search(text) or SECRET in text]
    assert [] == [where for where, text in seen.items() if any(each in text for each in tokens)]


async def presses(ground: Ground) -> list[str]:
    """Press every button that leads to a room; gives the tokens."""
    guest, host = ground.browsers[NOBODY], ground.browsers[Role.COORDINATOR.value]
    link = ground.known.guests["soon yes online"]
    joined = await press_join(guest, link, how="silent")
    practised = await guest.post(f"{link}/practice", on=f"{link}/practice")
    opened = await host.post(f"/sessions/{ground.known.meetings['soon']}/room/open", on="/sessions")
    ways = [joined, *(WayIn(each.status, each.headers["Location"]) for each in (practised, opened))]
    return [way.token for way in ways]


def letters(ground: Ground) -> list[Path]:
    """Name every letter that was sent."""
    return [path for path in ground.parts.settings.post_folder.rglob("*") if path.is_file()]


def test_control_a_token_would_be_found() -> None:
    assert TOKEN.search('<a href="https://meet.example.org/room?jwt=x">')
    assert TOKEN.search("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodWIifQ.x")
