"""What the machine itself does meanwhile: a process does next to nothing, and says when that took long.

It writes a few bytes durably, many times a second, as storing has to. While that stands still, because the
disk or the processor is busy with somebody else's work, nothing that must be durable can be any quicker.

`python -m tests.bench.machine FOLDER` writes "BEGAN ENDED" for each time that was long, until its input ends.
"""

import asyncio
import os
import select
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

#: How often it writes, and what counts as long.
EVERY_SECONDS, LONG_SECONDS = 0.05, 0.15

#: From when until when, by the clock that all processes of a machine share.
Span = tuple[float, float]


@asynccontextmanager
async def watching_the_machine(folder: Path) -> AsyncIterator[list[Span]]:
    """Watch the disk that the folder is on; the list is filled when the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.machine", str(folder)), stdin=PIPE, stdout=PIPE
    )
    found: list[Span] = []
    try:
        yield found
    finally:
        said, _ = await process.communicate(b"")
        for line in said.decode().splitlines():
            began, ended = line.split()
            found.append((float(began), float(ended)))


def stood_still(spans: Sequence[Span], began: float, ended: float) -> float:
    """Give for how long of some time the machine stood still."""
    return sum(max(0.0, min(ended, end) - max(began, begin)) for begin, end in spans)


def main(folder: str) -> None:
    """Write again and again until told to end."""
    path = Path(folder) / "machine-probe"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    is_over = False
    while not is_over:
        began = time.monotonic()
        os.pwrite(descriptor, str(began).encode(), 0)
        os.fdatasync(descriptor)
        is_over = bool(select.select([sys.stdin], [], [], EVERY_SECONDS)[0])
        ended = time.monotonic()
        if ended - began > EVERY_SECONDS + LONG_SECONDS:
            sys.stdout.write(f"{began} {ended}\n")
    os.close(descriptor)


if __name__ == "__main__":
    main(sys.argv[1])
