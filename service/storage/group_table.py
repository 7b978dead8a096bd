"""A table as group writers know it: its columns in order, without SQLAlchemy, which would cost too much."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its columns in the order of a row's values, each with its type on PostgreSQL.

    The first column is the key: a row whose key is there already is left out. A test holds that the
    model reads what is stored.
    """

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def names(self) -> str:
        """Name the columns, as a statement does."""
        return ", ".join(name for name, _ in self.columns)

    @property
    def types(self) -> tuple[str, ...]:
        """Give the columns' types in order."""
        return tuple(type_ for _, type_ in self.columns)
