"""Fetches what 8x8 gives to dial in by, while the worker runs: soon after it is wanted, and again if it fails.

8x8 is asked outside any transaction. What is published goes on without it after a few tries: people are
rung then, and a coordinator hears of it.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from service.actions.jaas_dialin import (
    MOST_AT_ONCE,
    DialInAt,
    Wanted,
    do_without,
    fetch,
    keep_dial_in,
    meetings_without_pin,
)
from service.actor import system_actor
from service.parts import Parts
from service.rooms.jaas_dialin import NoDialIn

log = structlog.get_logger("dial-in")

#: How often to look, and after how many tries in a row a published meeting goes on without.
LOOK_SECONDS = 10.0
TRIES = 3


async def watch_the_dial_ins(parts: Parts, stop: asyncio.Event) -> None:
    """Fetch what is wanted, every few seconds, until `stop` is set."""
    dial_ins = DialIns(parts)
    while not stop.is_set():
        try:
            await dial_ins.look()
        except Exception as error:  # noqa: BLE001 - the edge of a round: logged, tried again
            log.error("dial-in-failed", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await stop.wait()


@dataclass(slots=True)
class DialIns:
    """Fetches numbers and PINs, and remembers how often it failed for which meeting."""

    parts: Parts
    failed: dict[UUID, int] = field(default_factory=dict)

    async def look(self) -> int:
        """Fetch for every meeting that lacks them; gives for how many it was kept.

        What failed is asked for after what was never asked, so that one room keeps no other waiting.
        """
        async with self.parts.database.reading() as db:
            wanted = await meetings_without_pin(db, self.parts.clock.now())
        self.failed = {each.meeting_id: self.failed.get(each.meeting_id, 0) for each in wanted}
        turns = sorted(wanted, key=lambda each: self.failed[each.meeting_id])[:MOST_AT_ONCE]
        return sum([await self._fetch(each) for each in turns])

    async def _fetch(self, wanted: Wanted) -> bool:
        try:
            found = await fetch(wanted)
        except NoDialIn:
            self.failed[wanted.meeting_id] += 1
            log.warning("no-dial-in", meeting=str(wanted.meeting_id))
            if wanted.is_published and self.failed[wanted.meeting_id] >= TRIES:
                await self._do_without(wanted)
            return False
        return await self._keep(wanted, found)

    async def _keep(self, wanted: Wanted, found: DialInAt) -> bool:
        now, system = self.parts.clock.now(), system_actor(wanted.organisation_id)
        async with self.parts.database.writing() as db:
            return await keep_dial_in(db, system, wanted.meeting_id, found, now=now)

    async def _do_without(self, wanted: Wanted) -> None:
        now, system = self.parts.clock.now(), system_actor(wanted.organisation_id)
        async with self.parts.database.writing() as db:
            await do_without(db, system, wanted.meeting_id, now=now)
