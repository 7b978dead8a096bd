"""Fields of forms about money: sums in pounds, hours and miles with a tenth, days; a file that comes along."""

import asyncio
from decimal import Decimal
from typing import Annotated

from aiohttp import web
from aiohttp.web_request import FileField
from pydantic import BeforeValidator

from accessibility.money import NotMoney, read_pounds
from scheduling.text import clean
from service.actions.money.receipt_files import LARGEST_RECEIPT

#: More than this is a slip of the pen: pounds for one claim, hours of care, miles there and back.
MOST_PENCE = 500_000
MOST_TENTHS = 10_000
#: A form with one receipt: its file, and what is typed beside it.
LARGEST_FORM = LARGEST_RECEIPT + 64 * 1024


def _pence(value: object) -> object:
    """Read pounds as pence; nothing typed is nothing asked for."""
    if not isinstance(value, str):
        return value
    words = clean(value)
    try:
        pence = read_pounds(words) if words else 0
    except NotMoney as error:
        raise ValueError("not-a-sum") from error
    if pence > MOST_PENCE:
        raise ValueError("too-much-money")
    return pence


def _tenths(value: object) -> object:
    """Read a number such as "2.5" as tenths; a part of a tenth is rounded to the next."""
    if not isinstance(value, str):
        return value
    words = clean(value).replace(",", ".")
    try:
        tenths = -(-Decimal(words) * 10 // 1) if words else Decimal(0)
    except ArithmeticError as error:
        raise ValueError("not-a-number") from error
    if not tenths.is_finite() or tenths < 0:
        raise ValueError("not-a-number")
    if tenths > MOST_TENTHS:
        raise ValueError("too-big")
    return int(tenths)


#: A sum in pounds, kept as pence.
Money = Annotated[int, BeforeValidator(_pence)]
#: A number with at most one digit behind the point, kept as tenths.
Tenths = Annotated[int, BeforeValidator(_tenths)]


async def uploaded(request: web.Request, name: str) -> bytes:
    """Give the file that came with a form; nothing where none was chosen. Its name is not looked at.

    One byte more than is kept shows that a file is too long.
    """
    file = (await request.post()).get(name)
    if not isinstance(file, FileField):
        return b""
    return await asyncio.to_thread(file.file.read, LARGEST_RECEIPT + 1)
