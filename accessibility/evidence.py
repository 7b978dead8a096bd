"""What must stand behind a step of an access request, and how a step says that it is missing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class CannotReason(StrEnum):
    """Say why a director decided that something cannot be done."""

    NO_SUPPLIER = "no_supplier"
    TOO_LATE = "too_late"
    BEYOND_OUR_MEANS = "beyond_our_means"
    NOT_PRACTICAL = "not_practical"
    WOULD_NOT_HELP = "would_not_help"
    NOT_SAFE = "not_safe"
    CLASH = "clash"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a director must put down before saying that something cannot be done."""

    reason: CannotReason
    tried: str
    offered_instead: str
    cost_against_budget: str
    review_on: date
    how_to_complain: str

    @property
    def is_whole(self) -> bool:
        """Say whether nothing was left blank."""
        told = (self.tried, self.offered_instead, self.cost_against_budget, self.how_to_complain)
        return all(text.strip() for text in told)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind a step. Each step needs its own part; the rest stays as it is here.

    `receipt` says that a receipt is on its way by the person's own channel. `yes_by` is the channel by
    which they said yes. `cost_pence` may be 0, but somebody must have said so.
    """

    consent: bool = False
    receipt: bool = False
    owner: str = ""
    full_auto: bool = False
    next_action: str = ""
    next_action_on: date | None = None
    cost_pence: int | None = None
    proof: str = ""
    differs: str = ""
    refusal: Refusal | None = None
    yes_by: str = ""
    ticked: bool = False
    failure_note: str = ""
    meeting_started: bool = False
    meeting_cancelled: bool = False
    follow_up: str = ""


class Guard(StrEnum):
    """Name what a step needs; a refused step says which are missing."""

    CONSENT = "consent"
    RECEIPT = "receipt"
    OWNER = "owner"
    FULL_AUTO = "full_auto"
    NEXT_ACTION = "next_action"
    COST = "cost"
    PROOF = "proof"
    DIFFERS = "differs"
    REFUSAL = "refusal"
    YES = "yes"
    TICK_OR_NOTE = "tick_or_note"
    STARTED = "started"
    CANCELLED = "cancelled"
    FOLLOW_UP = "follow_up"


_HOLDS: Final[Mapping[Guard, Callable[[Evidence], bool]]] = {
    Guard.CONSENT: lambda given: given.consent,
    Guard.RECEIPT: lambda given: given.receipt,
    Guard.OWNER: lambda given: bool(given.owner.strip()),
    Guard.FULL_AUTO: lambda given: given.full_auto,
    Guard.NEXT_ACTION: lambda given: (
        bool(given.next_action.strip()) and given.next_action_on is not None
    ),
    Guard.COST: lambda given: given.cost_pence is not None and given.cost_pence >= 0,
    Guard.PROOF: lambda given: bool(given.proof.strip()),
    Guard.DIFFERS: lambda given: bool(given.differs.strip()),
    Guard.REFUSAL: lambda given: given.refusal is not None and given.refusal.is_whole,
    Guard.YES: lambda given: bool(given.yes_by.strip()),
    Guard.TICK_OR_NOTE: lambda given: given.ticked or bool(given.failure_note.strip()),
    Guard.STARTED: lambda given: given.meeting_started,
    Guard.CANCELLED: lambda given: given.meeting_cancelled,
    Guard.FOLLOW_UP: lambda given: bool(given.follow_up.strip()),
}


def missing(needed: Iterable[Guard], given: Evidence) -> tuple[Guard, ...]:
    """List which of the needed guards the evidence does not fulfil, in their order."""
    return tuple(guard for guard in needed if not _HOLDS[guard](given))
