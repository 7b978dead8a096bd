"""One meeting as a value: the states it can be in."""

from enum import StrEnum


class MeetingState(StrEnum):
    """How far a meeting has come. The values are what the database keeps."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
