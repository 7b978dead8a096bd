"""What a Prosody makes of the answer to its question whether a room may open: an oracle.

Written from `mod_reservations.lua` of jitsi-meet (`parse_conference_response`), rule by rule, and held to
what was seen to be refused.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

START_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):(\d\d):(\d\d)\.?\d*Z")


@dataclass(frozen=True)
class Taken:
    """What Prosody keeps of an answer it took."""

    expires_at: datetime
    max_occupants: float | None
    has_lobby: bool
    password: str | None


class Spoiled(Exception):
    """Prosody refuses everybody with 500 for this answer."""


def prosody(name: str, body: str) -> Taken:
    """Read an answer to the question about a room of this name; raises Spoiled."""
    data: Mapping[str, Any] = json.loads(body)
    same = isinstance(data.get("name"), str) and in_small_letters(data["name"]) == name
    number = str(data.get("duration"))
    start = START_TIME.fullmatch(str(data.get("start_time")))
    if not same or data.get("id") is None or data.get("mail_owner") is None or start is None:
        raise Spoiled
    if not re.fullmatch(r"-?\d+(\.\d+)?", number):
        raise Spoiled
    most = data.get("max_occupants")
    if most is not None and (not isinstance(most, int | float) or most < 1):
        raise Spoiled
    password = data.get("password")
    if password is not None and not isinstance(password, str):
        raise Spoiled
    starts_at = datetime.strptime("".join(start.groups()) + "+0000", "%Y%m%d%H%M%S%z")
    return Taken(
        expires_at=starts_at + timedelta(seconds=float(number)),
        max_occupants=most,
        has_lobby=data.get("lobby") is True or data.get("lobby") == "true",
        password=password,
    )


def in_small_letters(text: str) -> str:
    """Do what Lua's `lower` does in the C locale: A to Z, byte by byte."""
    return (
        text.encode().translate(bytes(b + 32 if 65 <= b <= 90 else b for b in range(256))).decode()
    )
