"""A booking in words: who or what, how it stands, and what calling it off costs."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from accessibility.bookings import STANDING, ArrangementState
from service.actions.loose_ends import fee_words
from service.storage.arrangements import Arrangement
from service.storage.suppliers import Supplier
from service.web.words import say

TONES = {
    ArrangementState.PLANNED: "honey",
    ArrangementState.BOOKED: "leaf",
    ArrangementState.DONE: "leaf",
    ArrangementState.CALLED_OFF: "plain",
}


def booked_facts(arrangement: Arrangement, today: date) -> Sequence[Mapping[str, Any]]:
    """Give what a coordinator must know of a booking beside what it costs."""
    facts = [
        {"term": say("booked.by"), "value": by_words(arrangement)},
        {"term": say("booked.state"), "value": say(f"booked.state-{arrangement.state}")},
        {
            "term": say("booked.reference"),
            "value": arrangement.reference or say("booked.no-reference"),
        },
    ]
    if arrangement.kit_id is not None:
        return facts[:2]
    facts.append({"term": say("booked.people"), "value": str(arrangement.people)})
    if arrangement.state in STANDING:
        facts.append({"term": say("booked.call-off"), "value": fee_words(arrangement, today)})
    return facts


def by_words(arrangement: Arrangement) -> str:
    """Name who is booked, or which thing of our own; loaded with both."""
    if arrangement.kit is not None:
        return say("booked.own", {"kit": arrangement.kit.name})
    return arrangement.supplier.name if arrangement.supplier else say("booked.nobody")


def rules_words(supplier: Supplier) -> str:
    """Say what a supplier asks for when called off."""
    half, full = supplier.half_fee_days, supplier.full_fee_days
    match bool(half), bool(full):
        case True, True:
            return say("supplier.half-and-full", {"half": half, "full": full})
        case True, False:
            return say("supplier.half", {"half": half})
        case False, True:
            return say("supplier.full", {"full": full})
        case _:
            return say("supplier.no-fee")
