"""Sealed words stand on the page of who opened them with a reason, and nowhere else.

A mark is planted in every place that is sealed; then every page is looked at, every job done, every letter
sent, words are opened and fail to open, and the mark is looked for in all that is left behind.
"""

import logging
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from structlog.testing import capture_logs

from service.actions.permissions import SCOPES
from service.actor import Role
from service.keeping_time import keep_time
from service.parts import Parts
from service.storage.database import Database
from service.storage.needs import SealedWords
from service.storage.person_keys import PersonKey
from service.storage.seals import Seal
from service.storage.staff import ApiToken
from tests.integration.attacks.ground import Ground
from tests.integration.attacks.test_disclosure import everything_by_api
from tests.integration.attacks.test_passcodes_nowhere import letters
from tests.integration.demonstration import send_all
from tests.visits import COORDINATOR

#: Also good for what is sealed as hexadecimal: the key of a photo.
MARK = "feedc0de" * 8
WHY = "To ring them about the room"


async def plant(parts: Parts) -> int:
    """Seal the mark in every place where words are sealed; gives how many there are."""
    async with parts.database.writing() as db:
        kept = (await db.scalars(select(SealedWords))).all()
        for each in kept:
            ciphers = await parts.sealer.keys.known([each.person_id], each.organisation_id)
            seal = Seal(each.of_table, each.of_column, each.organisation_id)
            cipher = ciphers[each.person_id]
            each.nonce, each.sealed = seal.close(cipher, each.of_row, MARK)
    return len(kept)


async def let_a_program_in(ground: Ground) -> None:
    """Make a token that may read everything."""
    token = ground.parts.keys.hashed("token", "own-token")
    house, now = ground.staff[COORDINATOR].organisation_id, ground.parts.clock.now()
    given = {"name": "Own program", "scopes": sorted(SCOPES), "created_at": now}
    async with ground.parts.database.writing() as db:
        db.add(ApiToken(organisation_id=house, token_hash=token, **given))


def files(parts: Parts) -> list[Path]:
    """Name every file the service keeps, and the database's own if it is one."""
    found = [path for path in parts.settings.home.rglob("*") if path.is_file()]
    url = parts.database.url
    if url.get_backend_name() == "sqlite" and url.database:
        found += Path(url.database).parent.glob(f"{Path(url.database).name}*")
    return found


async def opening(ground: Ground) -> list[str]:
    """Open every need's words as a coordinator may, with a reason; gives the pages that came."""
    browser = ground.browsers[Role.COORDINATOR.value]
    pages = []
    for person, need in ground.known.needs:
        path = f"/people/{person}/needs/{need}/words"
        if (await browser.get(path)).status == 200:
            await browser.post(path, reason=WHY)
            pages.append(browser.page)
    return pages


async def everything_seen(ground: Ground) -> dict[str, str]:
    """Look at every page, do every job, send every letter; gives what can be read anywhere."""
    seen: dict[str, str] = {}
    for _, visit in ground.looks():
        browser = ground.browsers[visit.who]
        response = await browser.get(visit.path)
        seen[visit.path] = f"{browser.page} {dict(response.headers)}"
    await keep_time(ground.parts)
    await send_all(ground.parts)
    seen |= {table: "\n".join(rows) for table, rows in (await ground.rows()).items()}
    seen |= letters(ground)
    seen["api"] = await everything_by_api(ground)
    return seen


async def test_sealed_words_stand_nowhere_but_where_they_were_opened(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await let_a_program_in(ground)
    planted = await plant(ground.parts)

    with capture_logs() as logs:
        opened = await opening(ground)
        seen = await everything_seen(ground)
        keys = Database(ground.parts.settings.keys_database_url, pool_size=1)
        async with keys.writing() as db:
            await db.execute(delete(PersonKey))
        await keys.close()
        closed = await opening(ground)
        seen |= {
            f"without keys: {path}": text for path, text in (await everything_seen(ground)).items()
        }

    seen |= {"log": repr(logs), "libraries' log": caplog.text, "closed": "".join(closed)}
    assert planted > 0
    assert logs
    assert any(MARK in page for page in opened)
    assert [] == [where for where, text in seen.items() if MARK in text]
    assert [] == [str(path) for path in files(ground.parts) if MARK.encode() in path.read_bytes()]
    assert all("cannot be opened" in page for page in closed)


async def test_control_the_mark_is_found_where_it_is_not_sealed(ground: Ground) -> None:
    async with ground.parts.database.writing() as db:
        count = await db.scalar(select(func.count()).select_from(SealedWords))
        kept = (await db.scalars(select(SealedWords).limit(1))).one()
        kept.of_column = MARK

    rows = await ground.rows()

    assert count
    assert [] != [table for table, found in rows.items() if MARK in "\n".join(found)]
