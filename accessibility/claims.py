"""Money as a need: what can be claimed, and where a claim stands."""

from enum import StrEnum


class ClaimKind(StrEnum):
    """Say what the money is for."""

    TRAVEL = "travel"
    CHILDCARE = "childcare"
    CARE = "care"
    OTHER = "other"


class ClaimState(StrEnum):
    """Say where a claim stands."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    PAID = "paid"
    TAKEN_BACK = "taken_back"


class PayBy(StrEnum):
    """Say how the money reaches the person: always on or before the day."""

    CASH_AT_THE_DOOR = "cash_at_the_door"
    BEFORE = "before"
    TO_SUPPLIER = "to_supplier"
