"""What a receipt may be: a photo or a PDF, told by its first bytes and never by its name.

Where a photo was taken is nobody's business: whatever a JPEG or PNG says beside the picture is left
out, but which way is up. What HEIC photos and PDFs say of themselves stays in them.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from service.errors import Invalid

#: What may be kept of one file.
LARGEST_RECEIPT: Final = 5 * 1024 * 1024
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1"})
#: Parts of a JPEG that tell nothing of who took it, or where: colour profiles (ICC) and Adobe's own.
_HARMLESS: Final = frozenset({0xE0, 0xE2, 0xEE})
_APP, _APP1, _APP2 = range(0xE0, 0xF0), 0xE1, 0xE2
_COMMENT, _SCAN, _END, _FILL = 0xFE, 0xDA, 0xD9, 0xFF
_EXIF, _ICC = b"Exif\x00\x00", b"ICC_PROFILE\x00"
#: Where a scan ends: at a marker that is neither a stuffed byte nor a restart (ITU T.81, B.1.1).
_AFTER_SCAN: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
#: What a PNG says in words, of times and in Exif (W3C PNG, 11.3).
_TELLING: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_UPRIGHT, _ORIENTATION, _TURNS = 1, 0x0112, range(2, 9)


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A file that is taken: what it is, and its bytes."""

    media_type: str
    content: bytes


#: How the files are called when they are fetched: by us, whatever they were called.
ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "image/heic": "heic",
}


def read_receipt(content: bytes) -> ReceiptFile:
    """Take a photo or a PDF; raises Invalid for what is neither, is broken, empty or too long."""
    if not content:
        raise Invalid({"receipt": "no-file"})
    if len(content) > LARGEST_RECEIPT:
        raise Invalid({"receipt": "file-too-long"})
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return ReceiptFile("image/jpeg", _plain_jpeg(content))
        if content.startswith(_PNG):
            return ReceiptFile("image/png", _plain_png(content))
    except (IndexError, struct.error, ValueError) as error:
        raise Invalid({"receipt": "broken-file"}) from error
    if content.startswith(b"%PDF-"):
        return ReceiptFile("application/pdf", content)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return ReceiptFile("image/heic", content)
    raise Invalid({"receipt": "not-a-receipt"})


def _plain_jpeg(content: bytes) -> bytes:
    """Give the picture alone, and which way is up; a second picture behind it is left out."""
    kept, turn = [b"\xff\xd8"], _UPRIGHT
    for marker, segment in _segments(content):
        body = segment[4:]
        if marker == _APP1 and body.startswith(_EXIF):
            turn = _turn_of(body[len(_EXIF) :])
        is_icc = marker != _APP2 or body.startswith(_ICC)
        tells = marker == _COMMENT or (marker in _APP and not (marker in _HARMLESS and is_icc))
        if not tells:
            kept.append(segment)
    if kept[-1] != bytes([_FILL, _END]):
        raise ValueError("the picture does not end")
    if turn in _TURNS:
        # Behind a JFIF header, which must come first.
        at = 2 if kept[1][:2] == b"\xff\xe0" else 1
        kept.insert(at, _turned(turn))
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each marker with all that belongs to it, up to the end of the picture (ITU T.81, B.1.1)."""
    at = 2
    while True:
        if content[at] != _FILL:
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == _FILL:
            at += 1
            continue
        if marker == _END:
            yield marker, content[at : at + 2]
            return
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if end < at + 4 or end > len(content):
            raise ValueError("a part is longer than the file")
        if marker == _SCAN:
            after = _AFTER_SCAN.search(content, end)
            if after is None:
                raise ValueError("the picture does not end")
            end = after.end() - 2
        yield marker, content[at:end]
        at = end


def _turn_of(tiff: bytes) -> int:
    """Say how the camera was held (TIFF 6.0, tag Orientation); upright where nothing is said."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            if struct.unpack_from(f"{order}H", tiff, entry)[0] == _ORIENTATION:
                return int(struct.unpack_from(f"{order}H", tiff, entry + 8)[0])
    except struct.error:
        return _UPRIGHT
    return _UPRIGHT


def _turned(turn: int) -> bytes:
    """Make the part that says which way is up, and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, turn, 0)
    body = _EXIF + b"MM\x00*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _plain_png(content: bytes) -> bytes:
    """Give the picture alone (W3C PNG, 5.3): no words, no times, nothing behind its end."""
    kept, at = [_PNG], len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise ValueError("a part is longer than the file")
        if kind not in _TELLING:
            kept.append(content[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
