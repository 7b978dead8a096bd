"""What a person has agreed we may do with what they told us about their needs."""

from enum import StrEnum


class Purpose(StrEnum):
    """Name one thing a person can agree to, ticked on its own."""

    KEEP = "keep"
    SHARE_ACTIONS = "share_actions"
    SHARE_SUPPLIER = "share_supplier"
    COUNTS = "counts"
