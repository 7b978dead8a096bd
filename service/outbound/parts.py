"""The parts of a mail as bytes: words, calendar files, and the lines that keep them apart.

Written by us like the headers (RFC 2045, 6; RFC 2046, 5.1). The library's builder reads again every
header it is given and took most of the time that a letter takes; nothing people typed is a header here.
"""

from base64 import encodebytes
from email.quoprimime import body_encode

from service.outbound.headers import header

CRLF = b"\r\n"
#: The longest line of words that is left as it is; relays may cut longer ones.
LONGEST_LINE = 200
#: The longest line of words in code (RFC 5322, 2.1.1).
CODED_LINE = 78
ATTACHMENT_NAME = "invite.ics"


def words_part(text: str, subtype: str) -> bytes:
    """Make a part of words, in an encoding that relays do not touch, so that signatures hold."""
    is_simple = text.isascii() and max(map(len, text.split("\n"))) <= LONGEST_LINE
    octets = b"\n".join(text.encode().splitlines()) + b"\n"
    if not is_simple:
        octets = body_encode(octets.decode("latin-1"), CODED_LINE).encode("ascii")
    return (
        header("Content-Type", f'text/{subtype}; charset="utf-8"')
        + header("Content-Transfer-Encoding", "7bit" if is_simple else "quoted-printable")
        + CRLF
        + octets.replace(b"\n", CRLF)
    )


def calendar_part(content: bytes, method: str) -> bytes:
    """Make the part that calendar programs read: base64, no disposition, the method in its type."""
    content_type = f'text/calendar; method="{method}"; charset="UTF-8"'
    return _in_base64(header("Content-Type", content_type), content)


def attachment(content: bytes) -> bytes:
    """Make the same file for people who open it by hand; its name is never anybody's words."""
    disposition = header("Content-Disposition", f'attachment; filename="{ATTACHMENT_NAME}"')
    content_type = header("Content-Type", f'application/ics; name="{ATTACHMENT_NAME}"')
    return _in_base64(disposition + content_type, content)


def alternatives(boundary: str, *parts: bytes) -> bytes:
    """Make one part of several that say the same, the one to be preferred last."""
    content_type = header("Content-Type", "multipart/alternative;", f'boundary="{boundary}"')
    return content_type + _between(boundary, parts)


def mixed(boundary: str, *parts: bytes) -> bytes:
    """Make one part of several that belong together."""
    return header("Content-Type", f'multipart/mixed; boundary="{boundary}"') + _between(
        boundary, parts
    )


def _between(boundary: str, parts: tuple[bytes, ...]) -> bytes:
    """Put a line before each part and one behind the last; the line end before it belongs to it."""
    line = f"\r\n--{boundary}".encode("ascii")
    return b"".join((*(line + CRLF + part for part in parts), line, b"--", CRLF))


def _in_base64(headers: bytes, content: bytes) -> bytes:
    encoding = header("Content-Transfer-Encoding", "base64")
    return encoding + headers + CRLF + encodebytes(content).replace(b"\n", CRLF)
