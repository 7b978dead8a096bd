"""A worker in a process of its own, to be killed: `python -m tests.integration.worker_process ARGS`.

Arguments: database address, keys folder, SMTP port, the time (ISO), and "careless" for the control, which
marks messages before it sends them, as the design forbids.
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from service.actions.carrying import Carriers
from service.actions.composer import Composer
from service.clock import Clock
from service.config import Settings
from service.keys import load_keys
from service.storage.database import Database
from service.storage.outbox import claim_due, mark_sent
from service.worker import BATCH, Worker


class StandingClock(Clock):
    """A clock that was told the time."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        """Give that time."""
        return self._at


class CarelessWorker(Worker):
    """The control: marks first, sends afterwards; whoever kills it loses what it had marked."""

    async def send_due(self) -> int:
        """Claim and mark a batch in one transaction, then send it."""
        async with self.database.writing() as db:
            messages = await claim_due(db, self.clock.now(), limit=BATCH)
            for message in messages:
                await mark_sent(db, message, self.clock.now(), "")
        for message in messages:
            await self._bring(message)
        return len(messages)


async def main(url: str, keys_folder: str, port: str, at: str, manner: str = "careful") -> None:
    """Send everything that is due, then end."""
    database = Database(url)
    keys = load_keys(Path(keys_folder))
    settings = Settings(
        home=Path(keys_folder).parent,
        database_url=url,
        smtp_url=f"smtp://127.0.0.1:{port}?tls=off",
        worker_inside=False,
    )
    kind = CarelessWorker if manner == "careless" else Worker
    worker = kind(
        database=database,
        clock=StandingClock(datetime.fromisoformat(at)),
        composer=Composer(keys, settings.public_url, settings.mail_from),
        carriers=Carriers(settings, keys),
    )
    while await worker.send_due():
        pass
    await worker.carriers.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
