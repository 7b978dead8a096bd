"""Changing the key that wraps all others while the service runs; stopped anywhere, everything still opens."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, event, select, update
from typer import Exit

from scheduling.online import KeyUse
from service.actions import rotating
from service.actions.carrying import mail_server_binding
from service.actions.mailboxes import mailbox_binding
from service.actions.needs import CannotOpen, Sealer
from service.actions.opened_servers import key_binding
from service.cli.checking_keys import keys_of_people
from service.cli.keyring import _rotate, _show
from service.cli.trouble import Trouble
from service.identifiers import new_id
from service.keys import (
    KeyRing,
    NoRing,
    load_keys,
    make_ring_key,
    retire_ring_key,
    ring_names,
)
from service.parts import Parts
from service.storage import person_keys
from service.storage.audit import AuditLine
from service.storage.database import Database
from service.storage.needs import Need, SealedWords
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.person_keys import PersonKey
from service.storage.servers import ServerKey
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.desks import rows
from tests.integration.help_scene import OWN, OWN_WORDS, SAFE, Scene, lay_out

MAIL = "smtps://us:secret@mail.example.org"


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest told something in her own words."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(OWN, SAFE)
    return scene


@pytest.fixture
def folder(parts: Parts) -> Path:
    """Give the folder of the keys."""
    return parts.settings.keys_folder


@pytest.fixture
async def store(parts: Parts) -> AsyncIterator[Database]:
    """Open the store of people's keys beside the service."""
    opened = Database(parts.settings.keys_database_url, pool_size=1)
    yield opened
    await opened.close()


async def opened(scene: Scene, sealer: Sealer | None = None) -> dict[str, str]:
    """Open everything Eve said, as the service does or another process."""
    needs = await scene.needs()
    async with scene.parts.database.reading() as db:
        found = await (sealer or scene.parts.sealer).open_all(db, list(needs.values()))
    return {name: words for said in found.values() for name, words in said.items()}


SAID = {"own_words": OWN_WORDS, "words_to_say": OWN_WORDS}


async def more_people(scene: Scene, number: int) -> None:
    """Give others keys too."""
    for _ in range(number):
        await scene.parts.sealer.keys.made(new_id(), scene.house.id)


async def use(parts: Parts) -> dict[str, int]:
    """Count what each key of the ring wraps."""
    async with parts.database.reading() as db:
        return dict(await rotating.in_use(db, parts.sealer.keys))


async def test_a_running_service_opens_and_seals_while_the_key_is_changed_and_after(
    scene: Scene, folder: Path, making: Making
) -> None:
    assert SAID == await opened(scene)

    await _rotate(scene.parts.settings, 0)

    assert SAID == await opened(scene)
    await more_people(scene, 1)
    assert ["2"] == ring_names(folder)
    assert {"2"} == set(await use(scene.parts))
    assert (folder / "ring" / "retired" / "1.key").exists()
    lines = [line for line in await rows(scene.parts, AuditLine) if line.what == "keys.rotated"]
    assert [{"key": "2"}] == [line.facts for line in lines]


async def test_requests_and_the_change_of_the_key_go_on_side_by_side(
    scene: Scene, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_keys, "BATCH", 5)
    await more_people(scene, 60)
    over = asyncio.Event()
    seen = 0

    async def keep_opening() -> None:
        nonlocal seen
        while not over.is_set():
            assert SAID == await opened(scene)
            await more_people(scene, 1)
            seen += 1

    async with asyncio.TaskGroup() as group:
        group.create_task(keep_opening())
        for _ in range(3):
            await _rotate(scene.parts.settings, 0)
        over.set()

    await _rotate(scene.parts.settings, 0)
    assert seen > 3
    assert SAID == await opened(scene)
    assert {ring_names(folder)[-1]} == set(await use(scene.parts))


async def test_stopped_in_the_middle_everything_opens_and_the_next_time_goes_on(
    scene: Scene, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_keys, "BATCH", 5)
    await more_people(scene, 12)
    rotating.begin(folder)
    some = await scene.parts.sealer.keys.rewrap(None)
    between = await use(scene.parts)

    other = Sealer(Database(scene.parts.settings.keys_database_url, pool_size=1), ring_of(folder))
    try:
        assert SAID == await opened(scene, other)
        assert SAID == await opened(scene)
    finally:
        await other.close()

    assert 5 == some.done
    assert 5 == between["2"]
    await _rotate(scene.parts.settings, 0)
    assert ["2"] == ring_names(folder)
    assert {"2": 13} == await use(scene.parts)


