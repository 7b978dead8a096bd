"""By when a human must have told somebody something that no letter by wire can tell them."""

from datetime import datetime, timedelta

#: Second-class post takes two working days, and a person should have three days to read it.
POST_DAYS = timedelta(days=5)
#: A person should hear by voice at least a day before.
CALL_DAYS = timedelta(days=1)
USUAL_DAYS = timedelta(days=2)


def tell_by(now: datetime, starts_at: datetime, *, by_post: bool = False) -> datetime:
    """Say by when to ring or post: in two days, sooner if the meeting is near, never in the past.

    Source: two delivery days and three reading days for letters (access practice, CON-LETTER).
    """
    latest = starts_at - (POST_DAYS if by_post else CALL_DAYS)
    return max(now, min(now + USUAL_DAYS, latest))


def post_is_too_slow(now: datetime, starts_at: datetime) -> bool:
    """Say whether a letter posted today would come too late to be read in time."""
    return now > starts_at - POST_DAYS
