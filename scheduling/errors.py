"""The errors of scheduling: each with a stable code and the facts, never words for people."""

from typing import ClassVar


class SchedulingError(Exception):
    """Something about times, ways or plans cannot be as asked."""

    code: ClassVar[str] = "scheduling"


class BrokenValue(SchedulingError):
    """A value was made from parts that contradict each other, which is a fault of the caller."""

    code = "broken-value"
