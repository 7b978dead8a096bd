"""Letters handed to a mail server, over connections that are kept.

No log line is written here: addresses and a server's words are personal. A connection on which
anything went wrong is thrown away, because nobody knows any more what the server waits for.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from service.outbound.channel import Outgoing, PermanentFailure, TemporaryFailure, Unreachable
from service.outbound.mail_server import MailServer, Security
from service.outbound.refusals import SIGN_IN_CODES, is_of_address, refusal

READY_FOR_DATA = 354
ACCEPTED = 250
CLOSING = "421"

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seconds each step may take (reliability E5) and how many connections are kept.

    The answer after the final dot gets longer: a server may be writing the message to its disk, and
    giving up too soon makes a duplicate.
    """

    step: float = 30.0
    after_dot: float = 120.0
    check: float = 10.0
    connections: int = 4


class SmtpChannel:
    """Hand messages to one mail server; use it as an async context manager, or `close` it."""

    def __init__(
        self,
        server: MailServer,
        *,
        limits: Limits | None = None,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """Remember the server; nothing is connected yet. `tls_context` trusts others than usual."""
        self._server = server
        self._limits = limits or Limits()
        self._tls_context = tls_context
        self._turns = asyncio.Semaphore(self._limits.connections)
        self._idle: list[SMTP] = []

    async def __aenter__(self) -> Self:
        """Begin; connections are made when they are needed."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take leave of the server."""
        await self.close()

    async def send(self, outgoing: Outgoing) -> None:
        """Hand over one message; return only when the server has taken it on.

        Raises PermanentFailure for a 5xx to the message or its addresses, TemporaryFailure for
        anything else, refused sign-ins included: those are no fault of the message.
        """
        async with self._turns:
            client = await self._begin(outgoing)
            with _as_failure(client):
                with _as_refused_address():
                    await self._name_recipient(client, outgoing)
                await self._hand_over(client, outgoing.raw)
            self._idle.append(client)

    async def check(self) -> None:
        """Connect, sign in and say goodbye, within ten seconds in all; raise Unreachable."""
        with _as_unreachable():
            async with asyncio.timeout(self._limits.check):
                client = await self._connected()
                await _leave(client)

    async def close(self) -> None:
        """Say goodbye on every kept connection; a server that does not answer is left."""
        idle, self._idle = self._idle, []
        for client in idle:
            with _ignoring_goodbye():
                async with asyncio.timeout(self._limits.check):
                    await _leave(client)

    async def _begin(self, outgoing: Outgoing) -> SMTP:
        """Open an envelope on a kept connection, or on a new one if the server has closed those.

        Nothing of the message has left the house before MAIL is accepted, so a kept connection that
        has died meanwhile is simply tried no more, without a failure.
        """
        while self._idle:
            client = self._idle.pop()
            try:
                # A closed one has forgotten what its server can do, so it is not asked.
                if client.is_connected:
                    await self._open_envelope(client, outgoing)
                    return client
            except TemporaryFailure as failure:
                if not _is_over(failure):
                    raise
        with _as_unreachable():
            client = await self._connected()
        await self._open_envelope(client, outgoing)
        return client

    async def _connected(self) -> SMTP:
        """Connect, say hello, make it safe, sign in; each step has its limit."""
        server, step = self._server, self._limits.step
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security is Security.TLS,
            start_tls=False,
            tls_context=self._context(),
            local_hostname=_own_name(),
            timeout=None,
        )
        try:
            async with asyncio.timeout(step):
                await client.connect()
            async with asyncio.timeout(step):
                await client.ehlo()
            if server.security is Security.STARTTLS:
                await self._make_safe(client)
            if server.username is not None and server.password is not None:
                async with asyncio.timeout(step):
                    await client.login(server.username, server.password)
        except BaseException:
            client.close()
            raise
        return client

    async def _make_safe(self, client: SMTP) -> None:
        """Turn to TLS, which is required: a server that cannot is not used (ASVS 12.3.1)."""
        if not client.supports_extension("starttls"):
            raise Unreachable("no-safe-connection")
        async with asyncio.timeout(self._limits.step):
            await client.starttls()
            await client.ehlo()

    async def _open_envelope(self, client: SMTP, outgoing: Outgoing) -> None:
        if outgoing.needs_utf8 and not client.supports_extension("smtputf8"):
            self._idle.append(client)
            raise PermanentFailure(
                "address-needs-utf8",
                "The mail server cannot write to addresses with letters beyond A to Z.",
            )
        options = ["SMTPUTF8"] if outgoing.needs_utf8 else []
        with _as_failure(client):
            async with asyncio.timeout(self._limits.step):
                await client.mail(outgoing.envelope_from, options=options, encoding="utf-8")

    async def _name_recipient(self, client: SMTP, outgoing: Outgoing) -> None:
        async with asyncio.timeout(self._limits.step):
            await client.rcpt(outgoing.envelope_to, encoding="utf-8")

    async def _hand_over(self, client: SMTP, raw: bytes) -> None:
        """Send the bytes; the wait for leave to send and the wait after the dot differ."""
        async with asyncio.timeout(self._limits.step):
            response = await client.execute_command(b"DATA")
        if response.code != READY_FOR_DATA:
            raise SMTPResponseException(response.code, response.message)
        if client.protocol is None:
            raise SMTPServerDisconnected("the connection is gone")
        async with asyncio.timeout(self._limits.after_dot):
            client.protocol.write(dotted(raw))
            response = await client.protocol.read_response()
        if response.code != ACCEPTED:
            raise SMTPResponseException(response.code, response.message)

    def _context(self) -> ssl.SSLContext | None:
        if self._server.security is Security.OFF:
            return None
        if self._tls_context is None:
            self._tls_context = ssl.create_default_context()
        return self._tls_context


