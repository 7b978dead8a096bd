"""A real mail server on a free port that keeps what it gets and can be told to refuse or to fall silent."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
OK = "250 OK"

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class MailSink:
    """What a mail server got, and what it shall answer next; answers run out, then all is well."""

    port: int = 0
    connections: int = 0
    delivered: list[Envelope] = field(default_factory=list)
    to_recipient: deque[str] = field(default_factory=deque)
    after_data: deque[str] = field(default_factory=deque)
    open_now: list[SMTP] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (the name aiosmtpd looks for)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take on a recipient, or give the next answer there is."""
        del server, session, options
        answer = self.to_recipient.popleft() if self.to_recipient else OK
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 (the name aiosmtpd looks for)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a message, or give the next answer there is."""
        del server, session
        answer = self.after_data.popleft() if self.after_data else OK
        if answer == OK:
            self.delivered.append(envelope)
        return answer

    @property
    def message_ids(self) -> list[str]:
        """List the Message-IDs of what was delivered."""
        whole = (each.content for each in self.delivered if isinstance(each.content, bytes))
        lines = (line for content in whole for line in content.split(b"\r\n"))
        return [line[12:].decode() for line in lines if line.startswith(b"Message-ID: ")]

    def drop_all(self) -> None:
        """Close every connection from this side, without a word."""
        for server in self.open_now:
            if server.transport is not None:
                server.transport.close()


class _Counted(SMTP):
    """The server of one connection, known to its sink."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count a new connection."""
        super().connection_made(transport)
        self.event_handler.open_now.append(self)
        self.event_handler.connections += 1


@asynccontextmanager
async def mail_sink(
    *,
    tls: ssl.SSLContext | None = None,
    login: LoginPassword | None = None,
    utf8: bool = True,
    port: int = 0,
) -> AsyncIterator[MailSink]:
    """Run a sink; with `tls` it requires STARTTLS, with `login` it wants that name and password.

    It takes a free port, or the one given: that of a sink that was away and is back.
    """
    sink = MailSink()

    def check(*given: object) -> AuthResult:
        return AuthResult(success=given[-1] == login, handled=False)

    def serve() -> SMTP:
        return _Counted(
            sink,
            hostname="sink.example",
            ident="sink",
            enable_SMTPUTF8=utf8,
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=login is not None,
            authenticator=check,
        )

    server = await asyncio.get_running_loop().create_server(serve, HOST, port)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        sink.drop_all()
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def scripted_server(script: Script) -> AsyncIterator[int]:
    """Run a server that does what a script does with each connection; give its port."""
    running: set[asyncio.StreamWriter] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(writer)
        try:
            await script(reader, writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for writer in running:
            writer.close()
        server.close()
        await server.wait_closed()
