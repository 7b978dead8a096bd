"""Dialling in: what Jitsi's web client and voice menus ask, and the answers in the shapes they read.

No I/O. Both kinds are unkind to a shape they do not know: a missing country breaks the page, and a voice
menu takes any status but 200 for a fault (jitsi-meet `react/features/invite/_utils.ts`, `functions.ts`,
`resources/cloud-api.swagger`; Jitsi research, section e). What is said to people is the caller's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import phonenumbers

from scheduling.joining import JoinPhase, may_open_room
from scheduling.meeting import MeetingState
from scheduling.time import Slot
from service.rooms.server import Number

Facts = dict[str, object]

PIN_DIGITS: Final = 9
#: Longer than any PIN of ours or of somebody else's; what is longer is not looked for.
_MOST_DIGITS = 20
_MOST_CHARACTERS = 320
#: What stands beside a number instead of a country where no phone network is in between.
_NOT_COUNTRIES = frozenset({"SIP", "SIP_AUDIO_ONLY"})
_COUNTRY = re.compile(r"[A-Z]{2}")
#: People write it so; ISO 3166 and the flags in Jitsi's page do not.
_MEANT = {"UK": "GB"}
_TENANT = re.compile(r"\[[^\[\]]*\]")
#: What people type or menus pass along between the digits of a PIN.
_BETWEEN_DIGITS = str.maketrans("", "", " -#*")


class Standing(StrEnum):
    """How a PIN or a room stands now. The values are codes of the words that are spoken."""

    OPEN = "open"
    UNKNOWN = "unknown"
    EARLY = "early"
    OVER = "over"
    CANCELLED = "cancelled"
    TOO_MANY = "too-many"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: for the room of a PIN (`has_pin`), or for the PIN of a room.

    `pin` is "" if what was given cannot be one. `caller` tells one caller from the next, where the voice
    menu says so.
    """

    has_pin: bool
    pin: str = ""
    room: str = ""
    muc_domain: str = ""
    caller: str = ""


def asked_of(values: Mapping[str, str]) -> Asked:
    """Read a question from the query or the form; whatever is not understood is empty."""
    room, muc_domain = _room(values.get("conference", ""))
    given = values.get("id", "").strip()
    caller = values.get("caller", "") or values.get("from", "")
    return Asked(
        has_pin=bool(given),
        pin=_digits(given),
        room=room,
        muc_domain=muc_domain,
        caller=caller.strip()[:_MOST_CHARACTERS],
    )


def numbers_answer(numbers: Iterable[Number]) -> list[Facts]:
    """List the numbers to dial, the one to tell people first with `default`; empty if there is none."""
    answer: list[Facts] = []
    for each in numbers:
        facts: Facts = {
            "countryCode": country_of(each),
            "formattedNumber": formatted(each),
            "tollFree": each.is_toll_free,
        }
        answer.append(facts if answer else facts | {"default": True})
    return answer


def pin_answer(pin: str, conference: str, message: str, *, passcode: str = "") -> Facts:
    """Tell which PIN leads to which room, in either direction.

    The number is a number, as the oldest voice menus want it: no PIN of ours begins with a nought. What
    the room asks for is `password`, for the voice menu to pass on to jigasi (`Jitsi-Conference-Room-Pass`);
    pages are never told it.
    """
    facts: Facts = {"id": int(pin), "conference": conference, "message": message}
    return facts | {"password": passcode} if passcode else facts


def room_refused(message: str) -> Facts:
    """Tell a page that there is no dialling in to its room now: it then shows nothing of phones."""
    return {"id": False, "conference": False, "message": message}


def pin_refused(pin: str, message: str) -> Facts:
    """Tell a voice menu that a PIN opens nothing now, and what to say; the status is 200 all the same."""
    return {"id": int(pin) if pin else 0, "conference": False, "message": message}


def standing_of(state: MeetingState | None, slot: Slot | None, now: datetime) -> Standing:
    """Say how the room of a meeting in this state and at this time stands for who dials in.

    It is open exactly when Jitsi may open it for a guest. A draft is unknown.
    """
    if slot is None or state is None or state is MeetingState.DRAFT:
        return Standing.UNKNOWN
    phase = may_open_room(slot, now).phase
    if phase is JoinPhase.OVER:
        return Standing.OVER
    if state is MeetingState.CANCELLED:
        return Standing.CANCELLED
    return Standing.EARLY if phase is JoinPhase.EARLY else Standing.OPEN


def country_of(number: Number) -> str:
    """Give the country as ISO 3166 writes it, from the number itself where none that can be is kept."""
    country = number.country.strip().upper()
    country = _MEANT.get(country, country)
    if country in _NOT_COUNTRIES or _COUNTRY.fullmatch(country):
        return country
    parsed = _parsed(number.number, "GB")
    return (phonenumbers.region_code_for_number(parsed) if parsed else None) or "GB"


def formatted(number: Number) -> str:
    """Write a number so that it can be dialled from anywhere: "+44 1632 960140"."""
    country = country_of(number)
    if country in _NOT_COUNTRIES:
        return number.number
    parsed = _parsed(number.number, country)
    if parsed is None:
        return number.number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _parsed(number: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


def _room(conference: str) -> tuple[str, str]:
    """Split room@muc; a tenant in brackets stands before the room's name."""
    if len(conference) > _MOST_CHARACTERS:
        return "", ""
    room, _, muc_domain = conference.strip().lower().partition("@")
    return _TENANT.sub("", room, count=1), muc_domain


def _digits(given: str) -> str:
    digits = given.translate(_BETWEEN_DIGITS)
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
    return digits if is_number else ""
