"""What a date and time falls on that matters to people, and how much it matters.

Nothing here knows a meeting's guests; what people need is `accessibility`.
"""

from enum import StrEnum


class DateKind(StrEnum):
    """What a date can fall on. The values are what the database keeps."""

    BANK_HOLIDAY = "bank_holiday"
    RAMADAN = "ramadan"
    FEAST = "feast"
    SCHOOL_BREAK = "school_break"
    LOCAL = "local"
    CLOCK_CHANGE = "clock_change"
    DARKNESS = "darkness"
    PLACE_CLOSED = "place_closed"
    PLACE_CHECK = "place_check"
    PLACE_TAKEN = "place_taken"
    HOST_TAKEN = "host_taken"


class Level(StrEnum):
    """How much it matters: good to know, better look again, or not then."""

    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"
