"""Takes in mail while the worker runs: from mailboxes, looked into about once a minute, and by LMTP.

Each mail is a transaction of its own, so that one that makes trouble holds up no other. A mail that could
not be written down stays where it is and comes again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog

from service.actions.mail_senders import house_of_mail
from service.actions.mailboxes import MailboxInUse, mailboxes_in_use, tell_of_trouble
from service.actions.receiving import take_mail
from service.actor import system_actor
from service.errors import Conflict
from service.inbound.imap import MailboxTrouble, open_mailbox
from service.inbound.lmtp import listening
from service.inbound.reading import Incoming, Unreadable, read_mail
from service.parts import Parts
from service.storage.incoming import was_taken
from service.storage.organisations import all_organisations

log = structlog.get_logger("mail")

LOOK_SECONDS = 60.0
READ_SECONDS = 20.0
#: What somebody opened in the mailbox before we came is taken in if it came since then.
LOOKS_BACK = timedelta(days=2)
#: A mailbox that cannot be read for so long is a human's business.
PATIENCE = timedelta(hours=1)


@dataclass(slots=True)
class Mailboxes:
    """Looks into every mailbox in use, and remembers since when one cannot be read."""

    parts: Parts
    troubled_since: dict[UUID | None, datetime] = field(default_factory=dict)

    async def look(self) -> int:
        """Take in what is new everywhere; gives how many mails that were."""
        async with self.parts.database.reading() as db:
            houses = await all_organisations(db)
        in_use = mailboxes_in_use(houses, self.parts.settings, self.parts.keys)
        return sum([await self._look_into(each) for each in in_use])

    async def _look_into(self, where: MailboxInUse) -> int:
        """Look into one mailbox; trouble with it is logged, and told to a human if it lasts."""
        try:
            taken = await look_into(self.parts, where)
        except MailboxTrouble as trouble:
            log.warning("mailbox-trouble", house=str(where.house), why=trouble.reason)
            await self._is_troubled(where, trouble.reason)
            return 0
        self.troubled_since.pop(where.house, None)
        return taken

    async def _is_troubled(self, where: MailboxInUse, why: str) -> None:
        now = self.parts.clock.now()
        since = self.troubled_since.setdefault(where.house, now)
        if now - since >= PATIENCE:
            async with self.parts.database.writing() as db:
                await tell_of_trouble(db, where.house, why, now=now)


async def watch_the_mailboxes(parts: Parts, stop: asyncio.Event) -> None:
    """Look into the mailboxes about once a minute, until `stop` is set."""
    mailboxes = Mailboxes(parts)
    while not stop.is_set():
        try:
            await mailboxes.look()
        except Exception as error:  # noqa: BLE001 - the edge of a round: logged, tried again
            log.error("mailboxes-failed", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await stop.wait()


async def look_into(parts: Parts, where: MailboxInUse) -> int:
    """Take in what is new in one mailbox; raises MailboxTrouble if it cannot be read."""
    taken = 0
    async with open_mailbox(where.mailbox, tls_context=where.tls_context) as opened:
        since = (parts.clock.now() - LOOKS_BACK).date()
        for number in await opened.new_mails(since):
            mail = await opened.fetch(number)
            if await take(parts, mail.raw, mailbox_of=where.house, is_cut=mail.is_cut):
                await opened.done_with(number)
                taken += 1
    return taken


async def listen_for_mail(
    parts: Parts, stop: asyncio.Event, *, ready: asyncio.Event | None = None
) -> None:
    """Let a mail server hand mail over, until `stop` is set; does nothing if that is not wanted.

    Sets `ready` once it listens.
    """
    if parts.settings.lmtp_listen is None:
        return

    async def taking(raw: bytes, recipients: Sequence[str]) -> bool:
        return await take(parts, raw, recipients=recipients)

    try:
        async with listening(parts.settings.lmtp_listen, taking):
            if ready is not None:
                ready.set()
            await stop.wait()
    except OSError as error:
        log.error("lmtp-cannot-listen", kind=type(error).__name__)


async def take(
    parts: Parts,
    raw: bytes,
    *,
    mailbox_of: UUID | None = None,
    recipients: Sequence[str] = (),
    is_cut: bool = False,
) -> bool:
    """Read a mail and take it in; True once it is written down, now or before."""
    try:
        mail = await _read(raw, is_cut=is_cut)
        known = (*(each.casefold() for each in recipients), *mail.recipients)
        return await _twice_at_most(
            lambda: _take(parts, replace(mail, recipients=known), mailbox_of)
        )
    except Exception as error:  # noqa: BLE001 - the edge of a mail: logged, and shown to a human
        log.error("mail-broke-us", kind=type(error).__name__)
    return await _set_aside(parts, raw, mailbox_of)


async def _set_aside(parts: Parts, raw: bytes, mailbox_of: UUID | None) -> bool:
    """Have a human look at a mail that broke us; False, so that it comes again, if that fails too."""
    digest = await asyncio.to_thread(lambda: sha256(raw).hexdigest())
    try:
        return await _take(parts, Incoming(digest, Unreadable("mail-not-understood")), mailbox_of)
    except Exception as error:  # noqa: BLE001 - the edge of a mail: logged, and it comes again
        log.error("mail-not-taken", kind=type(error).__name__)
        return False


async def _read(raw: bytes, *, is_cut: bool) -> Incoming:
    """Read a mail in a thread, so that a long one holds up nobody."""
    async with asyncio.timeout(READ_SECONDS):
        return await asyncio.to_thread(read_mail, raw, is_cut=is_cut)


async def _take(parts: Parts, mail: Incoming, mailbox_of: UUID | None) -> bool:
    async with parts.database.writing() as db:
        if await was_taken(db, mail.digest):
            return True
        house = await house_of_mail(db, mail, mailbox_of)
        if house is None:
            return False
        outcome = await take_mail(db, system_actor(house), mail, now=parts.clock.now())
    log.info("mail-taken", mail=mail.digest[:12], outcome=outcome)
    return True


async def _twice_at_most(do: Callable[[], Awaitable[bool]]) -> bool:
    """Try once more what somebody else did at the same moment; then it is found done."""
    try:
        return await do()
    except Conflict:
        return await do()
