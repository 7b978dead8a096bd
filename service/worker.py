"""The worker: takes messages from the outbox and sends them, until it is told to stop.

A message is claimed with a lease in one transaction, sent outside any, and marked in another. A crash
in between sends it twice rather than never; its Message-ID, UID and SEQUENCE make that harmless.
Once a minute it does what time does by itself.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog

from scheduling.retries import next_look, next_try
from service.actions.bouncing import mail_failed_task, refused_at_the_door
from service.actions.carrying import Carrier, Carriers
from service.actions.composer import Composer, Overtaken
from service.actions.composing import compose
from service.actor import system_actor
from service.clock import Clock
from service.fetching_dial_in import watch_the_dial_ins
from service.keeping_time import watch_the_clock
from service.outbound.channel import PermanentFailure, TemporaryFailure, Unreachable
from service.outbound.mail import outgoing
from service.parts import Parts
from service.storage.database import Database
from service.storage.messages import Message
from service.storage.organisations import organisation_by_id
from service.storage.outbox import (
    claim_due,
    mark_failed,
    mark_later,
    mark_overtaken,
    mark_sent,
    put_back,
)
from service.taking_mail import listen_for_mail, watch_the_mailboxes

log = structlog.get_logger("worker")

#: How many messages are claimed at once, and how long to rest when there was nothing to do.
BATCH = 50
REST_SECONDS = 1.0
#: A message that cannot even be composed waits this long, and is given up after so many tries.
POISON_WAIT = timedelta(hours=1)
POISON_TRIES = 5


async def run_worker(parts: Parts, stop: asyncio.Event) -> None:
    """Send what is due, keep time, take in mail and fetch PINs, until `stop` is set."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker_of(parts).run(stop))
        tasks.create_task(watch_the_clock(parts, stop))
        tasks.create_task(watch_the_mailboxes(parts, stop))
        tasks.create_task(watch_the_dial_ins(parts, stop))
        tasks.create_task(listen_for_mail(parts, stop))


class Pauses(Protocol):
    """Named points at which tests may stop the worker; see `Worker.pauses`."""

    async def at(self, point: str) -> None:
        """Be told that the worker is at this point."""


class NoPauses:
    """Never stops."""

    async def at(self, point: str) -> None:
        """Go on."""


class NotNow(Exception):
    """This message must wait: its mail server is away, or has had enough for the moment."""


@dataclass(slots=True)
class Rest:
    """Until when nothing is taken on for an organisation, and how often in a row its server was away."""

    until: datetime
    times: int = 0


