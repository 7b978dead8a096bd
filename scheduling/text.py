"""The one filter for words that people typed, and what keeps them whole inside files and letters.

Every text from outside passes `clean` once, on its way in. It is not an escape: a page, a mail
or a calendar file still escapes in its own manner.
"""

import re
import unicodedata

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks that turn the direction of writing round and so can make a line read as another one."""

_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    f"[\x00-\x08\x0e-\x1f\x7f-\x9f{BIDI_CONTROLS}\ud800-\udfff\ufeff\ufffe\uffff]"
)
_HEADER_CODE = re.compile(r"=(?=\?)")


def clean(text: str, *, lines: bool = False) -> str:
    """Give the text without anything that is not writing, composed (NFC), trimmed.

    Control characters, direction marks and halves of characters are dropped; `=?`, which a mail
    header would decode, is broken up (reliability F1); line breaks of every kind become one space,
    or one newline each if `lines` are wanted. Cleaning what is clean changes nothing.
    """
    kept = (_visible(line).strip() for line in _BREAKS.split(text))
    joined = "\n".join(kept).strip() if lines else " ".join(line for line in kept if line)
    return _HEADER_CODE.sub("= ", joined)


def without_controls(text: str, *, lines: bool = False) -> str:
    """Drop controls once more where a file is written, whatever the way the text came.

    A second line of defence for values that were stored before a rule existed (reliability F6).
    Unlike `clean` it leaves spaces, composition and `=?` as they are.
    """
    return ("\n" if lines else " ").join(_drop_controls(line) for line in _BREAKS.split(text))


def _visible(line: str) -> str:
    return unicodedata.normalize("NFC", _drop_controls(line))


def _drop_controls(line: str) -> str:
    return _INVISIBLE.sub("", line.replace("\t", " "))
