"""Dialling in at 8x8: where to ask for a room's PIN and the numbers, and what the answers say.

No I/O. Both are asked without a token, and may be asked before the meeting (8x8 `pstn-dial-in-and-out`;
Jitsi research, section e). Nothing of an answer is taken on trust: it must be about the room that was
asked for, and hold what can be a PIN and a number.
"""

import json
import re
from typing import Final
from urllib.parse import quote

from service.rooms.dialin import formatted
from service.rooms.jitsi import origin_of
from service.rooms.server import Number

PIN: Final = "/v1/_jaas/vmms-conference-mapper/v1/access"
NUMBERS: Final = "/v1/_jaas/vmms-conference-mapper/access/v1/dids"
_PIN_DIGITS = re.compile(r"[0-9]{6,15}")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{4,24}")


class NoDialIn(Exception):
    """8x8 gave no PIN or no number that can be used; the worker alone hears of it."""


def pin_address(url: str, conference: str) -> str:
    """Give the address to ask for the PIN of a room (room@muc), at the server as it is configured."""
    return f"{origin_of(url)}{PIN}?conference={quote(conference, safe='')}"


def numbers_address(url: str, conference: str) -> str:
    """Give the address to ask for the numbers; 8x8 wants to be asked anew for each invitation."""
    return f"{origin_of(url)}{NUMBERS}?conference={quote(conference, safe='')}"


def pin_in(body: bytes, conference: str) -> str:
    """Read the PIN of this room from the answer; raises NoDialIn."""
    found = _json(body)
    if not isinstance(found, dict):
        raise NoDialIn
    pin, room = found.get("id"), found.get("conference")
    is_its = isinstance(room, str) and room.lower() == conference.lower()
    digits = "" if isinstance(pin, bool) else str(pin).replace(" ", "")
    if not is_its or not _PIN_DIGITS.fullmatch(digits):
        raise NoDialIn
    return digits


def number_in(body: bytes) -> str:
    """Read the number to tell people first: the one marked so, else the first; raises NoDialIn."""
    found = _json(body)
    lines = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    first = sorted(lines, key=lambda each: each.get("default") is not True)
    for each in first:
        number, country = each.get("formattedNumber"), each.get("countryCode")
        if isinstance(number, str) and isinstance(country, str):
            words = formatted(Number(number, country))
            if _NUMBER.fullmatch(words):
                return words
    raise NoDialIn


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoDialIn from error
