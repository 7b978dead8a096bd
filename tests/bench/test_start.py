"""From the command to the first answer, against importing the two libraries it cannot do without."""

import asyncio
import os
import resource
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from tests.bench.measuring import Cost, Report, in_words, side_by_side
from tests.databases import SqliteFolder

COMMAND = Path(sys.executable).with_name("manyways")
IMPORTS = "import aiohttp, sqlalchemy.ext.asyncio"


@pytest.mark.bench
async def test_ready_to_serve(sqlite_template: str, home: Path, report: Report) -> None:
    memory: list[int] = []
    async with SqliteFolder(home).fresh(sqlite_template):
        imports = "importing aiohttp and SQLAlchemy"

        async def ours() -> Cost:
            async with serving(home) as (process, cost):
                memory.append(resident_kilobytes(process))
                return cost

        costs = await side_by_side({"ready to serve": ours, imports: importing})

    report.compare("ready to serve", "sqlite", costs, baselines=[imports])
    fastest = min(cost.elapsed for cost in costs["ready to serve"])
    report.note("ready to serve: elapsed, fastest", "sqlite", in_words(fastest))
    report.note("resident memory when idle", "sqlite", f"{max(memory) / 1024:.0f} MB")


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[tuple[Process, Cost]]:
    """Run the service on a database that is there already; tell what it took to be ready."""
    port = unused_port()
    began = time.perf_counter()
    settings = {"MANYWAYS_HOME": str(home), "MANYWAYS_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        *(str(COMMAND), "serve"), env=os.environ | settings, stdout=PIPE, stderr=DEVNULL
    )
    try:
        await until_ready(process, port)
        yield process, Cost(cpu_seconds(process), time.perf_counter() - began)
    finally:
        process.terminate()
        await process.wait()


async def until_ready(process: Process, port: int) -> None:
    """Wait until the service says that it listens, and ask whether it is ready."""
    if process.stdout is None:
        raise RuntimeError("a process without pipes")
    async with asyncio.timeout(30):
        await process.stdout.readline()
        async with ClientSession() as client, client.get(f"http://127.0.0.1:{port}/readyz") as got:
            assert got.status == 200


async def importing() -> Cost:
    """Start Python, import what we cannot do without, and end."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", IMPORTS)
    await process.wait()
    elapsed = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(used, elapsed)


def cpu_seconds(process: Process) -> float:
    """Give the CPU time of a running process (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kilobytes(process: Process) -> int:
    """Give the memory a running process holds (proc(5), VmRSS)."""
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])
