"""The smallest mail server: takes everything and keeps nothing. `python -m tests.bench.sink`."""

import asyncio

from tests.bench.processes import HOST, serve_until_told

END = b"\r\n.\r\n"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 goodbye\r\n",
}


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._got = b""
        self._is_data = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer once a command or a message is whole; this sender waits for every answer."""
        self._got += data
        if self._transport is None or not self._got.endswith(END if self._is_data else b"\r\n"):
            return
        command, self._got = self._got[:4].upper(), b""
        answer = b"250 OK\r\n" if self._is_data else ANSWERS.get(command, b"250 OK\r\n")
        self._is_data = not self._is_data and command == b"DATA"
        self._transport.write(answer)


async def main() -> None:
    """Serve until told to end."""
    server = await asyncio.get_running_loop().create_server(Sink, HOST, 0)
    await serve_until_told(server.sockets[0].getsockname()[1])
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
