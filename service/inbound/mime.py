"""The bytes of a mail taken apart into its parts, within limits that no mail can get round.

The standard library's reader calls itself for each part inside a part and keeps every line of a mail
in a list; a mail of 3,000 nested parts breaks it, and ten megabytes keep it busy for a second. Here a
part is a slice of bytes, found by searching, and whatever is odd is kept as it is (RFC 2045 to 2047,
2231, 5322).
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import unquote
from string import ascii_letters, digits

from scheduling.decoding import decoded
from scheduling.text import clean

#: More than any mail with photographs; larger ones are read only as far as this.
MOST_BYTES = 10 * 1024 * 1024
MOST_PARTS = 100
MOST_DEPTH = 8
MOST_HEADERS = 64 * 1024
MOST_HEADER_LINES = 1000
MOST_LOOKALIKES = 1000
#: Remarks inside remarks in the names of a header.
MOST_REMARKS = 3
MOST_CONTENT = 512 * 1024
LONGEST_HEADER = 4000
LONGEST_BOUNDARY = 200

_HEAD_END = re.compile(rb"\r?\n\r?\n|\r\r")
_HEADER_FOLD = re.compile(r"(?:\r\n|\n|\r)[ \t]+")
_HEADER = re.compile(r"([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)", re.DOTALL)
_PARAMETER = re.compile(r""";\s*([\w.-]+)(\*\d*\*?)?\s*=\s*("(?:[^"\\]|\\.)*+"|[^;\s]*+)""")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_REMARK = re.compile(r"\([^()]*+\)")
_ANGLE = re.compile(r"<\s*([^\s<>@]++@[^\s<>@]++)\s*>")
_BARE = re.compile(r"([^\s<>@;:()]++@[^\s<>@;:()]++)")
_NOT_BASE64 = bytes({*range(256)} - {*f"{ascii_letters}{digits}+/".encode()})
_QUOTED_PRINTABLE, _BASE64 = "quoted-printable", "base64"
_UUENCODED = frozenset({"x-uuencode", "uuencode", "x-uue"})


class TooMuch(Exception):
    """The mail goes beyond a limit; `why` is a stable code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail: its headers by small-letter names, and its bytes as they travel."""

    headers: dict[str, tuple[str, ...]] = field(repr=False)
    body: bytes = field(repr=False)
    parts: tuple["Part", ...] = ()

    def header(self, name: str) -> str:
        """Give a header as it stands; nothing if there is none."""
        return next(iter(self.headers.get(name, ())), "")

    def words(self, name: str) -> str:
        """Give a header as people read it: decoded, cleaned, on one line."""
        return clean(decoded_words(self.header(name)))

    @property
    def kind(self) -> str:
        """Give the type, such as "text/plain"; that is what a part without one is."""
        found = self.header("content-type").split(";", 1)[0].strip().casefold()
        return found if "/" in found else "text/plain"

    def parameter(self, name: str, *, of: str = "content-type") -> str:
        """Give a parameter of a header, with its pieces joined (RFC 2231, 3)."""
        pieces = [
            (match[2] or "", _unquoted(match[3]))
            for match in _PARAMETER.finditer(self.header(of))
            if match[1].casefold() == name
        ]
        return "".join(_piece(mark, text) for mark, text in pieces[:20])

    @property
    def name(self) -> str:
        """Give the name of the file it would be kept as, in small letters."""
        named = self.parameter("filename", of="content-disposition") or self.parameter("name")
        return clean(decoded_words(named)).casefold()

    @property
    def charset(self) -> str:
        """Give what it says its letters are written in."""
        return self.parameter("charset")

    def content(self) -> bytes:
        """Give the bytes it stands for, as far as they are looked at; a broken coding gives what it can."""
        coding = self.header("content-transfer-encoding").strip().casefold()
        body = self.body[: MOST_CONTENT * 2]
        if coding == _BASE64:
            return _from_base64(body)[: MOST_CONTENT + 1]
        if coding == _QUOTED_PRINTABLE:
            return binascii.a2b_qp(body)[: MOST_CONTENT + 1]
        if coding in _UUENCODED:
            return b""
        return body[: MOST_CONTENT + 1]

    def text(self) -> str:
        """Give the letters it stands for."""
        return decoded(self.content()[:MOST_CONTENT], self.charset)

    def walk(self) -> Iterator["Part"]:
        """Give this part and all inside it, in their order; what was passed on whole stays closed."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            if part.kind.startswith("multipart/"):
                waiting += reversed(part.parts)


def read_parts(raw: bytes) -> Part:
    """Take a mail apart; raises TooMuch for too many parts or too many inside each other."""
    return _read(raw[:MOST_BYTES], _Count())


def addresses(value: str) -> tuple[str, ...]:
    """Give the bare addresses that a header names, in small letters.

    Names in quotes and remarks in brackets are left out first, as both may hold what looks like an
    address. The library's own reader calls itself for each bracket.
    """
    bare = _QUOTED.sub(" ", value[:LONGEST_HEADER])
    for _ in range(MOST_REMARKS):
        bare = _REMARK.sub(" ", bare)
    pieces = (_ANGLE.search(piece) or _BARE.search(piece) for piece in bare.split(","))
    return tuple(clean(match[1]).casefold() for match in pieces if match)


def decoded_words(value: str) -> str:
    """Decode what a header says in code (RFC 2047); what cannot be decoded stays as it is."""
    short = value[:LONGEST_HEADER]
    if "=?" not in short:
        return short
    try:
        pieces = decode_header(short)
    except (HeaderParseError, ValueError):
        return short
    return "".join(_word(piece, charset) for piece, charset in pieces)


def _word(piece: bytes | str, charset: str | None) -> str:
    """Decode one word; the library gives what stood between two of them in a code of its own."""
    if isinstance(piece, str):
        return piece
    return decoded(piece, charset) if charset else piece.decode("raw_unicode_escape", "replace")


@dataclass(slots=True)
class _Count:
    """How many parts were begun."""

    parts: int = 0

    def one_more(self, depth: int) -> None:
        """Count a part at this depth; raises TooMuch."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooMuch("mail-too-many-parts")
        if depth > MOST_DEPTH:
            raise TooMuch("mail-too-deep")


