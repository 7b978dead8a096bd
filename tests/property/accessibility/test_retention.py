"""Properties of how long things are kept: never removed early, always removed at last, as a query sees it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.retention import (
    SCHEDULE,
    Held,
    NotDated,
    is_due,
    kept_until,
    removed_before,
)

moments = st.integers(0, 10_000_000).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
held = st.sampled_from(Held)
spans = st.timedeltas(timedelta(days=-20), timedelta(days=3000))


def test_everything_that_is_held_has_a_time() -> None:
    assert set(Held) == set(SCHEDULE)
    assert all(each.since and (each.months or each.days) for each in SCHEDULE.values())


@given(held, moments)
def test_it_is_kept_for_its_whole_time_and_no_longer(what: Held, since: datetime) -> None:
    until = kept_until(what, since)
    least = timedelta(days=28 * SCHEDULE[what].months + SCHEDULE[what].days)
    most = timedelta(days=31 * SCHEDULE[what].months + SCHEDULE[what].days)

    assert least <= until - since <= most
    assert not is_due(what, since, until - timedelta(microseconds=1))
    assert is_due(what, since, until)


@given(held, moments, spans)
def test_a_query_removes_exactly_what_is_due(what: Held, since: datetime, span: timedelta) -> None:
    now = since + span

    assert is_due(what, since, now) is (since <= removed_before(what, now))


@given(held, moments, spans)
def test_what_was_due_stays_due(what: Held, since: datetime, span: timedelta) -> None:
    now = since + span
    if is_due(what, since, now):
        assert is_due(what, since, now + timedelta(days=1))


@pytest.mark.parametrize(
    ("what", "since", "until"),
    [
        (Held.NEEDS, datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2027, 3, 1, 9, tzinfo=UTC)),
        (Held.CONSENTS, datetime(2026, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)),
        (Held.READS, datetime(2025, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)),
        (Held.LETTERS, datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)),
        (Held.DIAL_PINS, datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)),
    ],
)
def test_dates_one_can_check_by_hand(what: Held, since: datetime, until: datetime) -> None:
    assert until == kept_until(what, since)


def test_a_moment_without_a_zone_is_refused() -> None:
    bare = datetime(2027, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(NotDated):
        kept_until(Held.NEEDS, bare)
    with pytest.raises(NotDated):
        removed_before(Held.NEEDS, bare)
