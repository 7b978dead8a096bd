"""A place where a mail server hands mail over by LMTP (RFC 2033).

It stands behind a mail server that has checked what it takes, so it listens on this machine or on a file.
Each mail is answered only after it is written down: 250 means that it cannot be lost any more.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.inbound.mime import MOST_BYTES

MOST_RECIPIENTS = 20
MOST_CONNECTIONS = 20
IDLE_SECONDS = 60.0
TAKEN = "250 2.0.0 taken in"
LATER = "451 4.3.0 try again later"
TOO_MANY = "452 4.5.3 too many recipients"
BUSY = b"421 4.3.2 too many connections\r\n"

#: Takes in a mail that was written to these addresses; tells whether it is safe now.
Take = Callable[[bytes, Sequence[str]], Awaitable[bool]]


class Handler:
    """Answers a mail server; the names of its methods are those that aiosmtpd looks for."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take on a recipient; whose it is, is seen when the mail is read."""
        del server, session, options
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take in a mail; LMTP wants an answer for each recipient, and all of them are the same."""
        del server, session
        content = envelope.original_content or b""
        answer = TAKEN if await self._take(content, envelope.rcpt_tos) else LATER
        return "\r\n".join([answer] * len(envelope.rcpt_tos))


class Door:
    """Makes the protocol of each connection, and turns away what is too many."""

    def __init__(self, take: Take) -> None:
        self._handler = Handler(take)
        self._open: set[LMTP] = set()

    def __call__(self) -> LMTP:
        """Make the protocol of one connection."""
        return _Connection(self._handler, self._open)


class _Connection(LMTP):
    def __init__(self, handler: Handler, open_now: set[LMTP]) -> None:
        super().__init__(
            handler,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname="manyways",
            ident="Manyways LMTP",
            timeout=IDLE_SECONDS,
        )
        self._all = open_now

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless too many are open already."""
        if len(self._all) >= MOST_CONNECTIONS and isinstance(transport, asyncio.Transport):
            transport.write(BUSY)
            transport.close()
            return
        self._all.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End."""
        if self in self._all:
            self._all.discard(self)
            super().connection_lost(error)


@asynccontextmanager
async def listening(place: str, take: Take) -> AsyncIterator[asyncio.Server]:
    """Listen at `host:port` or `unix:/path` until the end; raises OSError if that cannot be."""
    loop, door = asyncio.get_running_loop(), Door(take)
    if place.startswith("unix:"):
        server = await loop.create_unix_server(door, place.removeprefix("unix:"))
        await asyncio.to_thread(Path(place.removeprefix("unix:")).chmod, 0o660)
    else:
        host, _, port = place.rpartition(":")
        server = await loop.create_server(door, host.strip("[]"), int(port))
    try:
        yield server
    finally:
        server.close()
