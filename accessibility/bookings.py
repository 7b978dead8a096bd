"""What was booked or done for one or more requests: its states, and what it costs to call it off."""

from enum import StrEnum


class ArrangementState(StrEnum):
    """Say where something arranged stands."""

    PLANNED = "planned"
    BOOKED = "booked"
    DONE = "done"
    CALLED_OFF = "called_off"
