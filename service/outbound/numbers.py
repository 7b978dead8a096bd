"""Numbers and names as they stand in a letter: easy to say, and in their own direction."""

import unicodedata

FIRST_STRONG, POP = "\u2068", "\u2069"
_UK_DIGITS = 11
_PIN_GROUP = 3


def phone_words(number: str) -> str:
    """Group a phone number for the ear, however it was typed: "01632 960 123".

    British numbers are grouped as Ofcom writes them; others stay as they are, gaps and all.
    """
    digits = "".join(number.split())
    digits = "0" + digits[3:] if digits.startswith("+44") else digits
    if not (digits.isascii() and digits.isdigit() and len(digits) == _UK_DIGITS):
        return number
    first, second = _uk_groups(digits)
    return f"{digits[:first]} {digits[first : first + second]} {digits[first + second :]}"


def _uk_groups(digits: str) -> tuple[int, int]:
    if digits.startswith("02"):
        return 3, 4
    if digits.startswith(("03", "08", "011")) or digits[3] == "1":
        return 4, 3
    return 5, 3


def pin_words(pin: str) -> str:
    """Group a PIN or a code in threes: "123 456"; one digit is never left alone at the end."""
    digits = "".join(pin.split())
    groups = [digits[at : at + _PIN_GROUP] for at in range(0, len(digits), _PIN_GROUP)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return " ".join(groups)


def names_words(names: tuple[str, ...]) -> str:
    """List names as people do: "Ada, Ben and Cleo"."""
    whole = [isolated(name) for name in names]
    return " and ".join(filter(None, [", ".join(whole[:-1]), *whole[-1:]]))


def isolated(name: str) -> str:
    """Keep a name that is written right to left from turning the line around it (Unicode UAX 9)."""
    is_foreign = any(unicodedata.bidirectional(mark) in {"R", "AL"} for mark in name)
    return f"{FIRST_STRONG}{name}{POP}" if is_foreign else name
