"""Rules in words people use, and the rules that fit a date, to choose from.

Numbers are written out, as people say them: "every second Thursday of the month".
"""

from datetime import date

from scheduling.recurrence import LAST_SAFE_DAY, Frequency, Rule
from scheduling.time import DAYS, MONTHS

_COUNTS = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    *("twenty", "21", "22", "23", "24", "25", "26"),
)
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
YEAR = 12
#: Every so many weeks, as offered; others can be had by whoever needs them through the API.
WEEKS_OFFERED = (1, 2, 3, 4, 6)
MONTHS_OFFERED = (1, 2, 3)


def rule_words(rule: Rule, first: date) -> str:
    """Say how a rule repeats that begins on a date: "every four weeks on Tuesday"."""
    if rule.frequency is Frequency.WEEKLY:
        return _weekly(rule)
    which = _day_of_month(rule)
    if rule.interval == 1:
        return f"every {which} of the month" if rule.ordinal else f"every month on {which}"
    return f"{_how_often(rule.interval)}: {which}{_of_months(rule.interval, first)}"


def rules_from(first: date) -> tuple[Rule, ...]:
    """Give the rules that fit a series beginning on a date, the most usual first."""
    day = first.weekday()
    weekly = (
        Rule(frequency=Frequency.WEEKLY, interval=weeks, weekdays=(day,)) for weeks in WEEKS_OFFERED
    )
    monthly = (
        Rule(frequency=Frequency.MONTHLY, interval=months, weekdays=(day,), ordinal=ordinal)
        for months in MONTHS_OFFERED
        for ordinal in _ordinals(first)
    )
    by_day = (
        Rule(frequency=Frequency.MONTHLY, interval=months, month_day=first.day)
        for months in (1, 3)
        if first.day <= LAST_SAFE_DAY
    )
    return (*weekly, *monthly, *by_day)


def _weekly(rule: Rule) -> str:
    *others, last = (DAYS[day] for day in rule.weekdays)
    days = f"{', '.join(others)} and {last}" if others else last
    return (
        f"every {days}" if rule.interval == 1 else f"every {_COUNTS[rule.interval]} weeks on {days}"
    )


def _day_of_month(rule: Rule) -> str:
    if rule.ordinal is not None:
        return f"{_NTH[rule.ordinal]} {DAYS[rule.weekdays[0]]}"
    return f"the {_with_ending(rule.month_day or 1)}"


def _with_ending(day: int) -> str:
    ending = "th" if day in range(11, 14) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _how_often(months: int) -> str:
    match months:
        case 3:
            return "quarterly"
        case 12:
            return "once a year"
        case _:
            return f"every {_COUNTS[months]} months"


def _of_months(interval: int, first: date) -> str:
    """Name the months, if they are the same every year."""
    if YEAR % interval:
        return ""
    months = sorted((first.month - 1 + turn) % YEAR for turn in range(0, YEAR, interval))
    *others, last = (MONTHS[month] for month in months)
    return f" of {', '.join(others)} and {last}" if others else f" of {last}"


def _ordinals(first: date) -> tuple[int, ...]:
    """Say which one of its weekday in the month a date is: the second; the fourth and the last."""
    nth = (first.day - 1) // 7 + 1
    is_last = first.day + 7 > _days_in_month(first)
    return (*((nth,) if nth in _NTH else ()), *((-1,) if is_last else ()))


def _days_in_month(day: date) -> int:
    following = date(day.year + day.month // YEAR, day.month % YEAR + 1, 1)
    return (following - day.replace(day=1)).days
