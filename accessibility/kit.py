"""Things the organisation owns and lends, or brings to a session so that people can take part."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class KitKind(StrEnum):
    """Say what a thing is."""

    TABLET = "tablet"
    PHONE = "phone"
    SIM = "sim"
    LOOP = "loop"
    AIR_FILTER = "air_filter"
    CO2_METER = "co2_meter"
    SPEAKERPHONE = "speakerphone"
    RAMP = "ramp"
    OTHER = "other"


#: What people leave their own letters and pictures on: it is wiped before the next person has it.
HOLDS_DATA: Final = frozenset({KitKind.TABLET, KitKind.PHONE})
#: What is given for good: SIM cards and top-ups are used up.
GIVEN_FOR_GOOD: Final = frozenset({KitKind.SIM})


class KitState(StrEnum):
    """Say where a thing is, or what stands in the way of lending it."""

    HERE = "here"
    OUT = "out"
    LATE = "late"
    TO_WIPE = "to_wipe"
    GIVEN = "given"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Lent:
    """The last time a thing was lent: until when, whether it is back, and whether it was wiped."""

    due_on: date
    is_back: bool = False
    is_wiped: bool = False


def state_of(kind: KitKind, last: Lent | None, today: date, *, is_retired: bool) -> KitState:
    """Say where a thing is, from the last time it was lent (None: never)."""
    if last is not None and not last.is_back:
        if kind in GIVEN_FOR_GOOD:
            return KitState.GIVEN
        return KitState.LATE if today > last.due_on else KitState.OUT
    if is_retired:
        return KitState.RETIRED
    if last is not None and must_be_wiped(kind) and not last.is_wiped:
        return KitState.TO_WIPE
    return KitState.HERE


def must_be_wiped(kind: KitKind) -> bool:
    """Say whether a thing must be wiped when it comes back."""
    return kind in HOLDS_DATA


def comes_back(kind: KitKind) -> bool:
    """Say whether a thing is lent, and not given for good."""
    return kind not in GIVEN_FOR_GOOD
