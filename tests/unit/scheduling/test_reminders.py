"""When people are reminded, and when they are asked once more: examples, and the hours of the night."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.answers import Answer
from scheduling.reminders import (
    CHOICES,
    DAY,
    FIRST,
    LEAVES,
    QUARTER,
    SLEEPS,
    TWO_HOURS,
    WAKES,
    WEEK,
    Due,
    Prompt,
    Reader,
    Start,
    desk_closes,
    desk_moment,
    due,
    is_due_after,
    is_of_use,
    moment,
    normal_choice,
    waking,
    when_to_send,
)
from scheduling.time import WallTime, on_wall, resolve

LONDON = "Europe/London"
ZONES = (LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca")


def at(words: str, zone: str = LONDON) -> datetime:
    """Give the instant of a time on the wall."""
    return resolve(WallTime(datetime.fromisoformat(words), zone))


#: Thursday 21 January 2027, 2pm.
START = Start(at("2027-01-21T14:00"), LONDON)
LONG_AGO = at("2027-01-04T10:00")
COMING = Reader(Answer.YES, has_way=True, is_asked_again=False, since=LONG_AGO)
SILENT = replace(COMING, answer=Answer.UNANSWERED, has_way=False)


def numbers(reader: Reader, now: datetime, *, after: datetime | None = None) -> list[int]:
    """List the reminders that are due, by their minutes."""
    return [each.number for each in due(reader, START, after=after, now=now)]


def prompts(reader: Reader, now: datetime, start: Start = START) -> list[Prompt]:
    """List what is due, by its sort."""
    return [each.prompt for each in due(reader, start, after=None, now=now)]


@pytest.mark.parametrize(
    ("starts", "minutes", "reminded"),
    [
        ("2027-01-21T14:00", DAY, "2027-01-20T14:00"),
        ("2027-01-21T14:00", TWO_HOURS, "2027-01-21T12:00"),
        ("2027-01-21T14:00", WEEK, "2027-01-14T14:00"),
        ("2027-01-21T14:00", QUARTER, "2027-01-21T13:45"),
        # Whole days count on the wall, over both changes of the clocks.
        ("2027-03-28T14:00", DAY, "2027-03-27T14:00"),
        ("2027-10-31T14:00", WEEK, "2027-10-24T14:00"),
        # Nobody is woken, and nobody hears of it after the start.
        ("2027-01-21T09:00", TWO_HOURS, "2027-01-21T08:00"),
        ("2027-01-21T08:15", TWO_HOURS, "2027-01-20T20:00"),
        ("2027-01-21T07:00", DAY, "2027-01-20T08:00"),
        ("2027-01-21T22:00", DAY, "2027-01-20T20:00"),
        ("2027-01-21T23:30", TWO_HOURS, "2027-01-21T20:00"),
        ("2027-01-21T00:30", TWO_HOURS, "2027-01-20T20:00"),
    ],
)
def test_a_reminder_comes_at_a_waking_hour(starts: str, minutes: int, reminded: str) -> None:
    assert at(reminded) == moment(Start(at(starts), LONDON), minutes)


STARTS = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2030-01-01"))


@given(
    STARTS,
    st.sampled_from(ZONES),
    st.sampled_from(CHOICES),
)
def test_every_reminder_falls_by_day_and_before_the_start(
    start: datetime, zone: str, minutes: int
) -> None:
    begins = Start(start.replace(tzinfo=UTC), zone)

    told = moment(begins, minutes)

    assert WAKES <= on_wall(told, zone).local.time() < SLEEPS
    assert begins.at - FIRST <= told < begins.at


@pytest.mark.parametrize("answer", [Answer.NO, Answer.MAYBE, Answer.WAITING, Answer.UNANSWERED])
def test_only_those_who_said_yes_are_reminded(answer: Answer) -> None:
    now = START.at - timedelta(hours=1)

    assert [] == prompts(replace(COMING, answer=answer), now)
    assert [TWO_HOURS] == numbers(COMING, now)


def test_who_has_lost_their_way_is_not_told_how_to_join_by_it() -> None:
    assert [] == numbers(replace(COMING, has_way=False), START.at - timedelta(hours=1))


def test_nothing_is_due_before_its_time_and_nothing_twice() -> None:
    day_before = moment(START, DAY)

    assert [] == numbers(COMING, day_before - timedelta(seconds=1))
    assert [DAY] == numbers(COMING, day_before)
    assert [] == numbers(COMING, day_before + timedelta(minutes=1), after=day_before)


def test_of_several_late_reminders_only_the_last_is_given() -> None:
    assert [TWO_HOURS] == numbers(COMING, START.at - timedelta(minutes=5))
    assert [] == numbers(COMING, START.at)


def test_what_fell_due_before_they_last_heard_is_left_out() -> None:
    changed_at_noon_before = replace(COMING, since=at("2027-01-20T15:00"))
    just_answered = replace(COMING, since=START.at - timedelta(minutes=30))

    assert [] == numbers(changed_at_noon_before, at("2027-01-20T16:00"))
    assert [TWO_HOURS] == numbers(changed_at_noon_before, at("2027-01-21T12:00"))
    assert [] == numbers(just_answered, START.at - timedelta(minutes=20))


@pytest.mark.parametrize(
    ("choice", "expected"),
    [(None, [TWO_HOURS]), ((), []), ((WEEK,), [WEEK]), ((QUARTER, DAY), [QUARTER]), ((77,), [])],
)
def test_people_are_reminded_when_they_chose(
    choice: tuple[int, ...] | None, expected: list[int]
) -> None:
    assert expected == numbers(replace(COMING, choice=choice), START.at - timedelta(minutes=10))


def test_a_human_reminds_once_on_the_weekday_before() -> None:
    joan = replace(COMING, by_hand=True)
    monday = Start(at("2027-01-25T10:00"), LONDON)

    assert at("2027-01-20T09:00") == desk_moment(START)
    assert at("2027-01-22T09:00") == desk_moment(monday)
    assert (Due(Prompt.REMINDER, DAY, at("2027-01-20T09:00")),) == due(
        joan, START, after=None, now=START.at - timedelta(minutes=10)
    )


def test_a_human_has_until_the_afternoon_or_if_late_until_shortly_before() -> None:
    begins = desk_moment(START)

    assert at("2027-01-20T16:00") == desk_closes(START, begins, begins)
    assert START.at - LEAVES == desk_closes(START, begins, at("2027-01-21T08:00"))
    assert START.at == desk_closes(START, begins, START.at)


def test_who_has_not_answered_is_asked_once_two_days_before() -> None:
    two_days_before = at("2027-01-19T14:00")

    assert [] == prompts(SILENT, two_days_before - timedelta(seconds=1))
    assert [Prompt.NUDGE] == prompts(SILENT, two_days_before)
    assert [] == prompts(SILENT, START.at - timedelta(hours=24))


@pytest.mark.parametrize("answer", [Answer.YES, Answer.MAYBE, Answer.WAITING])
def test_who_was_asked_again_is_nudged_too(answer: Answer) -> None:
    moved = replace(SILENT, answer=answer, is_asked_again=True)

    assert [Prompt.NUDGE] == prompts(moved, at("2027-01-19T14:00"))
    assert [] == prompts(replace(moved, answer=Answer.NO), at("2027-01-19T14:00"))


def test_nobody_is_pressed() -> None:
    two_days_before = at("2027-01-19T14:00")
    invited_yesterday = replace(SILENT, since=two_days_before - timedelta(hours=23))
    wants_none = replace(SILENT, choice=())

    assert [] == prompts(invited_yesterday, two_days_before)
    assert [] == prompts(wants_none, two_days_before)


def test_a_nudge_comes_by_day_too() -> None:
    early = Start(at("2027-01-21T07:30"), LONDON)

    (one,) = due(SILENT, early, after=None, now=at("2027-01-19T12:00"))

    assert at("2027-01-19T08:00") == one.at


def test_a_reminder_written_down_earlier_gives_way_to_a_later_one() -> None:
    day_before, hours_before = moment(START, DAY), moment(START, TWO_HOURS)

    assert is_of_use(COMING, START, DAY, day_before)
    assert is_of_use(COMING, START, DAY, hours_before - timedelta(minutes=1))
    assert not is_of_use(COMING, START, DAY, hours_before)
    assert is_of_use(COMING, START, TWO_HOURS, START.at - timedelta(minutes=1))
    assert not is_of_use(COMING, START, TWO_HOURS, START.at)
    assert not is_of_use(replace(COMING, choice=()), START, DAY, day_before)


@pytest.mark.parametrize(
    ("was_due", "now", "sent"),
    [
        ("2027-01-20T14:00", "2027-01-20T14:00", "2027-01-20T14:00"),
        ("2027-01-20T14:00", "2027-01-20T19:00", "2027-01-20T19:00"),
        ("2027-01-20T14:00", "2027-01-20T23:00", "2027-01-21T08:00"),
        ("2027-01-20T14:00", "2027-01-21T03:00", "2027-01-21T08:00"),
    ],
)
def test_what_is_late_is_sent_at_once_but_not_at_night(was_due: str, now: str, sent: str) -> None:
    assert at(sent) == when_to_send(at(was_due), START, at(now))


def test_before_an_early_start_a_late_one_is_sent_even_at_night() -> None:
    early = Start(at("2027-01-21T08:15"), LONDON)
    now = at("2027-01-21T06:00")

    assert now == when_to_send(at("2027-01-20T20:00"), early, now)


@given(
    STARTS,
    st.sampled_from(ZONES),
    st.timedeltas(timedelta(days=-9), timedelta(hours=1)),
    st.timedeltas(timedelta(), timedelta(days=2)),
    st.booleans(),
    st.sampled_from(Answer),
)
def test_no_meeting_is_passed_over_of_which_anybody_must_hear(
    start: datetime, zone: str, ago: timedelta, pause: timedelta, by_hand: bool, answer: Answer
) -> None:
    begins = Start(start.replace(tzinfo=UTC), zone)
    now = begins.at + ago
    reader = replace(COMING, answer=answer, by_hand=by_hand, choice=CHOICES)
    reader = replace(reader, since=begins.at - timedelta(days=30))

    found = due(reader, begins, after=now - pause, now=now)

    assert not found or is_due_after(begins, after=now - pause, now=now)


def test_a_choice_is_kept_in_one_form() -> None:
    assert normal_choice([TWO_HOURS, DAY, DAY]) is None
    assert () == normal_choice([])
    assert (WEEK, QUARTER) == normal_choice([QUARTER, WEEK])


def test_a_waking_hour_stays_as_it_is() -> None:
    noon = START.at - timedelta(hours=2)

    assert noon == waking(noon, START)