async def test_every_sealed_setting_is_sealed_anew(
    scene: Scene, folder: Path, making: Making
) -> None:
    keys = scene.parts.keys
    async with making() as make:
        server = await make.server()
        key = await make.server_key(server, KeyUse.SIGNING, "shared secret")
        house = await make.db.get_one(Organisation, scene.house.id)
        house.mail_server_sealed = keys.seal_setting(mail_server_binding(house.id), MAIL)
        house.mailbox_sealed = keys.seal_setting(mailbox_binding(house.id), MAIL)

    await _rotate(scene.parts.settings, 0)

    async with making() as make:
        house = await make.db.get_one(Organisation, scene.house.id)
        kept = await make.db.get_one(ServerKey, key.id)
    assert house.mail_server_sealed is not None
    assert house.mailbox_sealed is not None
    fresh = load_keys(folder)
    assert MAIL == fresh.open_setting(mail_server_binding(house.id), house.mail_server_sealed)
    assert MAIL == fresh.open_setting(mailbox_binding(house.id), house.mailbox_sealed)
    bound_to = key_binding(server.id, key.id)
    assert "shared secret" == fresh.open_setting(bound_to, kept.secret_sealed)
    assert {"2"} == set(await use(scene.parts))


async def test_a_key_that_something_is_still_wrapped_with_stays(
    scene: Scene, folder: Path, store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody's wrapped key was spoilt: it is neither wrapped anew, nor does its ring key go."""
    await more_people(scene, 2)
    async with store.writing() as db:
        spoilt = update(PersonKey).where(PersonKey.person_id == scene.eve.id)
        await db.execute(spoilt.values(wrapped=b"x" * 48))

    with pytest.raises(Exit) as ended:
        await _rotate(scene.parts.settings, 0)

    assert 1 == ended.value.exit_code
    assert ["1", "2"] == ring_names(folder)
    assert {"1": 1, "2": 2} == await use(scene.parts)
    assert "could not be unwrapped" in capsys.readouterr().out


async def test_who_is_erased_while_the_key_is_changed_stays_erased(
    scene: Scene, folder: Path, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotating.begin(folder)
    keys = scene.parts.sealer.keys
    wrap = keys._wrapped_anew

    async with store.writing() as db:
        await db.execute(delete(PersonKey).where(PersonKey.person_id == scene.eve.id))
    gone = PersonKey(person_id=scene.eve.id, organisation_id=scene.house.id)
    gone.ring_key, gone.nonce, gone.wrapped = scene.parts.keys.ring.wrap(b"k" * 32, gone.bound_to)
    statement = wrap(gone)
    assert statement is not None
    async with store.writing() as db:
        await db.execute(statement)
        assert [] == (await db.scalars(select(PersonKey))).all()


@pytest.mark.parametrize("spoil", ["missing", "wrong"])
async def test_a_missing_or_wrong_key_of_the_ring_ends_in_a_clear_page_and_is_named(
    spoil: str, scene: Scene, folder: Path, open_browser: OpenBrowser
) -> None:
    need = (await scene.needs())["OTH-OTHER"]
    make_ring_key(folder)
    if spoil == "missing":
        retire_ring_key(folder, "1")
    else:
        (folder / "ring" / "1.key").write_text("ab" * 32)
    # The service has not looked at the folder since; it does when it wraps something.
    await more_people(scene, 1)
    ben = await open_browser(scene.ben)
    words = f"/people/{scene.eve.id}/needs/{need.id}/words"

    response = await ben.post(words, on=words, reason="To ring her")

    assert 422 == response.status
    assert "These words cannot be opened" in ben.page
    why = "is missing" if spoil == "missing" else "is another key than it was"
    with pytest.raises(Trouble, match=f"1 people's keys do not open: key 1 of the ring {why}"):
        await keys_of_people(scene.parts.settings, scene.parts.database, load_keys(folder))


async def test_words_whose_key_is_gone_are_named_unless_somebody_was_erased(
    scene: Scene, folder: Path, store: Database
) -> None:
    async def checked() -> None:
        await keys_of_people(scene.parts.settings, scene.parts.database, load_keys(folder))

    await checked()
    async with store.writing() as db:
        await db.execute(delete(PersonKey))

    with pytest.raises(Trouble, match="the words of 1 people cannot be opened"):
        await checked()
    async with scene.doing() as db:
        (await db.get_one(Person, scene.eve.id)).erased_at = scene.now
    await checked()


def test_an_empty_ring_is_not_filled_with_a_fresh_key(folder: Path) -> None:
    (folder / "ring" / "1.key").unlink()

    with pytest.raises(NoRing, match="put back"):
        load_keys(folder)

    assert [] == ring_names(folder)


def test_names_of_keys_are_never_used_twice(folder: Path) -> None:
    assert "2" == make_ring_key(folder)
    retire_ring_key(folder, "2")

    assert "3" == make_ring_key(folder)


def test_what_was_wrapped_before_names_were_bound_still_opens(folder: Path) -> None:
    ring = load_keys(folder).ring
    key = bytes.fromhex((folder / "ring" / "1.key").read_text())
    nonce = os.urandom(12)
    wrapped = AESGCM(key).encrypt(nonce, b"secret", b"place")

    assert b"secret" == ring.unwrap("1", nonce, wrapped, b"place")
    with pytest.raises(InvalidTag):
        ring.unwrap("1", nonce, wrapped, b"other place")


async def test_the_list_says_how_much_each_key_wraps_and_which_are_missing(
    scene: Scene, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ring_key(folder)
    await more_people(scene, 2)
    await _show(scene.parts.settings)
    listed = capsys.readouterr().out
    retire_ring_key(folder, "1")
    await _show(scene.parts.settings)

    assert re.search(r"1 +1 wrapped with it .*\(old\)", listed)
    assert re.search(r"2 +2 wrapped with it .*\(wraps from now on\)", listed)
    assert re.search(r"1 +1 wrapped with it  THERE IS NO SUCH KEY", capsys.readouterr().out)


async def test_a_value_copied_to_another_organisation_does_not_open(
    scene: Scene, making: Making
) -> None:
    """Row, person and key go with it; what it is bound to does not."""
    need = (await scene.needs())["OTH-OTHER"]
    async with scene.doing() as db:
        moved = await db.get_one(Need, need.id)
        moved.organisation_id = scene.dov.organisation_id

    async with scene.parts.database.reading() as db:
        moved = await db.get_one(Need, need.id)
        with pytest.raises(CannotOpen):
            await scene.parts.sealer.open(db, moved, "own_words")
        with pytest.raises(CannotOpen):
            await scene.parts.sealer.open_all(db, [moved])


async def test_a_persons_key_copied_to_another_person_does_not_open(
    scene: Scene, making: Making, store: Database
) -> None:
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe")
    async with store.writing() as db:
        eves = await db.get_one(PersonKey, scene.eve.id)
        copied = {"nonce": eves.nonce, "wrapped": eves.wrapped, "ring_key": eves.ring_key}
        db.add(PersonKey(person_id=zoe.id, organisation_id=scene.house.id, **copied))
    async with scene.doing() as db:
        theirs = update(SealedWords).where(SealedWords.person_id == scene.eve.id)
        await db.execute(theirs.values(person_id=zoe.id))

    with pytest.raises(CannotOpen):
        await opened(scene)


async def test_a_need_that_became_another_persons_does_not_open(
    scene: Scene, making: Making
) -> None:
    need = (await scene.needs())["OTH-OTHER"]
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe")
        (await make.db.get_one(Need, need.id)).person_id = zoe.id

    async with scene.parts.database.reading() as db:
        moved = await db.get_one(Need, need.id)
        with pytest.raises(CannotOpen):
            await scene.parts.sealer.open(db, moved, "own_words")


async def test_all_of_them_are_opened_with_one_query_for_the_words(scene: Scene) -> None:
    needs = list((await scene.needs()).values())
    queries: list[str] = []

    def count(*args: object) -> None:
        queries.extend([str(args[2])] if "sealed_words" in str(args[2]) else [])

    engine = scene.parts.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        async with scene.parts.database.reading() as db:
            found = await scene.parts.sealer.open_all(db, needs)
    finally:
        event.remove(engine, "before_cursor_execute", count)

    assert 2 == len(found)
    assert 1 == len(queries)


def ring_of(folder: Path) -> KeyRing:
    """Read the ring as a process that starts now."""
    return load_keys(folder).ring
