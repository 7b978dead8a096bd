"""Waiting for a place: whose turn it is, and how long a place is kept for them.

Who waits by which way is handed in; nothing here takes or gives a seat.
"""

from enum import StrEnum


class HoldState(StrEnum):
    """What became of a place kept for somebody. The values are what the database keeps."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