def _read(raw: bytes, count: _Count, depth: int = 0) -> Part:
    """Read one part and those inside it; goes no deeper than the limit."""
    count.one_more(depth)
    headers, body = _split(raw)
    part = Part(headers, body)
    if part.kind.startswith("multipart/"):
        inside = _slices(body, part.parameter("boundary"))
        return Part(headers, b"", tuple(_read(each, count, depth + 1) for each in inside))
    if part.kind in ("message/rfc822", "message/global"):
        content = body if not part.header("content-transfer-encoding") else part.content()
        return Part(headers, body, (_read(content, count, depth + 1),))
    return part


def _split(raw: bytes) -> tuple[dict[str, tuple[str, ...]], bytes]:
    """Part the headers from what follows; a part without headers begins with an empty line."""
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return {}, raw.lstrip(b"\r\n")
    end = _HEAD_END.search(raw, 0, MOST_HEADERS)
    if end is None and len(raw) > MOST_HEADERS:
        raise TooMuch("mail-headers-too-long")
    head, body = (raw, b"") if end is None else (raw[: end.start()], raw[end.end() :])
    found: dict[str, list[str]] = {}
    for line in _HEADER_FOLD.sub(" ", decoded(head)).splitlines()[:MOST_HEADER_LINES]:
        if match := _HEADER.match(line):
            found.setdefault(match[1].casefold(), []).append(match[2][:LONGEST_HEADER])
    return {name: tuple(values) for name, values in found.items()}, body


def _slices(body: bytes, boundary: str) -> Iterator[bytes]:
    """Cut a body at its boundary lines; the last part may be cut short (RFC 2046, 5.1.1)."""
    mark = b"\n--" + boundary.encode("utf-8", errors="replace")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        return
    begins: int | None = None
    for position in _boundaries(body, mark):
        end = _line_end(body, position + len(mark))
        rest = body[position + len(mark) : end].strip()
        if rest not in (b"", b"--"):
            continue
        if begins is not None:
            yield body[begins : max(begins, position)].removesuffix(b"\r")
        begins = end + 1
        if rest:
            return
    if begins is not None:
        yield body[begins:]


def _boundaries(body: bytes, mark: bytes) -> Iterator[int]:
    """Find what looks like a boundary: the places of the line ends before it, -1 for the very start."""
    position = -1 if body.startswith(mark[1:]) else body.find(mark)
    is_first = True
    for _ in range(MOST_LOOKALIKES):
        if position < 0 and not (is_first and body.startswith(mark[1:])):
            return
        yield position
        is_first = False
        position = body.find(mark, position + len(mark))
    raise TooMuch("mail-too-many-parts")


def _line_end(body: bytes, begins: int) -> int:
    end = body.find(b"\n", begins)
    return len(body) if end < 0 else end


def _unquoted(value: str) -> str:
    return unquote(value) if value.startswith('"') else value


def _piece(mark: str, text: str) -> str:
    """Decode one piece of a parameter: charset'language'%41%42, of which later pieces have only the end."""
    if not mark.endswith("*"):
        return text
    charset, _, rest = text.partition("'")
    _, quote, coded = rest.partition("'")
    octets = re.sub(
        rb"%([0-9A-Fa-f]{2})",
        lambda match: bytes([int(match[1], 16)]),
        (coded if quote else text).encode("utf-8", errors="replace"),
    )
    return decoded(octets, charset if quote else "")


def _from_base64(body: bytes) -> bytes:
    """Decode base64 line by line if the whole is broken, as far as it goes."""
    letters = body.translate(None, _NOT_BASE64)
    return binascii.a2b_base64(letters[: len(letters) // 4 * 4] + _tail(letters))


def _tail(letters: bytes) -> bytes:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
