"""A series as a value: what it makes, and what was decided about single dates of it."""

from enum import StrEnum


class SeriesState(StrEnum):
    """How far a series has come. The values are what the database keeps."""

    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"


class DateChoice(StrEnum):
    """What was decided about one date of a series."""

    KEEP = "keep"
    SKIP = "skip"
    MOVE = "move"


class EditScope(StrEnum):
    """How far an edit reaches: this date alone, this one and those after it, or all to come."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"
