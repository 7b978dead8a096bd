"""What the measurements share: a report, careful databases, a service with something in it."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from service.config import Settings
from service.parts import Parts, open_parts
from tests.bench.measuring import Report
from tests.bench.processes import logging_to_nowhere
from tests.databases import Postgres, missing_server, started_postgres

WRITTEN_TO = Path("test-output/bench.md")


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Iterator[Report]:
    """Collect the figures of all measurements; at the end print them and write them to a file."""
    collected = Report()
    yield collected
    path = pytestconfig.rootpath / WRITTEN_TO
    path.parent.mkdir(exist_ok=True)
    path.write_text(str(collected), "utf-8")
    sys.stdout.write(f"\n\n{collected}\nWritten to {WRITTEN_TO}\n")


@pytest.fixture(scope="session", autouse=True)
def logs_to_nowhere() -> Iterator[None]:
    """Keep log lines from between the figures."""
    with logging_to_nowhere():
        yield


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """Start a server that is as careful of its disk as a real one, unlike that of other tests."""
    if missing := missing_server():
        pytest.fail(missing)
    async with started_postgres() as server:
        yield server


@pytest.fixture
async def parts(database_url: str, home: Path) -> AsyncIterator[Parts]:
    """Open the parts of a service on this measurement's database."""
    settings = Settings(home=home, database_url=database_url, worker_inside=False)
    async with open_parts(settings) as opened:
        yield opened
