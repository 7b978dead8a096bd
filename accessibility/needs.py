"""What one person has told us would help: a need, how strongly, and its details."""

from enum import StrEnum


class Strength(StrEnum):
    """Say whether the person cannot take part without it, or would rather have it."""

    MUST = "must"
    PREFER = "prefer"
