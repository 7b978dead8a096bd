"""The demonstration on a test's database, as a real one would stand on the morning it was made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from service.config import Settings
from service.demonstration.laying_out import claim, lay_out
from service.outbound.tray import PostTray
from service.parts import Parts, open_parts
from service.worker import worker_of
from tests.integration.conftest import TestClock


@asynccontextmanager
async def demonstration(database_url: str, home: Path, clock: TestClock) -> AsyncIterator[Parts]:
    """Lay the demonstration out, and open a service on it anew, so that it knows what it serves."""
    settings = Settings(home=home, database_url=database_url, worker_inside=False)
    async with open_parts(settings) as empty, empty.database.writing() as db:
        await claim(db)
        await lay_out(db, empty.keys, empty.sealer, now=clock.now())
    async with open_parts(settings) as opened:
        yield replace(opened, clock=clock)


async def send_all(parts: Parts) -> list[str]:
    """Send every letter that waits, and name what then lies in the post tray."""
    worker = worker_of(parts)
    while await worker.send_due():
        pass
    return [letter.name for letter in await PostTray(parts.settings.post_folder).newest()]
