"""What a Prosody makes of a token, as it was recorded: an oracle, held to the recordings by a test.

Written from what `tests/fixtures/jitsi/*jwt_matrix.json` shows a real server to take and to refuse.
"""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduling.time import in_utc


@dataclass(frozen=True, slots=True)
class Prosody:
    """A server with its settings; its clock may be wrong."""

    secret: bytes
    app_id: str = "hub"
    domain: str = "meet.example.org"
    audiences: tuple[str, ...] = ()
    checks_domain: bool = False
    clock_is_off_by: timedelta = timedelta()

    def refusal(self, token: str, room: str, now: datetime) -> str | None:
        """Say why somebody with this token does not get into this room; None if they do."""
        if not token:
            return "token required"
        try:
            head, claims = _read(token)
        except (ValueError, binascii.Error):
            return "Invalid token"
        at = (in_utc(now) + self.clock_is_off_by).timestamp()
        return (
            self._of_form(token, head)
            or _of_times(claims, at)
            or self._of_names(claims)
            or self._of_room(claims, room)
        )

    def _of_form(self, token: str, head: dict[str, Any]) -> str | None:
        if head.get("typ") != "JWT":
            return "Invalid typ"
        if head.get("alg") != "HS256":
            return "Invalid or incorrect alg"
        signed, _, mac = token.rpartition(".")
        ours = hmac.digest(self.secret, signed.encode(), "sha256")
        return None if hmac.compare_digest(_bytes(mac), ours) else "Invalid signature"

    def _of_names(self, claims: dict[str, Any]) -> str | None:
        if "iss" not in claims:
            return "'iss' claim is missing"
        if claims["iss"] != self.app_id:
            return "invalid 'iss' claim"
        if "aud" not in claims:
            return "'aud' claim is missing"
        if self.audiences and claims["aud"] not in self.audiences:
            return "invalid 'aud' claim"
        missing = [name for name in ("sub", "room") if name not in claims]
        return f"{missing[0]} claim is missing" if missing else None

    def _of_room(self, claims: dict[str, Any], room: str) -> str | None:
        named = str(claims["room"]).lower()
        is_pattern = "regex" in claims.get("context", {}).get("room", {})
        if self.checks_domain:
            # The older check reads any name as a pattern.
            is_here = claims["sub"].lower() in (self.domain, "*")
            is_it = named in (room, "*") or is_pattern
            return None if is_here and is_it else "Room and token mismatched"
        return None if named in (room, "*") else "Room does not match the room from token"


def _of_times(claims: dict[str, Any], at: float) -> str | None:
    if "exp" in claims:
        if isinstance(claims["exp"], str):
            return "exp must be number"
        if at >= claims["exp"]:
            return "Not acceptable by exp"
    if "nbf" in claims and at < claims["nbf"]:
        return "Not acceptable by nbf"
    return None


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, claims, _ = token.split(".")
    return json.loads(_bytes(head)), json.loads(_bytes(claims))


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
