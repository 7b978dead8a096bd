"""Small photos and files for tests: with and without what a phone says of where they were taken."""

import struct
import zlib

#: What must not be left in a photo: Exif's own words for a place, and a place.
PLACE = b"GPS 53.0258N 2.1774W"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00" + b"\x12\xff\x00\x34\xff\xd0\x56"


def part(marker: int, body: bytes) -> bytes:
    """Make one part of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(turn: int, *, order: str = ">") -> bytes:
    """Make the body of an Exif part that says which way is up, and a place behind it."""
    mark = b"MM" if order == ">" else b"II"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turn, 0)
    head = mark + struct.pack(f"{order}HIH", 42, 8, 1)
    return b"Exif\x00\x00" + head + entry + bytes(4) + PLACE


def jpeg(*parts: bytes, behind: bytes = b"") -> bytes:
    """Make a JPEG with these parts before the picture; `behind` stands after its end."""
    tables = part(0xDB, bytes(65)) + part(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
    return b"\xff\xd8" + b"".join(parts) + tables + SCAN + b"\xff\xd9" + behind


def chunk(kind: bytes, body: bytes) -> bytes:
    """Make one part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*parts: bytes, behind: bytes = b"") -> bytes:
    """Make a PNG of one point, with these parts before the picture."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    begins = b"\x89PNG\r\n\x1a\n"
    return begins + head + b"".join(parts) + picture + chunk(b"IEND", b"") + behind


PHOTO = jpeg(part(0xE1, exif(6)), part(0xFE, PLACE))
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
HEIC = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(40)
