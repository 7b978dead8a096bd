"""Cursors of lists: the sort key of the last thing seen, signed, so that only ours are taken."""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence

from service.keys import Keys
from service.web.problems import Unreadable

_MARK_LENGTH = 24


def make_cursor(keys: Keys, name: str, key: Sequence[str]) -> str:
    """Make the cursor that goes on after the key, in the list of this name."""
    text = json.dumps(key, ensure_ascii=False)
    signed = f"{_mark(keys, name, text)}{text}".encode()
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def read_cursor(keys: Keys, name: str, cursor: str) -> list[str]:
    """Give the key of a cursor of this list; raises Unreadable for any other text."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        signed = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Unreadable("bad-cursor") from error
    mark, text = signed[:_MARK_LENGTH], signed[_MARK_LENGTH:]
    if not hmac.compare_digest(mark.encode(), _mark(keys, name, text).encode()):
        raise Unreadable("bad-cursor")
    key: list[str] = json.loads(text)
    return key


def _mark(keys: Keys, name: str, text: str) -> str:
    return keys.hashed("cursor", f"{name}|{text}")[:_MARK_LENGTH]
