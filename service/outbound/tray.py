"""The post tray: letters land in a folder until a mail server is configured, to be looked at.

One file a letter, named by its date and its Message-ID: the same one written again takes its own
place.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Lock

from service.outbound.channel import OutboundError, Outgoing, Unreachable

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{32}\.eml")
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


class NoSuchLetter(OutboundError):
    """There is no letter of that name in the tray."""

    code = "no-such-letter"


@dataclass(frozen=True, slots=True)
class TrayLetter:
    """A letter in the tray, read back; `html` and `calendar` may be empty."""

    name: str
    subject: str
    to: str
    sender: str
    when: datetime
    text: str
    html: str
    calendar: str


class PostTray:
    """A folder of letters: a channel to write to, and something to list and read."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made with the first letter."""
        self._folder = folder
        self._lock = Lock()
        self._names: dict[str, str] | None = None

    async def send(self, outgoing: Outgoing) -> None:
        """Lay one message in the tray, whole or not at all; raise Unreachable if it cannot."""
        try:
            await asyncio.to_thread(self._write, outgoing)
        except OSError as error:
            raise Unreachable("tray-unwritable") from error

    async def check(self) -> None:
        """Say that there is a folder to write to, or raise Unreachable."""
        try:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise Unreachable("tray-unwritable") from error

    async def close(self) -> None:
        """Do nothing: a folder needs no goodbye."""

    async def newest(self, limit: int = 100) -> list[TrayLetter]:
        """Read the newest letters, newest first."""
        return await asyncio.to_thread(lambda: list(self._read_newest(limit)))

    async def letter(self, name: str) -> TrayLetter:
        """Read one letter; raise NoSuchLetter for a name that is none of ours, such as a path."""
        return _read(name, await self.raw(name))

    async def raw(self, name: str) -> bytes:
        """Give the bytes of one letter as they would have been sent, or raise NoSuchLetter."""
        if not _NAME.fullmatch(name):
            raise NoSuchLetter("no letter has such a name")
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except OSError as error:
            raise NoSuchLetter("it is not in the tray") from error

    async def remove(self, message_ids: Collection[str]) -> None:
        """Take the letters with these Message-IDs out of the tray, those that are there; raise Unreachable."""
        digests = {_digest_of(message_id) for message_id in message_ids}
        try:
            await asyncio.to_thread(self._remove, lambda name: _digest(name) in digests)
        except OSError as error:
            raise Unreachable("tray-unwritable") from error

    async def remove_before(self, when: datetime) -> int:
        """Take the letters dated then or earlier out of the tray, and count them; raise Unreachable."""
        stamp = f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        try:
            return await asyncio.to_thread(self._remove, lambda name: _dated(name) <= stamp)
        except OSError as error:
            raise Unreachable("tray-unwritable") from error

    async def count_before(self, when: datetime) -> int:
        """Count the letters dated then or earlier."""
        stamp = f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        names = await asyncio.to_thread(self._letter_names)
        return sum(_dated(name) <= stamp for name in names)

    def _remove(self, is_meant: Callable[[str], bool]) -> int:
        """Remove the letters whose names are meant, and count them."""
        with self._lock:
            gone = [name for name in self._letter_names() if is_meant(name)]
            for name in gone:
                (self._folder / name).unlink(missing_ok=True)
            self._names = None
        return len(gone)

    def _write(self, outgoing: Outgoing) -> None:
        digest = _digest_of(outgoing.message_id)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            names = self._known_names()
            name = names.get(digest) or f"{_stamp(outgoing.raw)}-{digest}.eml"
            _write_whole(self._folder / name, outgoing.raw)
            names[digest] = name

    def _known_names(self) -> dict[str, str]:
        """Give the name of each letter by its digest; the folder is looked through once."""
        if self._names is None:
            self._names = {_digest(name): name for name in self._letter_names()}
        return self._names

    def _letter_names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        names = (path.name for path in self._folder.iterdir())
        return sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)

    def _read_newest(self, limit: int) -> Iterator[TrayLetter]:
        for name in self._letter_names()[:limit]:
            try:
                raw = (self._folder / name).read_bytes()
            except FileNotFoundError:
                continue
            yield _read(name, raw)


def _digest_of(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]


def _dated(name: str) -> str:
    return name.partition("-")[0]


def _digest(name: str) -> str:
    return name.removesuffix(".eml").partition("-")[2]


def _stamp(raw: bytes) -> str:
    """Give the date a letter bears, as the beginning of a file name that sorts."""
    return f"{_date(_parsed(raw)):%Y%m%dT%H%M%SZ}"


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is either there whole or not there, even if the power goes."""
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(name: str, raw: bytes) -> TrayLetter:
    message = _parsed(raw)
    return TrayLetter(
        name=name,
        subject=str(message.get("subject", "")),
        to=str(message.get("to", "")),
        sender=str(message.get("from", "")),
        when=_date(message),
        text=_part(message, "text/plain"),
        html=_part(message, "text/html"),
        calendar=_part(message, "text/calendar"),
    )


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=default)


def _date(message: EmailMessage) -> datetime:
    try:
        return parsedate_to_datetime(str(message.get("date", ""))).astimezone(UTC)
    except ValueError:
        return _UNDATED


def _part(message: EmailMessage, kind: str) -> str:
    """Give the words of the first part of a kind; a file somebody put in by hand may lack it."""
    for part in message.walk():
        if part.get_content_type() == kind:
            payload = part.get_payload(decode=True)
            return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return ""
