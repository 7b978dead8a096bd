"""A mail as a stranger's program reads it: the checks that a mail is what it should be."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

LONGEST_HEADER_LINE = 78


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What was found in the bytes: header names, recipients, and each part's type and bytes."""

    headers: tuple[str, ...]
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    parts: tuple[str, ...]
    contents: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """Give the plain text."""
        return self.contents[self.parts.index("text/plain")].decode().replace("\r\n", "\n")

    @property
    def html(self) -> str:
        """Give the HTML."""
        return self.contents[self.parts.index("text/html")].decode().replace("\r\n", "\n")


def read_mail(raw: bytes) -> ReadMail:
    """Read a mail with the library's oldest reader, which decodes nothing by itself."""
    message: Message = message_from_bytes(raw)
    return ReadMail(
        headers=tuple(message.keys()),
        senders=_addresses(message, "From"),
        recipients=_addresses(message, "To", "Cc", "Bcc"),
        subject=str(make_header(decode_header(message["Subject"]))),
        parts=tuple(part.get_content_type() for part in message.walk()),
        contents=tuple(_content(part) for part in message.walk()),
    )


def faults_of_lines(raw: bytes) -> list[str]:
    """Find what a relay could stumble over: lone CR or LF, endless lines, bytes above 127."""
    faults = []
    if re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
        faults.append("a line end that is not CRLF")
    if max(map(len, raw.split(b"\r\n"))) > 998:
        faults.append("a line longer than 998")
    head, _, _ = raw.partition(b"\r\n\r\n")
    if max(map(len, head.split(b"\r\n"))) > LONGEST_HEADER_LINE:
        faults.append("a header line longer than 78")
    if not raw.isascii():
        faults.append("a byte above 127")
    return faults


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _addresses(message: Message, *names: str) -> tuple[str, ...]:
    fields = [value for name in names for value in message.get_all(name, [])]
    return tuple(address for _, address in getaddresses(fields))
