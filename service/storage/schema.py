"""The schema's version: what the code knows, what a database has, and the way from one to the other.

Alembic is imported by `upgrade` alone (it is not needed to serve, and costs memory and start-up time).
"""

import asyncio
from importlib import import_module
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service.errors import ServiceError
from service.storage.base import Db
from service.storage.database import make_folder
from service.storage.direct import without_cache

VERSIONS = Path(__file__).parent / "migrations" / "versions"


class SchemaOutOfDate(ServiceError):
    """The database's schema is not the one this version of the program needs: run `manyways migrate`."""

    code = "schema-out-of-date"


def newest_version() -> str:
    """Name the newest step the code knows; steps are numbered files."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


async def version_of(db: Db) -> str | None:
    """Name the step a database is at; None for an empty one."""
    connection = await db.connection()
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    version: str | None = await db.scalar(text("SELECT version_num FROM alembic_version"))
    return version


async def check_version(db: Db) -> None:
    """Raise SchemaOutOfDate unless the database is at the newest step."""
    found, needed = await version_of(db), newest_version()
    if found != needed:
        raise SchemaOutOfDate(
            f"schema is at {found or 'nothing'}, {needed} is needed: run 'manyways migrate'"
        )


def upgrade(url: str) -> None:
    """Run every missing step on the database at the address, in one transaction. Blocks; no loop may run."""
    asyncio.run(_upgrade(url))


async def _upgrade(url: str) -> None:
    if make_url(url).get_backend_name() == "sqlite":
        make_folder(make_url(url).database)
    rest, cache = without_cache(make_url(url))
    arguments = {} if rest.get_backend_name() == "sqlite" else {"statement_cache_size": cache}
    engine = create_async_engine(rest, poolclass=NullPool, connect_args=arguments)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run_steps)
    finally:
        await engine.dispose()


def _run_steps(connection: Connection) -> None:
    import_module("service.storage.migrations.run").run_steps(connection)
