"""A whole service on a real database, its clock in the test's hand, and browsers that are signed in."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from pytest_aiohttp.plugin import AiohttpServer

from service.app import make_app
from service.clock import Clock
from service.config import Settings
from service.parts import Parts, open_parts
from service.storage.people import Person
from service.storage.staff import SignIn
from service.web.cookies import SIGN_IN
from tests.compiling import compiled_once
from tests.dovecot import Dovecot, missing_dovecot, running_dovecot
from tests.people import Make


class TestClock(Clock):
    """A clock that stands still until the test moves it."""

    __test__ = False

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """Give the test's time."""
        return self.at

    def move(self, by: timedelta) -> None:
        """Move on."""
        self.at += by


@dataclass(slots=True)
class Browser:
    """One browser: keeps cookies, knows the form token of the page it saw last."""

    client: TestClient[web.Request, web.Application]
    token: str = ""
    page: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> ClientResponse:
        """Look at a page; its text is kept in `page`, of a stream that never ends its first piece."""
        response = await self.client.get(path, allow_redirects=False, headers=self.headers)
        if response.content_type == "text/event-stream":
            self.page = (await response.content.readany()).decode()
            response.close()
            return response
        self.page = await response.text()
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
        self.token = found.group(1) if found else self.token
        return response

    async def post(self, path: str, *, on: str = "", **fields: object) -> ClientResponse:
        """Press a button: look at the page `on` first (for its token), then send the fields."""
        if on:
            await self.get(on)
        data = [("csrf", self.token)]
        for name, value in fields.items():
            values = value if isinstance(value, list | tuple) else [value]
            data += [(name, str(each)) for each in values]
        response = await self.client.post(
            path, data=data, allow_redirects=False, headers=self.headers
        )
        self.page = await response.text()
        return response


@pytest.fixture(scope="session", autouse=True)
def statements() -> Iterator[None]:
    """Compile each statement once in a run, not once in each test."""
    with compiled_once():
        yield


@pytest.fixture
def clock(now: datetime) -> TestClock:
    """Give the clock of the service under test."""
    return TestClock(now)


@pytest.fixture
async def parts(database_url: str, home: Path, clock: TestClock) -> AsyncIterator[Parts]:
    """Open the parts of a service on this test's database."""
    settings = Settings(home=home, database_url=database_url, worker_inside=False)
    async with open_parts(settings) as opened:
        yield replace(opened, clock=clock)


Making = Callable[[], AbstractAsyncContextManager[Make]]


@pytest.fixture
def making(parts: Parts, now: datetime) -> Making:
    """Give a transaction to make rows in: `async with making() as make: ...`."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Make]:
        async with parts.database.writing() as db:
            yield Make(db, parts.keys, now)

    return begin


@pytest.fixture
async def server(parts: Parts, aiohttp_server: AiohttpServer) -> TestServer:
    """Serve the application on a free port."""
    return await aiohttp_server(make_app(parts))


OpenBrowser = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def open_browser(
    server: TestServer, parts: Parts, now: datetime
) -> AsyncIterator[OpenBrowser]:
    """Open a browser of its own, signed in as the person if one is given."""
    clients: list[TestClient[web.Request, web.Application]] = []

    async def opened(person: Person | None = None) -> Browser:
        client = TestClient(server)
        clients.append(client)
        browser = Browser(client)
        if person is not None:
            secret = f"secret-of-{person.id}"
            async with parts.database.writing() as db:
                db.add(
                    SignIn(
                        organisation_id=person.organisation_id,
                        person_id=person.id,
                        secret_hash=parts.keys.hashed("sign-in", f"{secret}-{len(clients)}"),
                        created_at=now,
                        expires_at=now + timedelta(days=365),
                    )
                )
            browser.headers["Cookie"] = f"{SIGN_IN}={secret}-{len(clients)}"
        return browser

    yield opened
    for client in clients:
        await client.session.close()


@pytest.fixture
async def dovecot() -> AsyncIterator[Dovecot]:
    """Run an IMAP server with an empty mailbox; fail, saying what to install, if there is none."""
    if missing := missing_dovecot():
        pytest.fail(missing)
    async with running_dovecot() as server:
        yield server
