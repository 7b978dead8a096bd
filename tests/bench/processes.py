"""Processes beside the measurement, which must not share its CPU time: they print a port and serve it."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from service.web.lines import render

HOST = "127.0.0.1"


@asynccontextmanager
async def running(module: str, *arguments: str) -> AsyncIterator[int]:
    """Run a module that serves on a port, and give the port; it is asked to end at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), stdin=PIPE, stdout=PIPE
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without pipes")
    try:
        async with asyncio.timeout(30):
            line = await process.stdout.readline()
        yield int(line)
    finally:
        process.stdin.close()
        await process.wait()


async def serve_until_told(port: int) -> None:
    """Tell the port to whoever started us, and wait until they let go of us."""
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def logging_to_nowhere() -> Iterator[None]:
    """Write log lines in full, as they are in earnest, but where nobody reads them."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        structlog.configure(
            processors=[
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                render,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.WriteLoggerFactory(nowhere),
            cache_logger_on_first_use=True,
        )
        yield
        structlog.reset_defaults()
