"""Fixtures that every kind of test may use: databases, a browser, a folder, a time."""

import gc
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.async_api import Browser
from xdist.workermanage import WorkerController

from service.storage.schema import upgrade
from tests.chromium import Pages, missing_chromium, running_browser
from tests.databases import (
    Migrate,
    Postgres,
    Server,
    SqliteFolder,
    migrate_template,
    missing_server,
    running_postgres,
)
from tests.dovecot import missing_dovecot

DATABASES = ("sqlite", "postgresql")
LEFT_OUT = pytest.StashKey[list[str]]()

# A property is right or wrong, however long a machine takes that does other things meanwhile.
settings.register_profile("patient", deadline=None, print_blob=True)
settings.load_profile("patient")

# Settings of the person who runs the tests must not reach them.
for name in [name for name in os.environ if name.startswith("MANYWAYS_")]:
    if not name.startswith("MANYWAYS_TEST_"):
        del os.environ[name]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here if ALLOW_PARTIAL=1 says so; otherwise those tests fail."""
    if os.environ.get("ALLOW_PARTIAL") != "1":
        return
    no_browser, no_server = missing_chromium(), missing_server()
    no_mailbox = missing_dovecot()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        lacks_browser = no_browser and {"browser", "pages"} & set(_fixtures_of(item))
        lacks_server = no_server and _needs_server(item)
        lacks_mailbox = no_mailbox and any("dovecot" in name for name in _fixtures_of(item))
        lacks = lacks_browser or lacks_server or lacks_mailbox
        (left_out if lacks else kept).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)
    config.stash[LEFT_OUT] = [
        *filter(None, (no_browser, no_server, no_mailbox)),
        *(item.nodeid for item in left_out),
    ]


def pytest_collection_finish() -> None:
    """Keep modules and tests, which stay to the end, out of what the garbage collector looks through."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what one of several workers left out to the process that reports."""
    if handed_over := getattr(session.config, "workeroutput", None):
        handed_over["left_out"] = session.config.stash.get(LEFT_OUT, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Take what a worker left out; each of them leaves out the same."""
    left_out = getattr(node, "workeroutput", {}).get("left_out", [])
    node.config.stash[LEFT_OUT] = left_out or node.config.stash.get(LEFT_OUT, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was left out, if anything."""
    lines = terminalreporter.config.stash.get(LEFT_OUT, [])
    if lines:
        terminalreporter.section("left out, as ALLOW_PARTIAL=1 allows")
        terminalreporter.write("".join(f"{line}\n" for line in lines))


def _fixtures_of(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _needs_server(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    return "postgres" in _fixtures_of(item) or (
        parameters is not None and "postgresql" in parameters.params.values()
    )


@pytest.fixture
def now() -> datetime:
    """Give the time of the tests: a Tuesday morning in January, in London and in UTC."""
    return datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make the folder an installation writes to."""
    folder = tmp_path / "var"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def migrate() -> Migrate:
    """Give the function that brings a database to the newest schema."""
    return upgrade


@pytest.fixture(scope="session")
async def sqlite_template(
    tmp_path_factory: pytest.TempPathFactory, migrate: Migrate
) -> AsyncIterator[str]:
    """Migrate one SQLite file, to be copied."""
    async with SqliteFolder(tmp_path_factory.mktemp("template")).fresh() as url:
        await migrate_template(url, migrate)
        yield url


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """Give the PostgreSQL server of this run; fail, saying what to install, if there is none."""
    if missing := missing_server():
        pytest.fail(missing)
    async with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
async def postgresql_template(postgres: Postgres, migrate: Migrate) -> AsyncIterator[str]:
    """Migrate one PostgreSQL database, to be copied."""
    async with postgres.fresh() as url:
        await migrate_template(url, migrate)
        await postgres.reuse_copies_of(url)
        yield url
        await postgres.drop_copies_of(url)


@pytest.fixture(params=DATABASES)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Name the database of this test; each test runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_server(database_kind: str, request: pytest.FixtureRequest, home: Path) -> Server:
    """Give what makes this test's database. Only the server in question is started."""
    if database_kind == "sqlite":
        return SqliteFolder(home)
    server: Postgres = request.getfixturevalue("postgres")
    return server


@pytest.fixture
def template_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """Give the address of the migrated database that tests copy."""
    url: str = request.getfixturevalue(f"{database_kind}_template")
    return url


@pytest.fixture
async def database_url(database_server: Server, template_url: str) -> AsyncIterator[str]:
    """Give the address of a migrated database of this test's own."""
    async with database_server.fresh(template_url) as url:
        yield url


@pytest.fixture
async def empty_database_url(database_server: Server) -> AsyncIterator[str]:
    """Give the address of a database with nothing in it, not even tables."""
    async with database_server.fresh() as url:
        yield url


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Give a running Chromium; fail, saying what to install, if there is none."""
    if missing := missing_chromium():
        pytest.fail(missing)
    async with running_browser() as running:
        yield running


@pytest.fixture
async def pages(browser: Browser) -> AsyncIterator[Pages]:
    """Open pages, and hold that none asked an outside host, broke a script or its own policy."""
    opened = Pages(browser)
    yield opened
    await opened.close()
    assert [] == opened.complaints
