"""How fast mail goes to one server: never more in any minute than the setting says, and no burst."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.outbound.pace import A_MINUTE, Pace

NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


def test_without_a_limit_everything_may_go() -> None:
    pace = Pace(None)

    assert all(pace.take(NOW) for _ in range(1000))
    assert timedelta() == pace.next_in


def test_a_second_holds_what_a_second_may() -> None:
    pace = Pace(600)

    taken = [pace.take(NOW) for _ in range(20)]

    assert [True] * 10 + [False] * 10 == taken
    assert not pace.take(NOW + timedelta(milliseconds=99))
    assert pace.take(NOW + timedelta(milliseconds=100))


def test_a_slow_pace_lets_one_go_and_says_when_the_next_may() -> None:
    pace = Pace(2)

    assert pace.take(NOW)
    assert not pace.take(NOW + timedelta(seconds=29))
    assert timedelta(seconds=30) == pace.next_in
    assert pace.take(NOW + timedelta(seconds=31))


def test_a_pause_saves_nothing_up_and_a_clock_that_goes_back_gives_nothing() -> None:
    pace = Pace(60)

    assert [True, False] == [pace.take(NOW + timedelta(hours=6)) for _ in range(2)]
    assert not pace.take(NOW)


@given(
    st.integers(1, 300),
    st.lists(st.timedeltas(timedelta(), timedelta(seconds=20)), min_size=1, max_size=200),
)
def test_no_minute_sees_more_than_the_limit_and_a_seconds_worth(
    per_minute: int, gaps: list[timedelta]
) -> None:
    pace, at, sent = Pace(per_minute), NOW, list[datetime]()
    for gap in gaps:
        at += gap
        while pace.take(at):
            sent.append(at)

    most = per_minute + max(1.0, per_minute / 60)
    assert all(sum(each <= one < each + A_MINUTE for one in sent) <= most for each in sent)
