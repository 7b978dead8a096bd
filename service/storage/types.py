"""Column types shared by all tables: aware times, JSON, enums by value."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

#: JSON on SQLite, JSONB on PostgreSQL.
JsonValue = JSON().with_variant(JSONB(), "postgresql")


def enum_by_value(members: type[StrEnum], *, name: str | None = None) -> Enum:
    """Keep an enumeration by value, as text with a CHECK: adding a value is a small migration.

    Give a name where one table has two columns of the same enumeration.
    """
    return Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes and gives aware times in UTC; SQLite, which forgets zones, is told nothing of them."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WallDateTime(TypeDecorator[datetime]):
    """A wall-clock time without zone, kept as ISO text so that nothing ever converts it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse a time that has a zone; store minutes."""
        if value is None:
            return None
        if value.tzinfo is not None:
            raise ValueError("a wall-clock time has no zone")
        return value.isoformat(timespec="minutes")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Give the wall-clock time back."""
        return None if value is None else datetime.fromisoformat(value)