def dotted(raw: bytes) -> bytes:
    """Make bytes ready to follow DATA: CRLF alone ends lines, dots are doubled, a dot ends it.

    A lone CR or LF could be taken for an end by the next server ("SMTP smuggling").
    """
    lines = _LINE_ENDS.sub(b"\r\n", raw).removesuffix(b"\r\n").split(b"\r\n")
    doubled = (b"." + line if line.startswith(b".") else line for line in lines)
    return b"\r\n".join(doubled) + b"\r\n.\r\n"


@contextmanager
def _as_failure(client: SMTP) -> Iterator[None]:
    """Turn what the library raises about a message into one of our two failures.

    Whatever it is, a cancelled task included, the connection is thrown away.
    """
    try:
        yield
    except BaseException as error:
        client.close()
        failure = _failure(error)
        if failure is None:
            raise
        raise failure from error


@contextmanager
def _as_unreachable() -> Iterator[None]:
    """Turn whatever goes wrong before there is a message into one of the server itself."""
    try:
        yield
    except SMTPResponseException as error:
        reason = "sign-in-refused" if error.code in SIGN_IN_CODES else "no-connection"
        raise Unreachable(reason, f"{error.code} {error.message}") from error
    except TimeoutError as error:
        raise Unreachable("timed-out") from error
    except (SMTPException, OSError) as error:
        is_unsafe = isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError)
        reason = "no-safe-connection" if is_unsafe else "no-connection"
        raise Unreachable(reason) from error


@contextmanager
def _ignoring_goodbye() -> Iterator[None]:
    try:
        yield
    except (SMTPException, OSError, TimeoutError):
        return


@contextmanager
def _as_refused_address() -> Iterator[None]:
    """Tell a refusal of the person's address from one of the mail, or of mail from us (RFC 3463, 3.8)."""
    try:
        yield
    except SMTPResponseException as error:
        if is_of_address(error.code, error.message):
            raise PermanentFailure(
                f"refused-{error.code}", error.message, is_of_address=True
            ) from error
        raise


def _failure(error: BaseException) -> TemporaryFailure | PermanentFailure | None:
    """Say which failure an error means; None if it is none of the server's."""
    match error:
        case SMTPResponseException():
            return refusal(error.code, error.message)
        case TimeoutError():
            return TemporaryFailure("timed-out")
        case SMTPException() | OSError():
            return TemporaryFailure("dropped")
    return None


def _is_over(failure: TemporaryFailure) -> bool:
    """Say whether a server only told that it has closed a connection (RFC 5321, 3.8)."""
    return failure.reason == "dropped" or failure.server_words.startswith(CLOSING)


async def _leave(client: SMTP) -> None:
    try:
        await client.quit()
    finally:
        client.close()


def _own_name() -> str:
    """Give the name to say hello with; a made-up machine name is no reason to be refused."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9.-]+", name) else "localhost"
