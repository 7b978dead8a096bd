"""What a room asks for stands on the pages of who needs it, and nowhere else: no list, letter, feed or row."""

import re

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from scheduling.online import Ability
from service.actions.permissions import SCOPES
from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.servers import JitsiServer
from service.storage.staff import ApiToken
from service.web.context import SERVERS
from tests.integration.attacks.ground import Ground
from tests.integration.attacks.test_disclosure import everything_by_api
from tests.integration.conftest import Making
from tests.visits import COORDINATOR, NOBODY

#: Recognised anywhere, also in the groups in which digits to be typed are written.
PASSCODE = "zqzqwx"
SHOWN = re.compile("zqz ?qwx")


@pytest.fixture
async def planted(parts: Parts) -> None:
    """Let every room of the demonstration ask for it, before any letter is sent."""
    async with parts.database.writing() as db:
        await db.execute(update(Meeting).values(passcode=PASSCODE))
        for server in await db.scalars(select(JitsiServer)):
            server.abilities = [*server.abilities, Ability.PASSCODE]
            server.version += 1


@pytest.mark.usefixtures("planted")
async def test_a_passcode_stands_only_where_somebody_comes_in_online(
    ground: Ground, making: Making
) -> None:
    app = ground.browsers[NOBODY].client.app
    assert app is not None
    await app[SERVERS].refresh()
    async with making() as make:
        token = make.keys.hashed("token", "own-token")
        house = ground.staff[COORDINATOR].organisation_id
        given = {"name": "Own program", "scopes": sorted(SCOPES), "created_at": make.now}
        make.db.add(ApiToken(organisation_id=house, token_hash=token, **given))
    seen: dict[str, str] = {}

    with capture_logs() as logs:
        for _, visit in ground.looks():
            browser = ground.browsers[visit.who]
            response = await browser.get(visit.path)
            seen[visit.path] = f"{browser.page} {dict(response.headers)}"
    rows = await ground.rows(but=["meetings.passcode"])
    seen |= {table: "\n".join(found) for table, found in rows.items()}
    sent = letters(ground)
    seen |= sent | {"log": repr(logs), "api": await everything_by_api(ground)}

    own = ground.known.guests["soon yes online"]
    rooms = {f"/sessions/{ground.known.meetings[when]}/room" for when in ("soon", "later")}
    assert sent
    assert {own, *rooms} == {where for where, text in seen.items() if SHOWN.search(text)}


def letters(ground: Ground) -> dict[str, str]:
    """Read every letter that was sent."""
    found = [path for path in ground.parts.settings.post_folder.rglob("*") if path.is_file()]
    return {str(path): path.read_text("utf-8", "replace") for path in found}
