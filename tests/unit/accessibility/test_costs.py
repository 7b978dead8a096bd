"""Prices: what is shipped can be read, nonsense is refused by name, and sums are in order."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accessibility
from accessibility.costs import (
    OLD_AFTER_DAYS,
    BrokenCosts,
    Costs,
    Estimate,
    UnknownPrice,
    parse_costs,
    room_prices,
    total,
)
from scheduling.online import ServerKind

SHIPPED = Path(accessibility.__file__).with_name("costs.toml").read_text("utf-8")
ONE = """
currency = "GBP"

[[price]]
code = "line"
name = "A line"
unit = "month"
low = 500
typical = 600
high = 1000
seen_on = 2026-11-01
source = "A price list"
note = "Without VAT."
is_estimate = false
"""

amounts = st.integers(min_value=0, max_value=10**7)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    """Draw three sums in order, the last perhaps unknown."""
    low, typical, high = sorted(draw(st.tuples(amounts, amounts, amounts)))
    return Estimate(low, typical, draw(st.sampled_from((high, None))))


@pytest.fixture(scope="module")
def costs() -> Costs:
    """Read the prices we ship."""
    return parse_costs(SHIPPED)


def test_every_shipped_price_says_who_said_so_and_when(costs: Costs) -> None:
    today = date(2026, 11, 20)

    for price in costs.prices:
        assert price.source
        assert price.note
        assert date(2017, 1, 1) <= price.seen_on <= today


def test_a_price_grows_old(costs: Costs) -> None:
    price = costs.price("jitsi-server")

    assert not price.is_old(price.seen_on + timedelta(days=OLD_AFTER_DAYS))
    assert price.is_old(price.seen_on + timedelta(days=OLD_AFTER_DAYS + 1))


def test_what_was_seen_years_ago_is_shown_as_old(costs: Costs) -> None:
    old = {price.code for price in costs.prices if price.is_old(date(2026, 11, 20))}

    assert {"bsl-interpreter", "note-taker", "childcare"} <= old
    assert not {"letter", "room-hire", "taxi"} & old


def test_what_is_bought_once_is_spread_over_many_rounding_up() -> None:
    assert Estimate(84, 132, None) == Estimate(6000, 9500, None).over(72)


def test_a_price_that_nobody_knows_is_named(costs: Costs) -> None:
    with pytest.raises(UnknownPrice, match="'castle'"):
        costs.price("castle")


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ('currency = "GBP"', 'currency = "EUR"', "currency must be GBP"),
        ('currency = "GBP"', "", "currency is missing"),
        ("[[price]]", "[price]", "list of tables"),
        ('code = "line"\n', "", "code is missing"),
        ('name = "A line"', 'name = " "', "line 4, line: name must be text"),
        ('unit = "month"', 'unit = "fortnight"', "unit cannot be 'fortnight'"),
        ("low = 500", "low = -1", "low must be a whole number"),
        ("low = 500", "low = 5.5", "low must be a whole number"),
        ("low = 500", "low = true", "low must be a whole number"),
        ("low = 500", "low = 700", "out of order"),
        ("high = 1000", "high = 599", "out of order"),
        ("seen_on = 2026-11-01", 'seen_on = "last year"', "seen_on must be a day"),
        ("seen_on = 2026-11-01", "seen_on = 2026-11-01T09:00:00", "seen_on must be a day"),
        ('source = "A price list"', 'source = ""', "source must be text"),
        ("is_estimate = false", 'is_estimate = "no"', "is_estimate must be true or false"),
        ("is_estimate = false", "is_estimate = false\nvat = 20", "vat is not known"),
        ("low = 500", "low = ", "line 8"),
    ],
)
def test_nonsense_is_refused_by_name(was: str, becomes: str, words: str) -> None:
    assert was in ONE

    with pytest.raises(BrokenCosts, match=words):
        parse_costs(ONE.replace(was, becomes, 1))


def test_the_same_price_twice_is_refused() -> None:
    with pytest.raises(BrokenCosts, match="same code"):
        parse_costs(ONE + ONE.partition("\n\n")[2])


def test_a_price_without_an_upper_limit_says_so() -> None:
    found = parse_costs(ONE.replace("high = 1000\n", "")).price("line")

    assert Estimate(500, 600, None) == found.each


@pytest.mark.parametrize(
    ("kind", "has_phone", "codes"),
    [
        (ServerKind.PLAIN, True, ()),
        (ServerKind.HS256, False, ("jitsi-server",)),
        (ServerKind.RS256, True, ("jitsi-server", "phone-line")),
        (ServerKind.JAAS, True, ("jaas",)),
    ],
)
def test_a_month_of_rooms_costs_what_its_kind_needs(
    kind: ServerKind, has_phone: bool, codes: tuple[str, ...], costs: Costs
) -> None:
    assert codes == tuple(price.code for price in room_prices(costs, kind, has_phone=has_phone))


@given(st.lists(estimates(), max_size=6))
def test_a_sum_is_in_order_and_knows_a_limit_only_if_all_do(found: list[Estimate]) -> None:
    added = sum(found, Estimate())

    assert sum(each.low for each in found) == added.low
    assert sum(each.typical for each in found) == added.typical
    highs = [each.high for each in found]
    if None in highs:
        assert added.high is None
    else:
        assert sum(high for high in highs if high is not None) == added.high


@given(estimates(), st.integers(min_value=0, max_value=50))
def test_so_many_of_it_is_it_added_so_often(one: Estimate, count: int) -> None:
    assert sum([one] * count, Estimate()) == one.times(count)


def test_nothing_costs_nothing() -> None:
    assert Estimate(0, 0, 0) == total([])
