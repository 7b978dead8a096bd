"""What Jitsi servers send, read field by field: a JSON object whose fields may be shaped in several ways.

Servers write the same thing differently: true as a word, numbers as text, times in seconds or milliseconds,
an empty object as a list, a field twice (the last one counts). What cannot be understood is refused by
the name of its field, never with its value.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from scheduling.text import clean
from service.errors import ServiceError

#: The longest text that anything here is known by, and the longest name of a person that is kept.
LONGEST: Final = 300
LONGEST_NAME: Final = 100
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Every count of seconds from 2001 to 2286 has ten digits, so a number also says its unit.
UNITS: Final = ((1e9, 1e10, 1.0), (1e12, 1e13, 1e3), (1e15, 1e16, 1e6))
YEARS: Final = range(2001, 2287)


class BadBody(ServiceError):
    """A body cannot be read; says which field is wrong, and how."""

    code = "bad-body"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class Facts:
    """One object of a body: gives its fields as values, or raises BadBody."""

    __slots__ = ("_path", "_values")

    def __init__(self, values: Mapping[str, object], path: str = "") -> None:
        self._values, self._path = values, path

    def __contains__(self, field: str) -> bool:
        """Say whether a field is there and says anything."""
        return self._values.get(field) is not None

    def text(self, field: str) -> str:
        """Give a text or a number as text, cleaned; empty if there is none."""
        value = self._values.get(field)
        if isinstance(value, str):
            return plain(value)
        if value is None or isinstance(value, bool):
            return ""
        if not isinstance(value, int | float):
            raise self.bad(field, "not a text")
        return repr(value)

    def known_by(self, field: str) -> str:
        """Give the text that something is known by; empty if there is none."""
        found = self.text(field)
        if len(found) > LONGEST:
            raise self.bad(field, "too long")
        return found

    def needed(self, field: str) -> str:
        """Give the text that something is known by, which must be there."""
        found = self.known_by(field)
        if not found:
            raise self.bad(field, "missing")
        return found

    def flag(self, field: str) -> bool:
        """Say whether a field says yes: true, "true" or 1."""
        value = self._values.get(field)
        return value is True or (
            isinstance(value, str | int) and str(value).strip().lower() in ("true", "1")
        )

    def instant(self, field: str) -> datetime | None:
        """Give an instant: seconds or milliseconds since 1970, as number or text, or ISO 8601."""
        value = self._values.get(field)
        if value is None or value == "":
            return None
        found = None if isinstance(value, bool) else _instant(value)
        if found is None:
            raise self.bad(field, "not a time")
        return found

    def needed_instant(self, field: str) -> datetime:
        """Give an instant that must be there."""
        found = self.instant(field)
        if found is None:
            raise self.bad(field, "missing")
        return found

    def inner(self, field: str) -> "Facts":
        """Give an object inside; an empty one if there is none, and the only one of a list."""
        value = self._values.get(field)
        if isinstance(value, list) and len(value) <= 1:
            value = value[0] if value else None
        if value is None:
            return Facts({}, f"{self._path}{field}.")
        if not isinstance(value, dict):
            raise self.bad(field, "not an object")
        return Facts(value, f"{self._path}{field}.")

    def each(self, field: str) -> Iterator["Facts"]:
        """Give the objects of a list inside; a list that was written as an object counts too."""
        value = self._values.get(field) or []
        listed = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(listed, list):
            raise self.bad(field, "not a list")
        for number, each in enumerate(listed):
            if not isinstance(each, dict):
                raise self.bad(f"{field}.{number}", "not an object")
            yield Facts(each, f"{self._path}{field}.{number}.")

    def bad(self, field: str, why: str) -> BadBody:
        """Give the refusal for one field."""
        return BadBody(f"{self._path}{field}", why)


def read_object(body: bytes) -> Facts:
    """Read a body that must hold one JSON object; of a field that is there twice the last counts."""
    try:
        found = json.loads(body.decode().removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BadBody("body", "not JSON") from error
    if not isinstance(found, dict):
        raise BadBody("body", "not an object")
    return Facts(found)


def plain(text: str) -> str:
    """Clean a text as `scheduling.text` does; most have nothing to clean, which is quickly seen."""
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text.strip()
    return clean(text)


def _instant(value: object) -> datetime | None:
    """Read an instant; None for what cannot be one."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return _in_words(value)
    try:
        number = float(value) if isinstance(value, str | int | float) else -1
    except OverflowError:
        return None
    for least, beyond, unit in UNITS:
        if least <= number < beyond:
            return EPOCH + timedelta(seconds=number / unit)
    return None


def _in_words(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(UTC) if found.tzinfo and found.year in YEARS else None
    except (ValueError, OverflowError):
        return None


_NUMBER = re.compile(r"\s*[0-9]{1,20}(\.[0-9]{0,20})?\s*", re.ASCII)
