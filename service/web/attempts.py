"""Counting failed attempts in memory, so that nobody guesses links or codes by the thousand."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from service.errors import TooManyAttempts

#: Beyond this many keys the oldest are forgotten, so that an attacker cannot fill the memory.
KEPT = 10_000


class Attempts:
    """At most `most` failures for one key within so many seconds."""

    def __init__(self, most: int, *, seconds: int) -> None:
        self._most = most
        self._span = timedelta(seconds=seconds)
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def check(self, key: str, now: datetime) -> None:
        """Raise TooManyAttempts while the key has failed too often."""
        failures = self._recent(key, now)
        if len(failures) >= self._most:
            wait = failures[0] + self._span - now
            raise TooManyAttempts(max(1, int(wait.total_seconds())))

    def failed(self, key: str, now: datetime) -> None:
        """Count one failure."""
        failures = self._recent(key, now)
        failures.append(now)
        self._failures[key] = failures
        self._failures.move_to_end(key)
        while len(self._failures) > KEPT:
            self._failures.popitem(last=False)

    def forget(self, key: str) -> None:
        """Start again from nothing, after a success."""
        self._failures.pop(key, None)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        failures = self._failures.get(key, deque())
        while failures and failures[0] <= now - self._span:
            failures.popleft()
        return failures
