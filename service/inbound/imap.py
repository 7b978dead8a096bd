"""A mailbox read by IMAP: one mail after the other, in a thread, each wait with its limit.

A mail that was taken in is moved to a folder of its own, or marked where that cannot be; nothing is ever
deleted. Which mails are new is known to the server alone: what lies in the folder unmarked.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import ParamSpec, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from service.inbound.mailbox import Mailbox, Security
from service.inbound.mime import MOST_BYTES

#: Mails taken in one go; the rest come with the next.
BATCH = 50
DONE_FOLDER = "Manyways done"
DONE_FLAG = "$ManywaysDone"
SEEN = rb"\Seen"
CONNECT_SECONDS = 10.0
STEP_SECONDS = 60.0

P = ParamSpec("P")
R = TypeVar("R")


class MailboxTrouble(Exception):
    """The mailbox cannot be read just now; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as it lies in the mailbox; `is_cut` if only its beginning was fetched."""

    number: int
    raw: bytes = field(repr=False)
    is_cut: bool = False


class OpenMailbox:
    """A mailbox that somebody signed in to. Only one step is under way at a time."""

    def __init__(self, client: IMAPClient, folder: str) -> None:
        self._client = client
        self._folder = folder
        self._can_flag = False
        self._can_move = client.has_capability("MOVE")

    async def new_mails(self, since: date) -> Sequence[int]:
        """Number the mails to take in, the oldest first, at most a batch.

        That is what nobody has opened, and what somebody opened since that day before we came.
        """
        return await _in_thread(self._search, since)

    async def fetch(self, number: int) -> Fetched:
        """Fetch one mail without marking it as read; of a very large one only the beginning."""
        return await _in_thread(self._fetch, number)

    async def done_with(self, number: int) -> None:
        """Mark a mail as taken in, and move it to the folder of those if that can be."""
        await _in_thread(self._done_with, number)

    def _search(self, since: date) -> Sequence[int]:
        flags = self._client.select_folder(self._folder).get(b"PERMANENTFLAGS", ())
        self._can_flag = rb"\*" in flags or DONE_FLAG.encode() in flags
        recent = (
            ["OR", "UNSEEN", "SINCE", since] if self._can_flag or self._can_move else ["UNSEEN"]
        )
        marked = ["UNKEYWORD", DONE_FLAG] if self._can_flag else []
        found = self._client.search(["UNDELETED", *marked, *recent])
        return sorted(int(number) for number in found)[:BATCH]

    def _fetch(self, number: int) -> Fetched:
        item = f"BODY.PEEK[]<0.{MOST_BYTES + 1}>"
        answer = self._client.fetch([number], [item]).get(number, {})
        raw = next((value for name, value in answer.items() if name.startswith(b"BODY[]")), b"")
        if not isinstance(raw, bytes):
            raise MailboxTrouble("mail-not-given")
        return Fetched(number, raw[:MOST_BYTES], is_cut=len(raw) > MOST_BYTES)

    def _done_with(self, number: int) -> None:
        self._client.add_flags(
            [number], [SEEN, *([DONE_FLAG] if self._can_flag else [])], silent=True
        )
        if self._can_move:
            try:
                if not self._client.folder_exists(DONE_FOLDER):
                    self._client.create_folder(DONE_FOLDER)
                self._client.move([number], DONE_FOLDER)
            except IMAPClientError:
                # Marked it is; a server that lets nobody make folders keeps it where it lies.
                self._can_move = False


@asynccontextmanager
async def open_mailbox(
    where: Mailbox,
    *,
    tls_context: ssl.SSLContext | None = None,
    step_seconds: float = STEP_SECONDS,
) -> AsyncIterator[OpenMailbox]:
    """Sign in to a mailbox, and out again at the end; raises MailboxTrouble.

    The server's silence is borne for half of `step_seconds`; the thread of who stops waiting ends by that.
    """
    client = await _in_thread(_signed_in, where, tls_context, step_seconds / 2)
    try:
        yield OpenMailbox(client, where.folder)
    finally:
        with contextlib.suppress(MailboxTrouble):
            await _in_thread(client.logout)


def _signed_in(
    where: Mailbox, tls_context: ssl.SSLContext | None, silence_seconds: float
) -> IMAPClient:
    context = tls_context or ssl.create_default_context()
    client = IMAPClient(
        where.host,
        port=where.port,
        use_uid=True,
        ssl=where.security is Security.TLS,
        ssl_context=context,
        timeout=SocketTimeout(connect=CONNECT_SECONDS, read=silence_seconds),
    )
    try:
        if where.security is Security.STARTTLS:
            client.starttls(context)
        # The older command knows only ASCII (RFC 3501, 6.2.3; RFC 4616).
        is_plain = (where.username + where.password).isascii()
        (client.login if is_plain else client.plain_login)(where.username, where.password)
        client.select_folder(where.folder)
    except BaseException:
        with contextlib.suppress(IMAPClientError, OSError):
            client.shutdown()
        raise
    return client


async def _in_thread(do: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """Do one step in a thread, within its time; whatever goes wrong becomes MailboxTrouble."""
    try:
        async with asyncio.timeout(STEP_SECONDS):
            return await asyncio.to_thread(do, *given, **named)
    except LoginError as error:
        raise MailboxTrouble("sign-in-refused") from error
    except TimeoutError as error:
        raise MailboxTrouble("timed-out") from error
    except ssl.SSLError as error:
        raise MailboxTrouble("no-safe-connection") from error
    except (IMAPClientError, OSError) as error:
        raise MailboxTrouble("no-connection") from error
