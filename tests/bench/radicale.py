"""Radicale, a well-known calendar server, in a process of its own, with one calendar in it."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from tests.bench.processes import HOST

CALENDAR = "/ada/sessions/"
CONFIG = """
[server]
hosts = {host}:{port}
[auth]
type = none
[rights]
type = from_file
file = {folder}/rights
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""
RIGHTS = """
[everything]
user = .*
collection = .*
permissions = RrWw
"""
TICKS = os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def radicale(folder: Path, calendar: bytes) -> AsyncIterator[tuple[int, int]]:
    """Run it on a free port with the calendar put into it; gives the port and the process."""
    port = _free_port()
    (folder / "rights").write_text(RIGHTS, "utf-8")
    config = folder / "config"
    config.write_text(CONFIG.format(host=HOST, port=port, folder=folder), "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "radicale", "--config", str(config)), stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        await _until_it_listens(port)
        await _put(port, calendar)
        yield port, process.pid
    finally:
        process.terminate()
        await process.wait()


def cpu_of(process: int) -> float:
    """Give the CPU seconds of another process so far, all its threads counted."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def _until_it_listens(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return


async def _put(port: int, calendar: bytes) -> None:
    async with ClientSession(f"http://{HOST}:{port}") as session:
        for method, path, body in (("MKCOL", "/ada/", b""), ("PUT", CALENDAR, calendar)):
            async with session.request(
                method, path, data=body, headers={"Content-Type": "text/calendar"}
            ) as response:
                if response.status != 201:
                    raise RuntimeError(f"{method}: {response.status}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port
