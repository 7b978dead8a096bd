"""When to try again to send something, and when to stop trying."""

from datetime import datetime, timedelta

#: The gaps after the first tries; afterwards every `LONGEST_GAP`. The manner of mail servers:
#: a short wait first (greylisting), then longer and longer (Postfix; RFC 5321, 4.5.4.1).
GAPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
LONGEST_GAP = timedelta(hours=3)
#: The pauses between looks at a server that is away.
LOOKS = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5))
#: Nobody waits longer than this for a letter; then a human takes over (RFC 5321: 4 to 5 days).
PATIENCE = timedelta(days=5)


def next_try(tries: int, *, first_at: datetime, now: datetime) -> datetime | None:
    """Give the time of the next try after so many have failed; None when patience is at its end."""
    gap = GAPS[tries - 1] if 0 < tries <= len(GAPS) else LONGEST_GAP
    return None if now + gap > first_at + PATIENCE else now + gap


def next_look(times: int) -> timedelta:
    """Say how long to leave a mail server alone that could not be reached so many times in a row.

    Never long: what waits for it may be urgent, and one look costs next to nothing.
    """
    return LOOKS[min(times, len(LOOKS)) - 1]
