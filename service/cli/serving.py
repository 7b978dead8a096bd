"""`manyways serve` and `manyways work`: the service itself."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from aiohttp import web

from service.actions.opened_servers import keep_up_to_date
from service.actions.rooms_known import keep_rooms_known
from service.app import make_app
from service.cli.demonstrating import say_links
from service.cli.speaking import run, say_line, settings_in_words, write_logs
from service.config import Settings
from service.demonstration.links import demo_links
from service.parts import Parts, open_parts
from service.web.context import ROOMS_KNOWN, SERVERS
from service.web.patience import HEARD, keep_looking
from service.worker import run_worker

#: How long what is running may take to finish once we are asked to stop.
GRACE_SECONDS = 10
#: How long a connection may stay open without a request.
KEEPALIVE_SECONDS = 30
#: Requests' log lines are written together so often.
LOG_EVERY_SECONDS = 0.1
#: The longest line and header that is read.
LONGEST_LINE = 8190


def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on (MANYWAYS_PORT)")] = None,
) -> None:
    """Serve the pages, and send mail, until stopped."""
    if port is not None:
        os.environ["MANYWAYS_PORT"] = str(port)
    settings = settings_in_words()
    write_logs(settings.log_level)
    run(_serve(settings))


def work() -> None:
    """Send mail and run timers, without serving pages."""
    settings = settings_in_words()
    write_logs(settings.log_level)
    run(_work(settings))


async def _serve(settings: Settings) -> None:
    stop = _stop_on_signals()
    async with open_parts(settings) as parts, _listening(parts) as runner:
        await _greet(parts)
        await _until_stopped(parts, runner, stop)


async def _greet(parts: Parts) -> None:
    """Say where to look, and in a demonstration how to get in."""
    if parts.is_demo:
        async with parts.database.reading() as db:
            say_links(await demo_links(db, parts.keys, parts.settings.public_url))
    say_line(f"Manyways is ready: {parts.settings.public_url}")
    say_line("Stop it with Ctrl+C.")


async def _until_stopped(parts: Parts, runner: web.AppRunner, stop: asyncio.Event) -> None:
    """Wait to be stopped; then pages and worker finish what they began, side by side."""
    async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as group:
        if parts.settings.worker_inside:
            group.create_task(run_worker(parts, stop))
        group.create_task(parts.events.begin())
        group.create_task(keep_up_to_date(runner.app[SERVERS], stop))
        group.create_task(keep_rooms_known(runner.app[ROOMS_KNOWN], stop))
        if runner.server is not None:
            group.create_task(keep_looking(runner.server, runner.app[HEARD], stop))
        await stop.wait()
        limit.reschedule(asyncio.get_running_loop().time() + GRACE_SECONDS)
        await runner.cleanup()


async def _work(settings: Settings) -> None:
    async with open_parts(settings) as parts:
        stop = _stop_on_signals()
        say_line("Manyways sends what is waiting. Stop it with Ctrl+C.")
        await run_worker(parts, stop)


@asynccontextmanager
async def _listening(parts: Parts) -> AsyncGenerator[web.AppRunner]:
    """Listen while the block runs; its runner's `cleanup` finishes what was begun."""
    runner = web.AppRunner(
        make_app(parts, log_every=LOG_EVERY_SECONDS),
        access_log=None,
        keepalive_timeout=KEEPALIVE_SECONDS,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        shutdown_timeout=GRACE_SECONDS - 1,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, parts.settings.host, parts.settings.port).start()
        yield runner
    finally:
        await runner.cleanup()


def _stop_on_signals() -> asyncio.Event:
    """Give an event that is set when the process is asked to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
