"""Slack: working days left less the notice a term asks for, and the words for it."""

from datetime import date

import pytest

from accessibility.slack import Urgency, slack, slack_words, urgency, working_days_between
from accessibility.vocabulary import Vocabulary

FRIDAY = date(2026, 11, 20)
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 11, 21), 1),
        (date(2026, 11, 23), 1),
        (date(2026, 11, 24), 2),
        (date(2026, 11, 27), 5),
        (date(2026, 12, 4), 10),
        (date(2026, 11, 19), -1),
        (date(2026, 11, 13), -5),
    ],
)
def test_working_days_count_from_today_up_to_the_day(day: date, left: int) -> None:
    assert left == working_days_between(FRIDAY, day)


def test_bank_holidays_are_no_working_days() -> None:
    eve, after = date(2026, 12, 24), date(2026, 12, 30)

    assert 4 == working_days_between(eve, after)
    assert 2 == working_days_between(eve, after, CHRISTMAS)


def test_a_bank_holiday_on_a_weekend_takes_nothing_away() -> None:
    assert 5 == working_days_between(FRIDAY, date(2026, 11, 27), {date(2026, 11, 22)})


def test_an_interpreter_asked_for_in_time_has_slack(vocabulary: Vocabulary) -> None:
    interpreter = vocabulary.term("PRO-BSL")

    assert 5 == slack(interpreter, FRIDAY, date(2026, 12, 25))
    assert 0 == slack(interpreter, FRIDAY, date(2026, 12, 18))
    assert -15 == slack(interpreter, FRIDAY, date(2026, 11, 27))
    assert 19 == slack(interpreter, FRIDAY, date(2027, 1, 16), CHRISTMAS)


@pytest.mark.parametrize(
    ("days", "colour", "words"),
    [
        (-3, Urgency.RED, "Late by 3 days"),
        (-1, Urgency.RED, "Late by 1 day"),
        (0, Urgency.RED, "Due today"),
        (1, Urgency.AMBER, "1 day"),
        (2, Urgency.AMBER, "2 days"),
        (3, Urgency.AMBER, "3 days"),
        (4, Urgency.GREEN, "4 days"),
        (9, Urgency.GREEN, "9 days"),
    ],
)
def test_slack_has_a_colour_and_words(days: int, colour: Urgency, words: str) -> None:
    assert (colour, words) == (urgency(days), slack_words(days))
