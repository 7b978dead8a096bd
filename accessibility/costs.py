"""What things cost: dated prices with their source, read from TOML text, and sums of them.

The text is handed in; `costs.toml` beside this module holds the prices we ship. Money is in whole pence.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from accessibility.errors import AccessibilityError, VocabularyError
from accessibility.tables import Table
from scheduling.online import ServerKind

CURRENCY: Final = "GBP"
#: A price that was seen longer ago than this many days is old: somebody should look again.
OLD_AFTER_DAYS: Final = 365
_KEYS = {"code", "name", "unit", "low", "typical", "seen_on", "source", "note", "is_estimate"}


class BrokenCosts(AccessibilityError):
    """The text of the prices is not one; says at which price, and why."""

    code = "broken-costs"


class UnknownPrice(AccessibilityError):
    """There is no price of that code."""

    code = "unknown-price"

    def __init__(self, price_code: str) -> None:
        super().__init__(f"there is no price {price_code!r}")
        self.price_code = price_code


class Unit(StrEnum):
    """What a price is for."""

    MONTH = "month"
    HOUR = "hour"
    TWO_HOURS = "2 hours"
    HALF_DAY = "half day"
    MINUTE = "minute"
    PAGE = "page"
    MILE = "mile"
    ONE_WAY = "one way"
    RETURN = "there and back"
    SESSION = "session"
    PERSON = "person"
    CHILD_HOUR = "hour for one child"
    EACH = "each"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Sums in pence: seldom less, mostly about, seldom more. `high` is None where nobody knows a limit."""

    low: int = 0
    typical: int = 0
    high: int | None = 0

    def __post_init__(self) -> None:
        """Refuse sums that are not in order."""
        if not 0 <= self.low <= self.typical or (
            self.high is not None and self.high < self.typical
        ):
            raise BrokenCosts("low, typical and high must not be below 0, nor out of order")

    def __add__(self, other: "Estimate") -> "Estimate":
        """Add two estimates; the sum has a limit only if both have one."""
        unlimited = self.high is None or other.high is None
        high = None if unlimited else (self.high or 0) + (other.high or 0)
        return Estimate(self.low + other.low, self.typical + other.typical, high)

    def over(self, count: int) -> "Estimate":
        """Spread the estimate over so many, rounding up to a whole penny; at least one."""
        high = None if self.high is None else -(-self.high // count)
        return Estimate(-(-self.low // count), -(-self.typical // count), high)

    def times(self, count: int) -> "Estimate":
        """Give the estimate for so many of it; nothing of it costs nothing."""
        if count == 0:
            return Estimate()
        high = None if self.high is None else self.high * count
        return Estimate(self.low * count, self.typical * count, high)


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit of something costs, who says so, and since when."""

    code: str
    name: str
    unit: Unit
    each: Estimate
    source: str
    seen_on: date
    note: str = ""
    is_estimate: bool = False

    def is_old(self, today: date) -> bool:
        """Say whether somebody should look again what it costs now."""
        return (today - self.seen_on).days > OLD_AFTER_DAYS


@dataclass(frozen=True, slots=True)
class Costs:
    """All prices, in the order they stand."""

    prices: tuple[Price, ...]
    _by_code: Mapping[str, Price] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the prices by code."""
        by_code = {price.code: price for price in self.prices}
        object.__setattr__(self, "_by_code", MappingProxyType(by_code))

    def price(self, price_code: str) -> Price:
        """Look a price up by its code; raises UnknownPrice."""
        if price_code not in self._by_code:
            raise UnknownPrice(price_code)
        return self._by_code[price_code]


def parse_costs(text: str) -> Costs:
    """Read the prices; raises BrokenCosts for whatever is missing, unknown, doubled or out of order."""
    try:
        whole = Table("", tomllib.loads(text))
        whole.keys({"currency", "price"})
        if whole.text("currency") != CURRENCY:
            whole.refuse(f"currency must be {CURRENCY}")
        lines = _price_lines(text)
        prices = tuple(_price(table, next(lines, 0)) for table in whole.tables("price"))
    except (tomllib.TOMLDecodeError, VocabularyError) as error:
        raise BrokenCosts(str(error)) from error
    codes = [price.code for price in prices]
    if len(set(codes)) < len(codes):
        raise BrokenCosts("two prices have the same code")
    return Costs(prices)


def total(prices: Iterable[Price]) -> Estimate:
    """Add up one unit of each."""
    return sum((price.each for price in prices), Estimate())


def room_prices(costs: Costs, kind: ServerKind, *, has_phone: bool) -> tuple[Price, ...]:
    """Give what a server of this kind costs each month; nothing for a server that somebody else pays for.

    JaaS has numbers of its own, so that no line is needed there.
    """
    match kind:
        case ServerKind.PLAIN:
            return ()
        case ServerKind.JAAS:
            return (costs.price("jaas"),)
        case ServerKind.HS256 | ServerKind.RS256:
            line = (costs.price("phone-line"),) if has_phone else ()
            return (costs.price("jitsi-server"), *line)
        case _:
            assert_never(kind)


def _price_lines(text: str) -> Iterator[int]:
    """Give the number of each line that begins a price."""
    lines = enumerate(text.splitlines(), start=1)
    return (number for number, line in lines if line.strip().startswith("[[price]]"))


def _price(table: Table, line: int) -> Price:
    code = str(table.values.get("code", "")) or "a price without a code"
    named = Table(f"line {line}, {code}", table.values)
    named.keys(_KEYS | ({"high"} & named.values.keys()))
    return Price(
        code=named.text("code"),
        name=named.text("name"),
        unit=named.one_of("unit", Unit),
        each=_each(named),
        source=named.text("source"),
        seen_on=_day(named, "seen_on"),
        note=named.text("note"),
        is_estimate=named.flag("is_estimate"),
    )


def _each(table: Table) -> Estimate:
    high = table.whole("high") if "high" in table.values else None
    try:
        return Estimate(table.whole("low"), table.whole("typical"), high)
    except BrokenCosts as error:
        table.refuse(str(error))


def _day(table: Table, key: str) -> date:
    value = table.values[key]
    if not isinstance(value, date) or isinstance(value, datetime):
        table.refuse(f"{key} must be a day, such as 2026-11-20")
    return value
