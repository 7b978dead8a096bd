"""The headers of a mail, written by us so that nothing a person typed can become one.

The standard library reads what it is given before it writes it, and so turns
`=?utf-8?q?=0D=0ABcc:…?=` in a title into a header of its own on many patch levels (reliability F1);
it also folds differently from one to the next. Here words go in one direction only: text to bytes
(RFC 5322, 2.2; RFC 2047, 2 and 5).
"""

import re
from base64 import b64encode
from collections.abc import Iterator

from scheduling.text import clean
from service.outbound.addresses import Mailbox

CRLF = "\r\n"
LONGEST_LINE = 76
CODED_OCTETS = 42

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]+")


def header(name: str, *pieces: str) -> bytes:
    """Write one header from pieces, each of which may stand on a line of its own."""
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > LONGEST_LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {piece}"
    return (CRLF.join(lines) + CRLF).encode()


def words(text: str) -> tuple[str, ...]:
    """Give a text that people typed as the pieces of a header: cleaned, in code beyond ASCII."""
    kept = clean(text)
    has_endless_word = any(len(word) >= LONGEST_LINE for word in kept.split(" "))
    if kept.isascii() and not has_endless_word:
        return tuple(word for word in kept.split(" ") if word)
    return tuple(_coded(kept))


def address(mailbox: Mailbox) -> tuple[str, ...]:
    """Give a mailbox as the pieces of a header: the name, quoted or in code, and the address."""
    return (*_name(mailbox.name), f"<{mailbox.address}>")


def _name(name: str) -> tuple[str, ...]:
    kept = clean(name)
    if not kept:
        return ()
    if not kept.isascii() or len(kept) >= LONGEST_LINE - 2:
        return tuple(_coded(kept))
    if _ATOMS.fullmatch(kept):
        return (kept,)
    return ('"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"',)


def _coded(text: str) -> Iterator[str]:
    """Cut a text into encoded words, never inside a character; readers join them again."""
    chunk = b""
    for character in text:
        octets = character.encode()
        if len(chunk) + len(octets) > CODED_OCTETS:
            yield _word(chunk)
            chunk = b""
        chunk += octets
    yield _word(chunk)


def _word(octets: bytes) -> str:
    return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="
