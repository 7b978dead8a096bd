"""Sums of money in words: read from what somebody typed, and written for people. Whole pence."""

from decimal import Decimal
from typing import Final

from accessibility.errors import AccessibilityError

MOST_PENCE: Final = 100_000_000
"""Nobody here means more than a million pounds."""


class NotMoney(AccessibilityError):
    """The words name no sum of money."""

    code = "not-money"


def read_pounds(words: str) -> int:
    """Read pounds, such as "£12.50", "12.5" or "1,200", as pence; raises NotMoney."""
    try:
        pence = Decimal(words.strip().removeprefix("£").replace(",", "").strip()) * 100
    except ArithmeticError as error:
        raise NotMoney("not a sum") from error
    if not pence.is_finite() or not 0 <= pence <= MOST_PENCE or pence != int(pence):
        raise NotMoney("not a sum")
    return int(pence)


def pounds(pence: int) -> str:
    """Write a sum of money; whole pounds without pence."""
    return f"£{pence // 100:,}" if pence % 100 == 0 else f"£{pence // 100:,}.{pence % 100:02}"
