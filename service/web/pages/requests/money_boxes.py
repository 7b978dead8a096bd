"""Boxes for sums of money: what is typed in pounds is kept in pence."""

from typing import Annotated

from pydantic import BeforeValidator

from accessibility.money import NotMoney, read_pounds
from scheduling.text import clean


def _pence(value: object) -> object:
    """Read pounds, such as "£12.50", as pence."""
    if not isinstance(value, str):
        return value
    try:
        return read_pounds(clean(value))
    except NotMoney as error:
        raise ValueError("not-money") from error


def _pence_or_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else _pence(value)


Pence = Annotated[int, BeforeValidator(_pence)]
MaybePence = Annotated[int | None, BeforeValidator(_pence_or_none)]


def typed_pounds(pence: int | None) -> str:
    """Give a sum as somebody would type it; nothing if it is not known."""
    if pence is None:
        return ""
    return str(pence // 100) if pence % 100 == 0 else f"{pence / 100:.2f}"
