"""Letters into the bytes of a mail. What they say is made elsewhere; nothing here is sent.

The same letter always gives the same bytes: the boundaries come from the Message-ID, the date is
given. Structure and encodings are those that calendar programs were seen to take (RFC 6047, 2.4,
and trials with Thunderbird; Outlook and Gmail want the method in the type).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from scheduling.text import clean
from scheduling.time import in_utc
from service.outbound.addresses import Mailbox, usable
from service.outbound.channel import Outgoing
from service.outbound.headers import address, header, words
from service.outbound.parts import alternatives, attachment, calendar_part, mixed, words_part

LONGEST_SUBJECT = 250

_REFERENCE = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]+@[A-Za-z0-9.-]+>")
_TO_PRESS = re.compile(r"<https?://[!-;=?-~]+>")


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A calendar file as it travels in a mail; `method` is REQUEST or CANCEL, as in the file."""

    content: bytes
    method: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person, in plain text and in HTML that repeats it.

    `date` is that of the version it tells of, so that sending again gives the same bytes.
    `message_id` and `in_reply_to` stand in angle brackets; `headers` are further ones, of ours
    only.
    """

    to: Mailbox
    sender: Mailbox
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    calendar: CalendarPart | None = None
    in_reply_to: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a reference that is not one: a fault of the caller, ours are made of UIDs."""
        for reference in (self.message_id, self.in_reply_to):
            if reference is not None and not _REFERENCE.fullmatch(reference):
                raise ValueError("a Message-ID must look like <left@right>")


def outgoing(letter: Letter, *, envelope_from: str | None = None) -> Outgoing:
    """Make the message that carries a letter.

    `envelope_from` is where failures go: the sender's own address unless another is given. Raises
    PermanentFailure for an address that is not one.
    """
    back = letter.sender if envelope_from is None else Mailbox("", envelope_from)
    return Outgoing(
        envelope_from=usable(back).address,
        envelope_to=usable(letter.to).address,
        raw=mail_bytes(letter),
        message_id=letter.message_id,
    )


def mail_bytes(letter: Letter) -> bytes:
    """Write a letter as a mail, with CRLF line ends everywhere.

    With a calendar: mixed(alternative(plain, html, calendar), application/ics). Without:
    alternative alone. Raises PermanentFailure for an address that is not one.
    """
    return b"".join(_headers(letter)) + _body(letter)


def _headers(letter: Letter) -> Iterator[bytes]:
    """Give the headers in order; one From, one To, and nobody else."""
    yield header("From", *address(usable(letter.sender)))
    yield header("To", *address(usable(letter.to)))
    yield header("Subject", *words(clean(letter.subject)[:LONGEST_SUBJECT]))
    yield header("Date", format_datetime(in_utc(letter.date)))
    yield header("Message-ID", letter.message_id)
    if letter.in_reply_to is not None:
        yield header("In-Reply-To", letter.in_reply_to)
        yield header("References", letter.in_reply_to)
    for name, value in letter.headers:
        # An address to press stays whole, however long; no encoding may hide it.
        yield header(name, *((value,) if _TO_PRESS.fullmatch(value) else words(value)))
    yield header("MIME-Version", "1.0")


def _body(letter: Letter) -> bytes:
    """Put the words in, and around them the calendar twice if there is one."""
    spoken = (words_part(letter.text, "plain"), words_part(letter.html, "html"))
    if letter.calendar is None:
        return alternatives(_boundary(letter, "a"), *spoken)
    content, method = letter.calendar.content, letter.calendar.method
    whole = alternatives(_boundary(letter, "a"), *spoken, calendar_part(content, method))
    return mixed(_boundary(letter, "m"), whole, attachment(content))


def _boundary(letter: Letter, level: str) -> str:
    """Make the line between parts; nobody's words hold a digest of our own Message-ID."""
    return f"={level}={hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]}="
