"""What one thing that helps costs for one meeting: how many of it, and whether once or for each."""

from datetime import timedelta
from pathlib import Path

import pytest

import accessibility
from accessibility.costs import Costs, Estimate, parse_costs
from accessibility.pricing import (
    For,
    interpreters,
    mixing_line,
    periods,
    term_line,
    way_lines,
)
from accessibility.vocabulary import parse_vocabulary
from scheduling.ways import Way

FOLDER = Path(accessibility.__file__).parent
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def costs() -> Costs:
    """Read the prices we ship."""
    return parse_costs((FOLDER / "costs.toml").read_text("utf-8"))


@pytest.mark.parametrize(("minutes", "count"), [(30, 1), (60, 1), (61, 2), (120, 2)])
def test_two_interpreters_take_turns_beyond_an_hour(minutes: int, count: int) -> None:
    assert count == interpreters(timedelta(minutes=minutes))


@pytest.mark.parametrize(("minutes", "count"), [(0, 1), (60, 1), (61, 2), (120, 2), (121, 3)])
def test_a_begun_hour_is_paid_whole(minutes: int, count: int) -> None:
    assert count == periods(timedelta(minutes=minutes), HOUR)


@pytest.mark.parametrize(
    ("code", "length", "count", "paid"),
    [
        ("PRO-BSL", HOUR, 1, For.ALL),
        ("PRO-BSL", 2 * HOUR, 2, For.ALL),
        ("PRO-BSL", 6 * HOUR, 4, For.ALL),
        ("PRO-STTR", 3 * HOUR, 2, For.ALL),
        ("LAN-INTERP", 2 * HOUR, 1, For.ALL),
        ("CAR-REPLACE", 2 * HOUR, 3, For.EACH),
        ("MOB-TRANSPORT", 2 * HOUR, 2, For.EACH),
        ("DIG-CALLOUT", 2 * HOUR, 120, For.EACH),
        ("AIR-MASK", 2 * HOUR, 12, For.ALL),
    ],
)
def test_what_is_paid_follows_from_length_and_heads(
    code: str, length: timedelta, count: int, paid: For, costs: Costs
) -> None:
    found = term_line(costs, code, length, 12)

    assert found is not None
    line, whom = found
    assert (count, paid) == (line.count, whom)


def test_what_takes_only_our_time_has_no_line(costs: Costs) -> None:
    assert term_line(costs, "MOB-GUIDE", HOUR, 12) is None


def test_every_price_of_a_term_is_shipped_and_every_term_known(costs: Costs) -> None:
    words = parse_vocabulary((FOLDER / "vocabulary.toml").read_text("utf-8"))

    priced = [term.code for term in words.terms if term_line(costs, term.code, HOUR, 1)]

    assert 31 == len(priced)


def test_a_hybrid_session_of_two_hours_costs_what_was_worked_out_by_hand(costs: Costs) -> None:
    lines = [
        line
        for way in (Way.ROOM, Way.ONLINE, Way.PHONE)
        for line in way_lines(costs, way, 2 * HOUR)
    ]

    total = sum((line.cost for line in [*lines, mixing_line(costs)]), Estimate())

    assert 3600 + 200 + 150 + 132 == total.typical


def test_outdoors_costs_nothing_to_open(costs: Costs) -> None:
    assert () == way_lines(costs, Way.OUTDOORS, HOUR)
