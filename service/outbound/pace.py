"""How fast mail may go to one server, so that a backlog does not all leave at once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

A_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Pace:
    """A bucket of leave to send, filled at so many a minute; None is no limit.

    It never holds more than a second's worth (but one): after a pause, too, the server gets no burst.
    """

    per_minute: int | None
    _left: float = field(default=0.0, init=False)
    _at: datetime | None = field(default=None, init=False)

    def take(self, now: datetime) -> bool:
        """Take leave to send one mail now, or tell that it is too soon."""
        if self.per_minute is None:
            return True
        self._fill(self.per_minute, now)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def next_in(self) -> timedelta:
        """Say how long after a refusal the next mail may go."""
        return A_MINUTE / self.per_minute if self.per_minute else timedelta()

    def _fill(self, per_minute: int, now: datetime) -> None:
        most = max(1.0, per_minute / 60)
        passed = now - self._at if self._at is not None else A_MINUTE
        self._left = min(most, self._left + per_minute * max(0.0, passed / A_MINUTE))
        self._at = now
