"""Run by Alembic: hand it the connection and our tables."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, String, TypeDecorator
from sqlalchemy.engine import Connection

from service.storage.tables import METADATA
from service.storage.types import UtcDateTime


def _spell(kind: str, column_type: object, context_: AutogenContext) -> str | Literal[False]:
    """Write our own column types in migrations as what they are in the database."""
    if kind == "type" and isinstance(column_type, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    impl = column_type.impl if isinstance(column_type, TypeDecorator) else column_type
    if kind == "type" and isinstance(column_type, TypeDecorator) and isinstance(impl, String):
        return "sa.String()"
    if kind == "type" and isinstance(impl, JSON):
        context_.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Migrate on the connection that was handed over."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        render_item=_spell,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
