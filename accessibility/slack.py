"""How much time is left to arrange something, counted in working days.

Slack is the working days left before the meeting less the notice the term asks for. A late request
is shown as late and tried all the same; nothing here refuses one.
"""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from accessibility.terms import Term

AMBER_SLACK: Final = 3
RED_SLACK: Final = 0

#: Time to spare, beside the notice a term asks for, before what takes place far ahead is arranged.
SPARE: Final = timedelta(weeks=2)

_WEEK = 7
_WORKING_WEEK = 5


class Urgency(StrEnum):
    """Say how pressing a request is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def is_working_day(day: date, holidays: Collection[date] = frozenset()) -> bool:
    """Say whether the day is Monday to Friday and no bank holiday."""
    return day.weekday() < _WORKING_WEEK and day not in holidays


def working_days_between(today: date, day: date, holidays: Collection[date] = frozenset()) -> int:
    """Count the working days from today, which counts, up to the day, which does not.

    Friday to Monday is 1, as is Friday to Saturday; Saturday to Monday is 0. Below zero when the day
    has passed.
    """
    if day < today:
        return -working_days_between(day, today, holidays)
    weeks, rest = divmod((day - today).days, _WEEK)
    tail = sum(is_working_day(day - timedelta(days=back)) for back in range(1, rest + 1))
    lost = sum(today <= holiday < day and is_working_day(holiday) for holiday in set(holidays))
    return weeks * _WORKING_WEEK + tail - lost


def last_day_to_begin(
    meeting_day: date, notice: int, holidays: Collection[date] = frozenset()
) -> date:
    """Give the last day on which as many working days as the notice are left before the meeting."""
    day, left = meeting_day, notice
    while left > 0:
        day -= timedelta(days=1)
        left -= is_working_day(day, holidays)
    return day


def first_day_after(today: date, notice: int, holidays: Collection[date] = frozenset()) -> date:
    """Give the first day, from today on, before which as many working days as the notice are left."""
    day, left = today, notice
    while left > 0:
        left -= is_working_day(day, holidays)
        day += timedelta(days=1)
    return day


def slack(
    term: Term, today: date, meeting_day: date, holidays: Collection[date] = frozenset()
) -> int:
    """Count the working days that can still pass before the term's usual notice is missed."""
    return working_days_between(today, meeting_day, holidays) - term.lead_days


def act_by(term: Term, meeting_day: date, holidays: Collection[date] = frozenset()) -> date:
    """Give the last day on which the term's usual notice can still be given.

    The slack of any day is the number of working days from it to this one, so that requests in the order of
    these days stand in the order of their slack.
    """
    return last_day_to_begin(meeting_day, term.lead_days, holidays)


def last_day_within(
    today: date, working_days: int, holidays: Collection[date] = frozenset()
) -> date:
    """Give the last day to which there are not more working days from today than these."""
    day, left = today, working_days
    while (left := left - is_working_day(day, holidays)) >= 0:
        day += timedelta(days=1)
    return day


def time_to_arrange(term: Term) -> timedelta:
    """Say how long before a meeting it is early enough to begin: the usual notice, and two weeks to spare."""
    weeks = -(-term.lead_days // _WORKING_WEEK)
    return timedelta(weeks=weeks) + SPARE


def urgency(days_of_slack: int, *, amber: int = AMBER_SLACK, red: int = RED_SLACK) -> Urgency:
    """Tell green from amber (usually 3 days or fewer) and red (none left)."""
    if days_of_slack <= red:
        return Urgency.RED
    return Urgency.AMBER if days_of_slack <= amber else Urgency.GREEN


def slack_words(days_of_slack: int) -> str:
    """Say the slack in words, so that no colour stands alone: "Late by 3 days", "Due today", "9 days"."""
    if days_of_slack == 0:
        return "Due today"
    days = "1 day" if abs(days_of_slack) == 1 else f"{abs(days_of_slack)} days"
    return days if days_of_slack > 0 else f"Late by {days}"
