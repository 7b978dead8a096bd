"""People's own words: sealed to one row of one person, opened with a reason, seen nowhere else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete, make_url, select, update
from structlog.testing import capture_logs

from service.actions.needs import CannotOpen, need_to_open, open_words
from service.actor import Role
from service.errors import NotAllowed, Refused
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.database import Database
from service.storage.needs import Need, SealedWords
from service.storage.people import Person
from service.storage.sealed import PersonKey
from service.storage.tables import METADATA
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import (
    APART,
    BSL,
    OWN,
    OWN_WORDS,
    SAFE,
    Scene,
    lay_out,
)
from tests.people import actor_for

WHY = "To ring her about the room"


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest told something in her own words."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(OWN, SAFE, BSL)
    return scene


@pytest.fixture
async def ben(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the browser of Eve's coordinator."""
    return await open_browser(scene.ben)


@pytest.fixture
async def words(scene: Scene) -> str:
    """Give the address at which Eve's own words are opened."""
    need = (await scene.needs())["OTH-OTHER"]
    return f"/people/{scene.eve.id}/needs/{need.id}/words"


@pytest.fixture
async def keys(parts: Parts) -> AsyncIterator[Database]:
    """Open the key store beside the service."""
    store = Database(parts.settings.keys_database_url, pool_size=1)
    yield store
    await store.close()


async def test_a_coordinator_opens_them_with_a_reason_that_is_kept(
    scene: Scene, ben: Browser, words: str
) -> None:
    await ben.get(words)
    assert OWN_WORDS not in ben.page

    response = await ben.post(words, reason=WHY)

    assert 200 == response.status
    assert OWN_WORDS in ben.page
    assert "no-store" == response.headers["Cache-Control"]
    [line] = [each for each in await scene.rows(AuditLine) if each.what == "words.opened"]
    assert (scene.ben.id, scene.eve.id) == (line.actor_id, line.person_id)
    said = {"code": "OTH-OTHER", "reason": WHY, "fields": "own_words", "roles": "coordinator"}
    assert said == line.facts


@pytest.mark.parametrize("reason", ["", "  x ", "why" * 101])
async def test_without_a_reason_nothing_opens(
    reason: str, scene: Scene, ben: Browser, words: str
) -> None:
    response = await ben.post(words, on=words, reason=reason)

    assert 422 == response.status
    assert OWN_WORDS not in ben.page
    assert "words.opened" not in await scene.audit()


