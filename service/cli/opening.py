"""Opening the database for a command: migrated, and with the keys it was made with."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from service.cli.speaking import say_line, settings_in_words, troubles_in_words
from service.config import Settings
from service.errors import Refused
from service.keys import Keys, load_keys
from service.storage.base import Db
from service.storage.database import Database
from service.storage.organisations import (
    Organisation,
    all_organisations,
    check_keys,
    remember_keys,
)
from service.storage.schema import check_version, upgrade


def migrate() -> None:
    """Bring the database to the schema this version needs."""
    run_migrations(settings_in_words())
    say_line("The database is up to date.")


def run_migrations(settings: Settings) -> None:
    """Take every missing step, and write down which keys the database is used with."""
    with troubles_in_words():
        upgrade(settings.database_url)
        asyncio.run(_remember_keys(settings))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[tuple[Database, Keys]]:
    """Give the database and the keys; refuse a schema that is out of date or other keys."""
    database = Database(settings.database_url, pool_size=2)
    try:
        keys = load_keys(settings.keys_folder)
        async with database.reading() as db:
            await check_version(db)
            await check_keys(db, keys.fingerprint)
        yield database, keys
    finally:
        await database.close()


async def organisation_named(db: Db, slug: str) -> Organisation:
    """Give the organisation with this short name, or the only one; raises Refused with what to do."""
    found = await all_organisations(db)
    chosen = [each for each in found if slug in ("", each.slug)]
    if len(chosen) != 1:
        names = ", ".join(each.slug for each in found) or "none yet"
        raise Refused("no-such-organisation", field="organisation", names=names)
    return chosen[0]


async def _remember_keys(settings: Settings) -> None:
    database = Database(settings.database_url, pool_size=2)
    try:
        async with database.writing() as db:
            await remember_keys(db, load_keys(settings.keys_folder).fingerprint)
    finally:
        await database.close()
