"""Who may see how much of what we know about a person: one table, and the hours it holds.

It answers for one person's data and one meeting. Whether the reader hosts that meeting, or is the
coordinator assigned to that person, is for the caller to know: it chooses the `Reader`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from scheduling.time import Slot

ACTIONS_BEFORE: Final = timedelta(days=7)
ACTIONS_AFTER: Final = timedelta(days=2)
NAMES_AFTER: Final = timedelta(days=14)
CASH_BEFORE: Final = timedelta(hours=36)
"""So that whoever hands out money has the list for the whole day before."""
SMALL_NUMBER: Final = 5
"""Counts below this are not shown: they could point at a person."""

_HIDDEN = "•••"
_PHONE_DIGITS = 7
_PHONE_TAIL = 3
_LONG_ENOUGH = 3


class Reader(StrEnum):
    """Name who reads, and in which part.

    A facilitator is one of this very meeting; a coordinator is the one assigned to the person, and
    cover is any other coordinator.
    """

    PERSON = "person"
    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"
    COVER = "cover"
    SAFEGUARDING = "safeguarding"
    DIRECTOR = "director"
    SUPPLIER = "supplier"
    ADMIN = "admin"


class Field(StrEnum):
    """Name what can be read. ATTENDANCE is the chosen name, the answer and the way of joining.

    CASH_LIST is who is handed an envelope at the door, and how much is in it; never what for.
    """

    ATTENDANCE = "attendance"
    ACTION_LINES = "action_lines"
    OWN_WORDS = "own_words"
    CONTACT = "contact"
    SAFE_CONTACT = "safe_contact"
    SAFEGUARDING_NOTE = "safeguarding_note"
    COST = "cost"
    CASH_LIST = "cash_list"


class Extent(StrEnum):
    """Say how much of a field a reader gets."""

    NONE = "none"
    FULL = "full"
    UNNAMED = "unnamed"
    """Without names wherever the job can be done without."""
    MASKED = "masked"
    """Only of those to be rung, and only enough to tell them apart."""
    BY_SAFE_RULE = "by_safe_rule"
    """All of it, behind the person's safe-contact rule."""
    WITH_REASON = "with_reason"
    """After giving a reason, which is written down."""
    ASK_COORDINATOR = "ask_coordinator"
    """Nothing but the words "ask the coordinator"."""
    COUNT = "count"
    """A number, small ones hidden."""
    OWN_JOB = "own_job"
    """Only what belongs to the reader's own booking."""
    WRITE_ONLY = "write_only"
    """May add, may not read."""
    BY_REVIEW = "by_review"
    """After a human has looked at what it says about others."""


def _row(*extents: Extent) -> Mapping[Reader, Extent]:
    return MappingProxyType(dict(zip(Reader, extents, strict=True)))


_NONE, _FULL, _COUNT, _JOB = Extent.NONE, Extent.FULL, Extent.COUNT, Extent.OWN_JOB
_ASK = Extent.ASK_COORDINATOR

TABLE: Final[Mapping[Field, Mapping[Reader, Extent]]] = MappingProxyType(
    {
        # In order: person, facilitator, coordinator, cover, safeguarding, director, supplier, admin.
        Field.ATTENDANCE: _row(_FULL, _FULL, _FULL, _FULL, _FULL, _COUNT, _JOB, _NONE),
        Field.ACTION_LINES: _row(_FULL, Extent.UNNAMED, _FULL, _FULL, _NONE, _COUNT, _JOB, _NONE),
        Field.OWN_WORDS: _row(_FULL, _NONE, Extent.WITH_REASON, _NONE, _NONE, _NONE, _NONE, _NONE),
        Field.CONTACT: _row(
            _FULL, Extent.MASKED, Extent.BY_SAFE_RULE, _NONE, _FULL, _NONE, _NONE, _NONE
        ),
        Field.SAFE_CONTACT: _row(_FULL, _ASK, _FULL, _ASK, _FULL, _NONE, _NONE, _NONE),
        Field.SAFEGUARDING_NOTE: _row(
            Extent.BY_REVIEW, Extent.WRITE_ONLY, _NONE, _NONE, _FULL, _NONE, _NONE, _NONE
        ),
        Field.COST: _row(_NONE, _NONE, _FULL, _NONE, _NONE, _FULL, _JOB, _NONE),
        Field.CASH_LIST: _row(_NONE, _FULL, _FULL, _FULL, _NONE, _NONE, _NONE, _NONE),
    }
)
"""The whole of it, at the time when each reader may look; `what` adds the time."""


def what(reader: Reader, field: Field, *, now: datetime, slot: Slot | None) -> Extent:
    """Say how much of the field the reader gets now, for a meeting at that time.

    A draft without a time has no slot: nothing that waits for the meeting is shown yet.
    """
    extent = TABLE[field][reader]
    if reader is not Reader.FACILITATOR:
        return extent
    match field:
        case Field.ACTION_LINES | Field.CONTACT:
            return extent if _is_near(now, slot) else Extent.NONE
        case Field.CASH_LIST:
            return extent if _is_near(now, slot, before=CASH_BEFORE) else Extent.NONE
        case Field.ATTENDANCE:
            return extent if _is_recent(now, slot) else Extent.NONE
        case _:
            return extent


def _is_near(now: datetime, slot: Slot | None, *, before: timedelta = ACTIONS_BEFORE) -> bool:
    """Hold from 7 days before the start, and to 2 days after the end, both included."""
    if slot is None:
        return False
    return slot.starts_at - before <= now <= slot.ends_at + ACTIONS_AFTER


def _is_recent(now: datetime, slot: Slot | None) -> bool:
    return slot is None or now <= slot.ends_at + NAMES_AFTER


def masked(contact: str) -> str:
    """Hide all but enough of an address or number to tell it from others in a short list.

    A phone number keeps its last three digits, a mail address the first letter of each side and its
    ending; anything else, such as a postal address, keeps nothing.
    """
    name, at, domain = contact.strip().rpartition("@")
    if at:
        ending = domain.rpartition(".")[2] if "." in domain else ""
        return f"{_initial(name)}@{_initial(domain)}" + (f".{ending}" if ending else "")
    digits = [character for character in contact if character.isdigit()]
    if len(digits) >= _PHONE_DIGITS and not any(map(str.isalpha, contact)):
        return f"{_HIDDEN} {''.join(digits[-_PHONE_TAIL:])}"
    return _HIDDEN


def _initial(part: str) -> str:
    return f"{part[0]}{_HIDDEN}" if len(part) >= _LONG_ENOUGH else _HIDDEN


def shown_count(count: int) -> int | None:
    """Give the count if it is large enough to be shown; None hides it, and 0 is hidden as well."""
    return count if count >= SMALL_NUMBER else None
