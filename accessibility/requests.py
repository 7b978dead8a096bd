"""The life of one access request: its states and the steps between them."""

from enum import StrEnum


class RequestState(StrEnum):
    """Name where a request stands, from first draft to closed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    ARRANGING = "arranging"
    ARRANGED = "arranged"
    ALTERNATIVE_OFFERED = "alternative_offered"
    CANNOT_MEET = "cannot_meet"
    CONFIRMED = "confirmed"
    ON_THE_DAY = "on_the_day"
    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_DELIVERED = "not_delivered"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
