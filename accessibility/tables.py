"""Read values out of parsed TOML, refusing whatever is not as expected.

Nothing here knows what the tables mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, TypeVar

from accessibility.errors import VocabularyError

Closed = TypeVar("Closed", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table and where it stands, so that a refusal can say so."""

    where: str
    values: Mapping[str, object]

    def refuse(self, reason: str) -> NoReturn:
        """Refuse the table, saying where it stands."""
        raise VocabularyError(self.where, reason)

    def keys(self, expected: set[str]) -> None:
        """Refuse a key that is missing and one that is not known."""
        for key in sorted(expected - self.values.keys()):
            self.refuse(f"{key} is missing")
        for key in sorted(self.values.keys() - expected):
            self.refuse(f"{key} is not known here")

    def text(self, key: str) -> str:
        """Read a text that is not empty."""
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"{key} must be text that is not empty")
        return value

    def whole(self, key: str) -> int:
        """Read a whole number from 0 up."""
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.refuse(f"{key} must be a whole number, not below 0")
        return value

    def flag(self, key: str) -> bool:
        """Read a true or false."""
        value = self.values[key]
        if not isinstance(value, bool):
            self.refuse(f"{key} must be true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts, none empty and none twice."""
        value = self.values[key]
        if not isinstance(value, list):
            self.refuse(f"{key} must be a list")
        texts = tuple(item for item in value if isinstance(item, str) and item.strip())
        if len(texts) < len(value) or len(set(texts)) < len(texts):
            self.refuse(f"{key} must hold texts, none empty and none twice")
        return texts

    def tables(self, key: str) -> tuple["Table", ...]:
        """Read a list of tables; each keeps the place of this one."""
        value = self.values[key]
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse(f"{key} must be a list of tables")
        return tuple(Table(self.where, item) for item in value)

    def one_of(self, key: str, closed: type[Closed]) -> Closed:
        """Read a member of a closed set."""
        return self.member(self.text(key), key, closed)

    def member(self, value: str, key: str, closed: type[Closed]) -> Closed:
        """Take a value that must be a member of a closed set."""
        if value not in set(closed):
            self.refuse(f"{key} cannot be {value!r}; it is one of {', '.join(closed)}")
        return closed(value)
