"""Keeps time: about once a minute, every job of every organisation, each in its own transaction.

What belongs to the whole installation is done after them.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from service.actions.timers import JOBS, WHOLE_HOUSE_JOBS, Job, Tools
from service.actor import Actor, system_actor
from service.outbound.tray import PostTray
from service.parts import Parts
from service.storage.base import Db
from service.storage.organisations import all_organisations

log = structlog.get_logger("timers")

#: How often to look what time has brought about.
TIMER_SECONDS = 60.0


async def watch_the_clock(parts: Parts, stop: asyncio.Event) -> None:
    """Do what time does by itself, about once a minute, until `stop` is set."""
    while not stop.is_set():
        try:
            await keep_time(parts)
        except Exception as error:  # noqa: BLE001 - the edge of a round: logged, tried again
            log.error("timers-failed", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TIMER_SECONDS):
                await stop.wait()


async def keep_time(parts: Parts) -> int:
    """Do every job that is due in every organisation, and count what was done."""
    tools = tools_of(parts)
    async with parts.database.reading() as db:
        organisations = await all_organisations(db)
    done = 0
    for organisation in organisations:
        for name, job in JOBS.items():
            done += await _do(parts, name, _for(job, system_actor(organisation.id), tools))
    for name, house_job in WHOLE_HOUSE_JOBS.items():
        done += await _do(parts, name, house_job)
    return done


def tools_of(parts: Parts) -> Tools:
    """Give what jobs need beside the database."""
    settings = parts.settings
    return Tools(parts.sealer, parts.keys, settings.public_url, PostTray(settings.post_folder))


def _for(job: Job, actor: Actor, tools: Tools) -> Callable[[Db, datetime], Awaitable[int]]:
    """Give a job of one organisation as one that needs only a transaction and the time."""
    return lambda db, now: job(db, actor, tools, now)


async def _do(parts: Parts, name: str, job: Callable[[Db, datetime], Awaitable[int]]) -> int:
    """Do one job; one that fails is logged, and holds up no other."""
    try:
        async with parts.database.writing() as db:
            return await job(db, parts.clock.now())
    except Exception as error:  # noqa: BLE001 - the edge of a job: logged, tried again in a minute
        log.error("job-failed", job=name, kind=type(error).__name__)
        return 0