@dataclass(slots=True)
class Worker:
    """Sends what is due. `connections` letters are on their way at once.

    While a mail server is away, what waits for it is left alone, in its order, and none of it counts
    as tried; so all of it goes, the most urgent first, as soon as the server is back.
    """

    database: Database
    clock: Clock
    composer: Composer
    carriers: Carriers
    connections: int = 4
    batch: int = BATCH
    pauses: Pauses = field(default_factory=NoPauses)
    resting: dict[UUID, Rest] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a batch that was begun is finished first."""
        while not stop.is_set():
            try:
                sent = await self.send_due()
            except Exception as error:  # noqa: BLE001 - the edge of a round: logged, tried again
                log.error("round-failed", kind=type(error).__name__)
                sent = 0
            if sent == 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(REST_SECONDS):
                        await stop.wait()
        await self.carriers.close()

    async def send_due(self) -> int:
        """Claim one batch and bring each message to its end; gives how many there were."""
        now = self.clock.now()
        resting = [house for house, rest in self.resting.items() if now < rest.until]
        async with self.database.writing() as db:
            messages = await claim_due(db, now, limit=self.batch, but_of=resting)
        queue = list(reversed(messages))
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(self.connections, len(messages))):
                tasks.create_task(self._work_off(queue))
        return len(messages)

    async def _work_off(self, queue: list[Message]) -> None:
        while queue:
            message = queue.pop()
            try:
                await self._bring(message)
            except Exception as error:  # noqa: BLE001 - one broken message never stops the others
                log.error("message-failed", message=str(message.id), kind=type(error).__name__)
                await self._set_aside(message)

    async def _bring(self, message: Message) -> None:
        try:
            await self.pauses.at("claimed")
            async with self.database.reading() as db:
                # Held while composing, which then finds it in the session instead of asking again.
                organisation = await organisation_by_id(db, message.organisation_id)
                letter = await compose(self.composer, db, message, self.clock.now())
                carrier = self.carriers.for_organisation(organisation)
            self._ask_leave(message.organisation_id, carrier)
            await carrier.send(outgoing(letter))
            await self.pauses.at("sent")
        except NotNow:
            async with self.database.writing() as db:
                await put_back(db, message)
        except Overtaken as overtaken:
            async with self.database.writing() as db:
                await mark_overtaken(db, message, overtaken.why)
        except TemporaryFailure as failure:
            if isinstance(failure, Unreachable):
                self._leave_alone(message.organisation_id)
            await self._try_later(message, failure)
        except PermanentFailure as failure:
            await self._give_up(
                message, failure.code, failure.server_words, is_of_address=failure.is_of_address
            )
        else:
            self.resting.pop(message.organisation_id, None)
            async with self.database.writing() as db:
                await mark_sent(db, message, self.clock.now(), letter.message_id)
            log.info("sent", message=str(message.id), kind=message.kind.value)

    def _ask_leave(self, house: UUID, carrier: Carrier) -> None:
        """Raise NotNow while the server is away, or if it would get more than its pace allows."""
        now, rest, pace = self.clock.now(), self.resting.get(house), self.carriers.pace_of(carrier)
        if rest is not None and now < rest.until:
            raise NotNow
        if not pace.take(now):
            self.resting[house] = Rest(now + pace.next_in)
            raise NotNow

    def _leave_alone(self, house: UUID) -> None:
        """Take on nothing for an organisation until it is time to look for its mail server again."""
        now, rest = self.clock.now(), self.resting.get(house, Rest(self.clock.now()))
        if rest.times == 0 or rest.until <= now:
            times = rest.times + 1
            self.resting[house] = Rest(now + next_look(times), times)
            log.warning("mail-server-away", organisation=str(house), times=times)

    async def _try_later(self, message: Message, failure: TemporaryFailure) -> None:
        again = next_try(message.tries, first_at=message.created_at, now=self.clock.now())
        if again is None:
            await self._give_up(message, failure.reason, failure.server_words)
            return
        async with self.database.writing() as db:
            await mark_later(db, message, again, failure.reason)
        log.info("later", message=str(message.id), why=failure.reason, tries=message.tries)

    async def _give_up(
        self, message: Message, why: str, server_words: str, *, is_of_address: bool = False
    ) -> None:
        """Mark it failed and give a coordinator the task to reach the person another way."""
        now, actor = self.clock.now(), system_actor(message.organisation_id)
        async with self.database.writing() as db:
            if await mark_failed(db, message, why) and not (
                is_of_address
                and await refused_at_the_door(db, actor, message, server_words, now=now)
            ):
                db.add(mail_failed_task(message, server_words or why, now=now))
        log.warning("gave-up", message=str(message.id), why=why)

    async def _set_aside(self, message: Message) -> None:
        now = self.clock.now()
        if message.tries >= POISON_TRIES:
            await self._give_up(message, "cannot-be-written", "")
            return
        async with self.database.writing() as db:
            await mark_later(db, message, now + POISON_WAIT, "cannot-be-written")


def worker_of(parts: Parts) -> Worker:
    """Make the worker of a service."""
    settings = parts.settings
    a_second = (settings.mails_per_minute or BATCH * 60) // 60
    return Worker(
        database=parts.database,
        clock=parts.clock,
        composer=Composer(parts.keys, settings.public_url, settings.mail_from),
        carriers=Carriers(settings, parts.keys),
        connections=settings.smtp_connections,
        batch=max(1, min(BATCH, a_second)),
    )
