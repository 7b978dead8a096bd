"""Those who ask: each over one connection, and the next request as soon as there is an answer.

They do so little that a service never waits for one of them, as with `wrk`, by which the limits were
measured (performance 1). Requests are written beforehand, and connections opened. Sending several at
once over one connection would be quicker still, but nobody who really asks does that, and to tell
them apart costs aiohttp half as much again as to answer one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from tests.bench.measuring import Case, Cost
from tests.bench.processes import HOST
from tests.bench.test_page import get

#: The answers that mean that all is well.
GOOD = (b"HTTP/1.1 200 ", b"HTTP/1.1 303 ")
_LENGTH = b"\r\nContent-Length: "


class Client(asyncio.Protocol):
    """One connection; `done` gives the head of the last answer, or of the first that is not good."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self.done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._requests = iter(requests)
        self._answer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection for when it begins."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Send the next request if this was the end of an answer, and a good one."""
        self._answer += data
        head, is_whole, body = self._answer.partition(b"\r\n\r\n")
        if is_whole and len(body) >= _length(head):
            self._answer = b""
            self.ask(head)

    def connection_lost(self, error: Exception | None) -> None:
        """Give up if there should have been more answers."""
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("closed too early"))

    def ask(self, last: bytes = GOOD[0]) -> None:
        """Send the next request, or end if there is none."""
        request = next(self._requests, None) if last.startswith(GOOD) else None
        if self._transport is None or request is None:
            self.done.set_result(last)
        else:
            self._transport.write(request)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.abort()


def asking(port: int, write: Callable[[], bytes], *, times: int, connections: int) -> Case:
    """Make the case of asking so many times, over several connections all at once; all must be well."""

    async def case() -> Cost:
        clients = [
            await _connected(port, [write() for _ in range(times // connections)])
            for _ in range(connections)
        ]
        cpu, began = float(await get(port, "/bench/cpu")), time.perf_counter()
        for each in clients:
            each.ask()
        heads = await asyncio.gather(*(each.done for each in clients))
        elapsed = time.perf_counter() - began
        used = float(await get(port, "/bench/cpu")) - cpu
        for each in clients:
            each.close()
        assert all(head.startswith(GOOD) for head in heads), heads
        return Cost(used / times, elapsed / times)

    return case


async def asked(port: int, request: bytes) -> bytes:
    """Ask once, and give the head of the answer."""
    client = await _connected(port, [request])
    client.ask()
    head = await client.done
    client.close()
    return head


async def _connected(port: int, requests: Sequence[bytes]) -> Client:
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(lambda: Client(requests), HOST, port)
    return client


def _length(head: bytes) -> int:
    """Give the length of the body that follows a head."""
    rest = head.partition(_LENGTH)[2]
    return int(rest.partition(b"\r\n")[0] or 0)
