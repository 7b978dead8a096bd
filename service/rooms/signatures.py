"""Did JaaS sign this? Comparing takes the same time whatever is wrong with a signature. No I/O."""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from service.rooms.server import Secret

#: How far a signature's time may be from ours, in seconds, either way; the limit itself is good.
TOLERANCE: Final = 300
#: So many signatures of one request are looked at; JaaS sends one for each secret of the endpoint.
MOST_SIGNATURES: Final = 8


def is_signed(header: str, body: bytes, secrets: Iterable[Secret], now: datetime) -> bool:
    """Say whether one of the secrets signed this body within five minutes of now (`X-Jaas-Signature`).

    The header is "t=<seconds>,v1=<base64>", perhaps with several v1; other schemes are ignored. Signed is
    t + "." + the raw body, by HMAC-SHA256 with the whole secret, its "whsec_" included
    (8x8, `webhooks-signatures`).
    """
    at, signatures = _parts(header)
    is_near = at.isascii() and at.isdigit() and len(at) <= len("1795154404000")
    is_near = is_near and abs(now.timestamp() - int(at)) <= TOLERANCE
    message = b".".join((at.encode(errors="replace"), body))
    found = False
    for secret in secrets:
        if secret.value and secret.is_good(now):
            made = base64.b64encode(hmac.digest(secret.value, message, "sha256"))
            for given in signatures:
                found |= hmac.compare_digest(made, given)
    return is_near and found


def _parts(header: str) -> tuple[str, list[bytes]]:
    """Split at commas, then at the first "=" alone: the padding of base64 is "=" too."""
    at, signatures = "", []
    for part in header.split(","):
        scheme, _, value = part.strip().partition("=")
        if scheme == "t":
            at = value
        elif scheme == "v1":
            signatures.append(value.encode(errors="replace"))
    return at, signatures[:MOST_SIGNATURES]
