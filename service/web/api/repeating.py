"""The same creation asked for twice makes one thing: `Idempotency-Key`.

The key, a hash of what was asked and the answer are kept for a day in the transaction of the change
itself, so a key is known exactly if its change is. Answers that are errors are not kept: nothing was
changed, and the same request may go well later. Rules after draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from service.errors import Invalid
from service.storage.repeats import claim_key
from service.storage.staff import IdempotencyKey
from service.web.context import API_TOKEN, DB, NOW

HEADER = "Idempotency-Key"
PATTERN = "^[!-~]{1,200}$"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A key and what was answered for it, if it was used before."""

    row: IdempotencyKey
    answer: Mapping[str, Any] | None

    def keep(self, status: int, answer: Mapping[str, Any]) -> None:
        """Write down what is answered now."""
        self.row.status, self.row.answer = status, dict(answer)


async def repeated(request: web.Request) -> Repeat | None:
    """Look the request's key up, or claim it; None if it has none.

    Raises Invalid for a key that cannot be one, or that was used for another request.
    """
    keys = request.headers.getall(HEADER, [])
    if not keys:
        return None
    if len(keys) > 1 or not re.fullmatch(PATTERN, keys[0]):
        raise Invalid({HEADER: "not-usable"})
    asked = await _fingerprint(request)
    now = request[NOW]
    row, is_new = await claim_key(request[DB], request[API_TOKEN], keys[0], asked, now=now)
    if row.request_hash != asked:
        raise Invalid({HEADER: "used-for-another-request"})
    return Repeat(row, None if is_new else row.answer)


async def _fingerprint(request: web.Request) -> str:
    """Hash what is asked: method, address and body, byte for byte."""
    asked = hashlib.sha256(f"{request.method} {request.rel_url}\n".encode())
    asked.update(await request.read())
    return asked.hexdigest()
