"""How soon people hear from us, in working days: as we ship it, or as an organisation has set it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from accessibility.errors import AccessibilityError

#: Before the names of our settings among all that an organisation has set.
PREFIX: Final = "times."

_MONTH: Final = timedelta(days=365) / 12


class SillyTime(AccessibilityError):
    """A setting cannot be what it is set to; holds its name and what is wrong with it."""

    code = "silly-time"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


#: The least and the most that each of our times may be set to.
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "reply": (0, 10),
    "soon": (0, 20),
    "plan": (0, 20),
    "confirm": (1, 15),
    "feedback": (1, 20),
    "apology": (0, 5),
    "check_in": (0, 10),
    "amber": (0, 20),
    "red": (0, 20),
    "review_months": (1, 12),
}


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """Within how many working days we do what; raises SillyTime for what cannot be.

    `reply`, `plan`: after somebody asked; `soon`: a session that is fewer days away gets its reply on the
    same day. `confirm`: days before the session by which the person should have said yes, else somebody
    rings. `feedback`, `apology`, `check_in`: after the session, or after we heard that it went wrong.
    `amber`, `red`: so much slack is left. What is kept is looked at again after `review_months`.
    """

    reply: int = 2
    soon: int = 5
    plan: int = 5
    confirm: int = 3
    feedback: int = 5
    apology: int = 1
    check_in: int = 2
    amber: int = 3
    red: int = 0
    review_months: int = 12

    def __post_init__(self) -> None:
        """Refuse what is out of its limits, and times that contradict each other."""
        for name, (least, most) in LIMITS.items():
            if not least <= getattr(self, name) <= most:
                raise SillyTime(name, "out-of-range")
        if self.plan < self.reply:
            raise SillyTime("plan", "plan-before-reply")
        if self.amber < self.red:
            raise SillyTime("amber", "amber-after-red")

    def kept_until(self, now: datetime) -> datetime:
        """Give until when what is told now is kept, before it is looked at again."""
        return now + self.review_months * _MONTH


def read_times(settings: Mapping[str, int | None]) -> ServiceTimes:
    """Read our times from all that an organisation has set; what is not set is as we ship it.

    Raises SillyTime for a time that does not exist, is empty, or cannot be.
    """
    ours = {
        name.removeprefix(PREFIX): value
        for name, value in settings.items()
        if name.startswith(PREFIX)
    }
    known = {field.name for field in fields(ServiceTimes)}
    values: dict[str, int] = {}
    for name, value in sorted(ours.items()):
        if name not in known:
            raise SillyTime(name, "unknown")
        if value is None:
            raise SillyTime(name, "empty")
        values[name] = value
    return ServiceTimes(**values)
