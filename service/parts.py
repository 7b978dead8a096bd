"""What the web service and the worker are made of, opened together and closed together."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from service.clock import Clock
from service.config import Settings
from service.keys import Keys, load_keys
from service.storage.audit_keeper import AuditKeeper, open_audit
from service.storage.database import Database
from service.storage.event_keeper import EventKeeper, open_events
from service.storage.hot import Hot, open_hot
from service.storage.organisations import check_keys, installation_fact
from service.storage.schema import check_version
from service.storage.sealed import Sealer


@dataclass(frozen=True, slots=True)
class Parts:
    """What the web service and the worker are made of."""

    settings: Settings
    database: Database
    keys: Keys
    sealer: Sealer
    clock: Clock
    is_demo: bool
    hot: Hot
    events: EventKeeper
    audit: AuditKeeper


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncGenerator[Parts]:
    """Open database, keys and clock; refuse a schema that is out of date or keys of another installation."""
    database = Database(settings.database_url, pool_size=settings.database_pool)
    sealer = None
    try:
        async with database.reading() as db:
            await check_version(db)
            is_demo = await installation_fact(db, "is_demo") == "yes"
            keys = load_keys(settings.keys_folder)
            await check_keys(db, keys.fingerprint)
        sealer = Sealer(Database(settings.keys_database_url, pool_size=2), keys.ring)
        await sealer.prepare()
        clock = Clock(settings.clock_file, is_demonstration=is_demo)
        async with (
            open_hot(settings.database_url) as hot,
            open_events(settings.database_url) as events,
            open_audit(settings.database_url) as audit,
        ):
            yield Parts(settings, database, keys, sealer, clock, is_demo, hot, events, audit)
    finally:
        await database.close()
        if sealer is not None:
            await sealer.close()
