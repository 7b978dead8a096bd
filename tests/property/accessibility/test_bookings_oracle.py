"""Bookings, whatever the rules and the day: fees only grow, and who shares with whom works both ways."""

from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from accessibility.bookings import Rules, fees, people_needed, serves_too
from accessibility.slack import act_by, last_day_within, slack, working_days_between
from accessibility.vocabulary import Vocabulary, parse_vocabulary

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
HOLIDAYS = st.frozensets(DAYS, max_size=30)
RULES = st.builds(Rules, st.integers(0, 60), st.integers(0, 60))
DETAILS = st.dictionaries(
    st.sampled_from(["language", "dialect", "interpreter_gender", "method"]),
    st.sampled_from(["", "Urdu", "urdu ", "Polish", "woman", "man", "either"]),
)


@cache
def vocabulary() -> Vocabulary:
    """Read the vocabulary once."""
    return parse_vocabulary(files("accessibility").joinpath("vocabulary.toml").read_text("utf-8"))


@given(rules=RULES, day=DAYS, pence=st.integers(0, 10**6), back=st.integers(-5, 90))
def test_calling_off_costs_as_the_rules_say(rules: Rules, day: date, pence: int, back: int) -> None:
    today = day - timedelta(days=back)

    cost = fees(rules, day).of(pence, today)

    if rules.full_days and back <= rules.full_days:
        assert pence == cost
    elif rules.half_days and back <= rules.half_days:
        assert pence <= 2 * cost <= pence + 1
    else:
        assert 0 == cost


@given(rules=RULES, day=DAYS, pence=st.integers(1, 10**6))
def test_the_last_free_day_is_the_last_that_costs_nothing(
    rules: Rules, day: date, pence: int
) -> None:
    found = fees(rules, day)
    last = found.last_free_day

    if last is None:
        assert 0 == found.of(pence, day)
    else:
        assert 0 == found.of(pence, last)
        assert 0 < found.of(pence, last + timedelta(days=1))


@given(rules=RULES, day=DAYS, pence=st.integers(0, 10**6), today=DAYS)
def test_waiting_never_makes_it_cheaper(rules: Rules, day: date, pence: int, today: date) -> None:
    found = fees(rules, day)

    assert found.of(pence, today) <= found.of(pence, today + timedelta(days=1)) <= pence


@given(code=st.sampled_from(["LAN-INTERP", "PRO-OTHER", "PRO-BSL"]), one=DETAILS, other=DETAILS)
def test_sharing_works_both_ways(code: str, one: dict[str, str], other: dict[str, str]) -> None:
    term = vocabulary().term(code)

    assert serves_too(term, one, [other]) is serves_too(term, other, [one])
    assert serves_too(term, one, [one])


@given(minutes=st.integers(5, 1440), enough=st.lists(st.integers(0, 240), max_size=5))
def test_nobody_signs_alone_for_longer_than_anybody_said_is_enough(
    minutes: int, enough: list[int]
) -> None:
    alone = people_needed("PRO-BSL", minutes, enough) == 1

    assert alone is (minutes <= 60 and all(minutes <= each for each in enough))


@given(
    code=st.sampled_from(sorted(t.code for t in vocabulary().terms)), day=DAYS, holidays=HOLIDAYS
)
def test_the_slack_of_any_day_is_counted_from_the_last_day_to_act(
    code: str, day: date, holidays: frozenset[date]
) -> None:
    term = vocabulary().term(code)
    last = act_by(term, day, holidays)

    for shift in range(-20, 40, 3):
        today = day - timedelta(days=shift)
        assert slack(term, today, day, holidays) == working_days_between(today, last, holidays)


@given(today=DAYS, days=st.integers(0, 30), holidays=HOLIDAYS)
def test_the_last_day_within_is_the_last(today: date, days: int, holidays: frozenset[date]) -> None:
    last = last_day_within(today, days, holidays)

    assert days >= working_days_between(today, last, holidays)
    assert days < working_days_between(today, last + timedelta(days=1), holidays)
