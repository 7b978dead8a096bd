"""By when a human must tell somebody, and when to try again to send."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.deadlines import post_is_too_slow, tell_by
from scheduling.retries import GAPS, LONGEST_GAP, LOOKS, PATIENCE, next_look, next_try

NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


def test_a_call_is_due_in_two_days_when_there_is_time() -> None:
    assert NOW + timedelta(days=2) == tell_by(NOW, NOW + timedelta(days=14))


def test_a_call_is_due_a_day_before_a_near_meeting() -> None:
    assert NOW + timedelta(hours=12) == tell_by(NOW, NOW + timedelta(hours=36))


def test_a_letter_leaves_time_for_the_post_and_for_reading() -> None:
    assert NOW + timedelta(days=1) == tell_by(NOW, NOW + timedelta(days=6), by_post=True)


def test_post_is_too_slow_inside_five_days() -> None:
    assert post_is_too_slow(NOW, NOW + timedelta(days=4))
    assert not post_is_too_slow(NOW, NOW + timedelta(days=5))


@given(st.timedeltas(timedelta(0), timedelta(days=400)), st.booleans())
def test_no_deadline_is_ever_in_the_past_or_later_than_two_days(
    ahead: timedelta, by_post: bool
) -> None:
    due = tell_by(NOW, NOW + ahead, by_post=by_post)

    assert NOW <= due <= NOW + timedelta(days=2)


@given(st.integers(1, 60), st.timedeltas(timedelta(0), timedelta(days=7)))
def test_gaps_grow_and_patience_ends(tries: int, age: timedelta) -> None:
    again = next_try(tries, first_at=NOW - age, now=NOW)
    sooner = GAPS[min(tries, len(GAPS)) - 1]

    assert again is None or sooner <= again - NOW <= LONGEST_GAP
    assert (again is None) == (age + _gap(tries) > PATIENCE)


def _gap(tries: int) -> timedelta:
    return GAPS[tries - 1] if tries <= len(GAPS) else LONGEST_GAP


def test_a_server_that_is_away_is_looked_for_often_and_for_ever() -> None:
    pauses = [next_look(times) for times in (1, 2, 3, 4, 100)]

    assert [*LOOKS, LOOKS[-1], LOOKS[-1]] == pauses
    assert timedelta(minutes=5) == max(pauses)