async def test_only_who_looks_after_the_person_opens_them(
    scene: Scene, words: str, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        others = [scene.bo, scene.ada, scene.cleo]
        others.append(await make.staff(scene.house, "Sam", Role.SAFEGUARDING, Role.ADMIN))

    for person in others:
        browser = await open_browser(person)
        await browser.get("/sessions")
        assert 403 == (await browser.get(words)).status, person.chosen_name
        assert 403 == (await browser.post(words, reason=WHY)).status, person.chosen_name
        assert OWN_WORDS not in browser.page

    assert "words.opened" not in await scene.audit()


async def test_another_organisation_finds_no_words(
    scene: Scene, words: str, open_browser: OpenBrowser
) -> None:
    dov = await open_browser(scene.dov)

    await dov.get("/requests")

    assert 404 == (await dov.get(words)).status
    assert 404 == (await dov.post(words, reason=WHY)).status


async def test_where_there_are_no_words_there_is_nothing_to_open(scene: Scene) -> None:
    need = (await scene.needs())["PRO-BSL"]

    async with scene.doing() as db:
        with pytest.raises(Refused) as refused:
            await need_to_open(db, scene.desk, need.id, scene.eve.id)

    assert "no-own-words" == refused.value.reason


async def test_a_value_moved_to_another_column_does_not_open(scene: Scene) -> None:
    safe = (await scene.needs())["SAF-CONTACT"]
    async with scene.doing() as db:
        moved = update(SealedWords).where(SealedWords.of_row == safe.id)
        await db.execute(moved.values(of_column="hours"))

    async with scene.doing() as db:
        need = await need_to_open(db, scene.desk, safe.id, scene.eve.id)
        with pytest.raises(CannotOpen):
            await open_words(db, scene.desk, scene.parts.sealer, need, WHY, now=scene.now)


async def test_a_value_moved_to_another_row_does_not_open(scene: Scene) -> None:
    needs = await scene.needs()
    async with scene.doing() as db:
        others = update(SealedWords).where(SealedWords.of_row == needs["OTH-OTHER"].id)
        await db.execute(others.values(of_row=needs["SAF-CONTACT"].id))
        need = await need_to_open(db, scene.desk, needs["SAF-CONTACT"].id, scene.eve.id)

        with pytest.raises(CannotOpen):
            await scene.parts.sealer.open(db, need, "own_words")


async def test_a_value_moved_to_another_person_does_not_open(scene: Scene, making: Making) -> None:
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe")
    need = (await scene.needs())["OTH-OTHER"]
    async with scene.doing() as db:
        other = Need(
            organisation_id=scene.house.id,
            person_id=zoe.id,
            code="OTH-OTHER",
            strength=need.strength,
            has_words=True,
            created_at=scene.now,
            review_on=need.review_on,
        )
        db.add(other)
        await db.flush()
        await scene.parts.sealer.seal(db, other, "own_words", zoe.id, "quiet")
        kept = (await db.scalars(select(SealedWords))).all()
        mine = next(each for each in kept if each.of_row == need.id)
        hers = next(each for each in kept if each.of_row == other.id)
        hers.nonce, hers.sealed = mine.nonce, mine.sealed

    async with scene.doing() as db:
        with pytest.raises(CannotOpen):
            await scene.parts.sealer.open(db, other, "own_words")


async def test_a_missing_key_ends_in_a_clear_page(
    scene: Scene, ben: Browser, words: str, keys: Database
) -> None:
    async with keys.writing() as store:
        await store.execute(delete(PersonKey))

    response = await ben.post(words, on=words, reason=WHY)

    assert 422 == response.status
    assert "These words cannot be opened" in ben.page
    assert "words.opened" not in await scene.audit()


async def test_each_person_has_a_key_of_their_own(scene: Scene, keys: Database) -> None:
    async with keys.reading() as store:
        people = (await store.scalars(select(PersonKey.person_id))).all()

    assert [scene.eve.id] == people


async def test_the_words_stand_in_no_file_no_row_and_no_log(
    scene: Scene, ben: Browser, words: str
) -> None:
    with capture_logs() as logs:
        await scene.tells(APART, OWN, known=["OTH-OTHER"])
        await ben.post(words, on=words, reason=WHY)
        assert OWN_WORDS in ben.page
        await ben.post(f"{words}x", reason=OWN_WORDS)

    assert OWN_WORDS not in str(logs)
    async with scene.parts.database.reading() as db:
        for table in METADATA.sorted_tables:
            for row in await db.execute(select(table)):
                assert OWN_WORDS not in str(tuple(row)), table.name
    for path in files_of(scene.parts):
        assert OWN_WORDS.encode() not in path.read_bytes(), path


def files_of(parts: Parts) -> list[Path]:
    """List every file the service keeps, and the database's own if it is one."""
    files = [path for path in parts.settings.home.rglob("*") if path.is_file()]
    url = make_url(parts.settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        files += Path(url.database).parent.glob(f"{Path(url.database).name}*")
    assert files
    return files


async def test_the_words_stand_on_no_page_but_the_one(
    scene: Scene, ben: Browser, open_browser: OpenBrowser
) -> None:
    eve = await open_browser()
    request = await scene.request("OTH-OTHER")
    wanted = OWN_WORDS.split()[2]

    for path in (
        "/today",
        "/requests",
        f"/requests/{request.id}",
        f"/people?q={wanted}",
        f"/people/{scene.eve.id}",
        f"/people/{scene.eve.id}/needs",
    ):
        assert 200 == (await ben.get(path)).status, path
        assert OWN_WORDS not in ben.page, path
    for path in ("", "/help", "/help/consent", "/help/tell"):
        assert 200 == (await eve.get(f"{scene.link}{path}")).status, path
        assert OWN_WORDS not in eve.page, path


async def test_cover_is_not_told_what_keeps_somebody_safe(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    bo = await open_browser(scene.bo)

    await bo.get(f"/people/{scene.eve.id}/needs")

    assert "Ask Ben before you contact this person." in bo.page
    assert "Contact me only" not in bo.page


async def test_where_nobody_is_assigned_any_coordinator_opens_them(scene: Scene) -> None:
    async with scene.doing() as db:
        eve = await db.get(Person, scene.eve.id)
        assert eve is not None
        eve.coordinator_id = None
    bo = actor_for(scene.house.id, scene.bo, Role.COORDINATOR)
    need = (await scene.needs())["OTH-OTHER"]

    async with scene.doing() as db:
        found = await need_to_open(db, bo, need.id, scene.eve.id)
        opened = await open_words(db, bo, scene.parts.sealer, found, WHY, now=scene.now)
        with pytest.raises(NotAllowed):
            await need_to_open(db, scene.director, need.id, scene.eve.id)

    assert {"What would help?": OWN_WORDS} == opened
