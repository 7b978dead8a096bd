"""The declarative base: naming of constraints, types by annotation, the columns every table has."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import CursorResult, ForeignKey, MetaData, String, Update, Uuid
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.identifiers import new_id
from service.storage.types import JsonValue, UtcDateTime, enum_by_value

#: A database session. In code it is always called `db`; nobody below the edge commits it.
Db = AsyncSession

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String(),
        UUID: Uuid(),
        datetime: UtcDateTime(),
        StrEnum: enum_by_value(StrEnum),
        dict[str, Any]: JsonValue,
        dict[str, str]: JsonValue,
        dict[str, int | None]: JsonValue,
        list[str]: JsonValue,
    }


class HasId:
    """A row with an identifier of its own, made in Python."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class OfOrganisation(HasId):
    """A row that belongs to one organisation. Queries always name it first."""

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), sort_order=-1)


async def changed_rows(db: Db, statement: Update) -> int:
    """Run a conditional UPDATE and count the rows it changed; the one safe way to claim anything."""
    result = await db.execute(statement)
    return cast("CursorResult[Any]", result).rowcount
